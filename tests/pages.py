"""What a visitor meets on a page, read from its HTML: sections, links, texts."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

# One of each kind: its address and the status of the answer.
PUBLIC = {
    "home": ("/", 200),
    "finder": ("/find/", 200),
    "answer": ("/find/?place=Texas", 200),
    "answer with others offered": ("/find/?place=London", 200),
    "answer in parts": ("/find/?place=Canada", 200),
    "nobody": ("/find/?place=Germany", 200),
    "choices": ("/find/?place=Washington", 200),
    "suggestions": ("/find/?place=Virgina", 200),
    "not found": ("/find/?place=qwxzvkj", 200),
    "error": ("/find/?place=", 400),
    "regions": ("/regions/", 200),
    "region": ("/regions/us-va/", 200),
    "members": ("/members/", 200),
    "filtered members": ("/members/?region=US-VA&kind=nonprofit", 200),
    "no members": ("/members/?name=qwxzvkj", 200),
    "wrong filter": ("/members/?kind=qwxzvkj", 400),
    "organization": ("/members/innocence-project/", 200),
    "organization without contact": ("/members/innocence-project-france/", 200),
    "sheet": ("/members/innocence-project/sheet/", 200),
    "sheet without contact": ("/members/innocence-project-france/sheet/", 200),
    "sheet of a region": ("/regions/us-tx/sheet/", 200),
    "sheet of a place of no member": ("/regions/gb-sct/sheet/", 200),
    "contact": ("/contact/", 200),
    "contact form": ("/contact/?subject=wrong-detail&page=/members/", 200),
    "unknown contact subject": ("/contact/?subject=qwxzvkj", 400),
    "contact sent": ("/contact/sent/", 200),
    "jobs": ("/jobs/", 200),
    "filtered jobs": ("/jobs/?kind=attorney&order=closing", 200),
    "no jobs": ("/jobs/?text=qwxzvkj", 200),
    "wrong filter of jobs": ("/jobs/?kind=qwxzvkj", 400),
    "job opening": ("/jobs/1-staff-attorney/", 200),
    "statements": ("/statements/", 200),
    "statement": ("/statements/exoneree-rights/", 200),
    "edition": ("/statements/exoneree-rights/1/", 200),
    "about": ("/about/", 200),
    "history": ("/history/", 200),
    "guide": ("/guide/", 200),
    "accessibility": ("/accessibility/", 200),
    "privacy": ("/privacy/", 200),
    "search": ("/search/", 200),
    "found": ("/search/?q=Texas", 200),
    "found for a misspelt word": ("/search/?q=atorney", 200),
    "nothing found": ("/search/?q=qwxzvkj", 200),
    "search without a word": ("/search/?q=", 400),
    "404": ("/nowhere/", 404),
}
VOID = {"br", "hr", "img", "input", "link", "meta"}
# Any other element begins a word of its own.
INLINE = {"a", "b", "code", "em", "i", "span", "strong"}


@dataclass
class Element:
    tag: str
    attributes: dict
    inside: list = field(default_factory=list)
    text: str = ""

    def __getitem__(self, name):
        return self.attributes.get(name)


class Page(HTMLParser):
    """The elements of a response in their order. Each element must be closed where it should."""

    def __init__(self, response):
        super().__init__()
        self.status = response.status_code
        self.html = response.content.decode()
        self.elements, self.open = [], []
        self.feed(self.html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        element = Element(tag, dict(attrs), list(self.open))
        self.elements.append(element)
        if tag not in INLINE:
            self.handle_data(" ")
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag, attrs):
        self.elements.append(Element(tag, dict(attrs), list(self.open)))

    def handle_endtag(self, tag):
        opened = self.open.pop()
        assert opened.tag == tag, f"<{opened.tag}> is closed by </{tag}>"

    def handle_data(self, data):
        for element in self.open:
            element.text += data

    def find(self, tag=None, **attributes):
        """The elements of a tag with these attributes (``class_`` stands for ``class``)."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            element
            for element in self.elements
            if tag in (None, element.tag)
            and all(element[name] == value for name, value in wanted.items())
        ]

    def ids(self):
        return [element["id"] for element in self.elements if element["id"]]

    def sections(self):
        """The sections of the finder's answer that are there, in their order."""
        return [
            one
            for one in self.ids()
            if one in {"covering", "parts", "nearest", "choices", "suggestions"}
        ]

    def links(self, inside="main"):
        """Where the links inside the element of that id lead, in their order."""
        return [
            element["href"]
            for element in self.find("a")
            if any(outer["id"] == inside for outer in element.inside)
        ]

    def slugs(self, inside="main"):
        """The organizations that are linked there, each once, in their order."""
        parts = [link.split("/") for link in self.links(inside)]
        return list(dict.fromkeys(p[2] for p in parts if p[:2] == ["", "members"] and p[2]))

    def text(self, inside="main"):
        """The text inside the element of that id, on one line."""
        return " ".join(" ".join(one.text for one in self.find(id=inside)).split())
