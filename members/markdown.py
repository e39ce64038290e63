"""Markdown that staff write: rendered once, when it is saved, to HTML that is safe to show."""

import re
from collections import Counter
from itertools import pairwise

import nh3
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.safestring import mark_safe
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from markdown_it import MarkdownIt

# Rendering time grows faster than the text: 50 kB of brackets costs over a second.
SOURCE_LIMIT = 20_000
TAGS = {
    "a",
    "blockquote",
    "br",
    "code",
    "em",
    "h2",
    "h3",
    "h4",
    "hr",
    "li",
    "ol",
    "p",
    "strong",
    "ul",
}
PARSER = MarkdownIt("commonmark", {"html": False}).disable("image")
# "## Federal courts {#federal}" keeps its address whatever becomes of its words.
CHOSEN_ID = re.compile(r"\s*{#([a-z0-9-]{1,60})}\s*$")


def render(source, *, anchors=False):
    """Sanitised HTML of a Markdown text: no raw HTML, picture, script or unusual link survives.

    With ``anchors`` its headings (``##``) can be linked to.
    """
    tokens = PARSER.parse(source)
    if anchors:
        add_ids(tokens)
    return nh3.clean(
        PARSER.renderer.render(tokens, PARSER.options, {}),
        tags=TAGS,
        attributes={"a": {"href"}} | ({"h2": {"id"}} if anchors else {}),
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )


def add_ids(tokens):
    """Gives each ``h2`` the id that it chooses, or one of its words, and none of them twice.

    They are of letters, digits and hyphens: an id of a template has an underscore, or is "main".
    """
    taken = Counter(["main"])
    for opening, inline in pairwise(tokens):
        if (opening.type, opening.tag) != ("heading_open", "h2"):
            continue
        words = inline.children[-1:]
        chosen = CHOSEN_ID.search(words[0].content) if words and words[0].type == "text" else None
        if chosen:
            words[0].content = words[0].content[: chosen.start()]
        text = "".join(child.content for child in inline.children)
        wanted = chosen[1] if chosen else slugify(text).replace("_", "-")[:60] or "section"
        name = wanted
        while name in taken:
            taken[wanted] += 1
            name = f"{wanted}-{taken[wanted]}"
        taken[name] = 1
        opening.attrSet("id", name)


class MarkdownField(models.TextField):
    """A text in Markdown, at most 20,000 characters; a ``RenderedField`` keeps the HTML."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("help_text", _("Markdown: a blank line starts a paragraph, - a list."))
        super().__init__(*args, **kwargs)
        self.validators.append(MaxLengthValidator(SOURCE_LIMIT))


class RenderedField(models.TextField):
    """The HTML of the Markdown field ``source``, written whenever the row is saved."""

    def __init__(self, *args, source="", anchors=False, **kwargs):
        self.source, self.anchors = source, anchors
        super().__init__(*args, blank=True, editable=False, default="")

    def deconstruct(self):
        name, path, _args, _kwargs = super().deconstruct()
        return name, path, [], {"source": self.source} | ({"anchors": True} if self.anchors else {})

    def pre_save(self, model_instance, add):
        source = getattr(model_instance, self.source)
        html = mark_safe(render(source, anchors=self.anchors))  # noqa: S308 (sanitised) # nosec
        setattr(model_instance, self.attname, html)
        return html

    def from_db_value(self, value, expression, connection):
        # What is saved through the model comes from ``pre_save`` above.
        return mark_safe(value)  # noqa: S308 (sanitised) # nosec
