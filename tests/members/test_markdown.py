import re
from html.parser import HTMLParser

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from members.markdown import SOURCE_LIMIT, TAGS, render
from members.models import Organization

HREF = re.compile(r"(https?:|mailto:|tel:|[/#?]|[\w.-]*$)", re.IGNORECASE)


class Tags(HTMLParser):
    """All tags of an HTML text, each with its attributes."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def check_harmless(html):
    for tag, attributes in Tags(html).found:
        assert tag in TAGS, html
        assert set(attributes) <= {"href", "title"}, html
        target = re.sub(r"[\x00-\x20\x7f-\xa0]", "", attributes.get("href") or "")
        assert ":" not in target.partition("/")[0] or HREF.match(target), html


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<ScRiPt src=//fictional.example/x.js></sCrIpT>",
        "<img src=x onerror=alert(1)>",
        "![a picture](https://fictional.example/track.png)",
        "![a picture](javascript:alert(1))",
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt:alert(1))",
        "[a](java\tscript:alert(1))",
        "[a](<java\nscript:alert(1)>)",
        "[a](&#106;avascript:alert(1))",
        "[a](&#x6A;&#x61;vascript&colon;alert(1))",
        "[a](javascript%3Aalert(1))",
        "[a](\x01javascript:alert(1))",
        "[a](vbscript:msgbox(1))",
        "[a](data:text/html;base64,PHNjcmlwdD4=)",
        "[a](file:///etc/passwd)",
        "[a]: javascript:alert(1)\n\n[a]",
        "<javascript:alert(1)>",
        "<data:text/html,x>",
        '[a](https://fictional.example/ "onmouseover=alert(1)")',
        '[a](https://fictional.example/" onmouseover="alert(1))',
        '<a href="javascript:alert(1)" onclick="alert(1)">a</a>',
        '<div style="position:fixed">a</div>',
        "<style>body{display:none}</style>",
        "<iframe src=https://fictional.example></iframe>",
        "<svg><script>alert(1)</script></svg>",
        "<!-- --><base href=//fictional.example>",
        "```\n<script>alert(1)</script>\n```",
        "`<img src=x onerror=alert(1)>`",
        "</p></div><form action=//fictional.example><input name=q>",
        "a\n===\n\n# heading one\n\n| a |\n|---|\n| <b onclick=x> |",
    ],
)
def test_nothing_that_staff_type_is_more_than_text(source):
    check_harmless(render(source))


def test_text_and_plain_links_survive():
    assert render(
        "## Who\n\n*You*, **or** family:\n\n- [page](https://fictional.example/a?b=1&c=2)\n"
        "- <mailto:help@fictional.example>\n- [call](tel:+15550100199)\n\n> 1 < 2"
    ) == (
        "<h2>Who</h2>\n<p><em>You</em>, <strong>or</strong> family:</p>\n<ul>\n"
        '<li><a href="https://fictional.example/a?b=1&amp;c=2">page</a></li>\n'
        '<li><a href="mailto:help@fictional.example">mailto:help@fictional.example</a></li>\n'
        '<li><a href="tel:+15550100199">call</a></li>\n</ul>\n'
        "<blockquote>\n<p>1 &lt; 2</p>\n</blockquote>\n"
    )


@pytest.mark.parametrize("piece", ["[", "![", "*", "<", "> ", "`", "[a](", "- ", "&", "\\"])
def test_the_longest_text_allowed_comes_out_harmless(piece):
    check_harmless(render((piece * SOURCE_LIMIT)[:SOURCE_LIMIT]))


@settings(deadline=None, derandomize=True, max_examples=150)
@given(
    st.lists(
        st.sampled_from(
            [
                *"<>/\"'=()[]!*_`#|&;:\\ \n\t\0a",
                *"script img svg style onerror= href= src= javascript: data: https://".split(),
                *"mailto: &#106; &colon; <!-- --> <![CDATA[".split(),
            ]
        )
        | st.text(max_size=4),
        max_size=40,
    ).map("".join)
)
def test_no_text_yields_a_tag_that_is_not_allowed(source):
    check_harmless(render(source))


# Headings that can be linked to -----------------------------------------------------------------


def ids(source):
    html = render(source, anchors=True)
    return [attributes.get("id") for tag, attributes in Tags(html).found if tag == "h2"]


def check_anchors(source):
    """The ids are plain, each once, on ``h2`` only, and the rest is as harmless as without them."""
    html = render(source, anchors=True)
    found = ids(source)
    assert all(re.fullmatch(r"[a-z0-9-]+", one) for one in found), html
    assert len(found) == len(set(found)), html
    assert "main" not in found
    bare = html
    for one in found:
        bare = bare.replace(f'<h2 id="{one}">', "<h2>", 1)
    check_harmless(bare)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("## Who writes", ["who-writes"]),
        ("## Who *writes* & `why`", ["who-writes-why"]),
        ("## Other words {#who}", ["who"]),
        ("Other words {#who}\n---", ["who"]),
        ("## A\n\n## a\n\n## a-2\n\n## A {#a}", ["a", "a-2", "a-2-2", "a-3"]),
        ("## Main\n\n## x {#main}", ["main-2", "main-3"]),
        ("## Été_2020", ["ete-2020"]),
        ("## 無罪\n\n##", ["section", "section-2"]),
        ('## x {#a" onclick="alert(1)}', ["x-a-onclickalert1"]),
        ("## x {#A B}", ["x-a-b"]),
        ("# One {#a}\n\n### Three {#b}", []),
    ],
)
def test_a_heading_has_the_id_that_it_chooses_or_one_of_its_words(source, expected):
    assert ids(source) == expected
    check_anchors(source)


def test_a_chosen_id_is_not_read_as_words():
    expected = '<h2 id="federal">Federal <em>courts</em></h2>\n'
    assert render("## Federal *courts* {#federal}", anchors=True) == expected


def test_without_anchors_no_heading_has_an_id():
    assert render("## Federal {#federal}") == "<h2>Federal {#federal}</h2>\n"


def test_thousands_of_headings_of_the_same_words_have_ids_of_their_own():
    check_anchors("## a\n" * (SOURCE_LIMIT // 5))


@settings(deadline=None, derandomize=True, max_examples=150)
@given(
    st.lists(
        st.sampled_from([*"<>\"'=()[]*_`#{}&;\n a-2", "\n## ", "{#", "{#main}", "id=", "\n---\n"])
        | st.text(max_size=4),
        max_size=40,
    ).map("".join)
)
def test_no_heading_yields_an_id_that_is_not_plain(source):
    check_anchors(source)


# On a model --------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_html_is_written_when_the_text_is_saved(make_member):
    organization = make_member(how_to_ask="Please *write*. <script>alert(1)</script>")
    expected = "<p>Please <em>write</em>. &lt;script&gt;alert(1)&lt;/script&gt;</p>\n"
    assert organization.how_to_ask_html == expected
    organization = Organization.objects.get(pk=organization.pk)
    assert organization.how_to_ask_html == expected
    organization.how_to_ask = ""
    organization.save()
    organization.refresh_from_db()
    assert organization.how_to_ask_html == ""


@pytest.mark.django_db
def test_the_page_shows_the_html_and_escapes_the_rest(client, make_member):
    organization = make_member(how_to_ask="**Write** <b>", summary="**Never** <b>")
    html = client.get(organization.get_absolute_url()).content.decode()
    assert "<p><strong>Write</strong> &lt;b&gt;</p>" in html
    assert "**Never** &lt;b&gt;" in html


@pytest.mark.django_db
def test_a_text_over_the_limit_is_refused(make_member):
    organization = make_member(cases_taken="é" * (SOURCE_LIMIT + 1))
    with pytest.raises(ValidationError, match="at most 20000 characters"):
        organization.full_clean()
