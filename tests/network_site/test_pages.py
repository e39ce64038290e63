import json
import re
from urllib.parse import urlsplit

import pytest
from django.template import engines
from django.utils import translation

from network_site.management.commands.makemessages import PAGES, calls
from tests.pages import PUBLIC, Page

pytestmark = pytest.mark.django_db

# Answers to what one visitor typed or sent, and what another page says too: sheets, editions.
NOT_INDEXED = re.compile(r"/find/|/search/|/contact/sent/|.*/sheet/$|/statements/[a-z-]+/\d+/$")


@pytest.fixture
def visit(client):
    return lambda address: Page(client.get(address))


def shared(page):
    """What a page says of itself to sites where it is shared."""
    return {
        one["property"]: one["content"]
        for one in page.find("meta")
        if (one["property"] or "").startswith("og:")
    }


@pytest.mark.parametrize("name", PUBLIC)
def test_a_page_has_one_address_and_a_card_for_sharing_or_is_kept_out_of_search_engines(
    visit, name
):
    address, status = PUBLIC[name]
    page = visit(address)
    canonical = [link["href"] for link in page.find("link", rel="canonical")]
    noindex = page.find("meta", name="robots", content="noindex")
    if NOT_INDEXED.match(address) or status in {404, 410}:
        assert noindex
        assert not canonical
        assert not shared(page)
        return
    assert not noindex
    assert canonical == [f"http://testserver{urlsplit(address).path}"]
    (title,), (description,) = page.find("title"), page.find("meta", name="description")
    assert shared(page) == {
        "og:type": shared(page)["og:type"],
        "og:site_name": "Innocence Network",
        "og:url": canonical[0],
        "og:title": title.text.strip().removesuffix(" – Innocence Network"),
        "og:description": description["content"],
    }


def test_pages_of_their_own_have_titles_of_their_own(visit):
    pages = [visit(address) for address, status in PUBLIC.values() if "?" not in address]
    titles = [page.find("title")[0].text for page in pages]
    assert len(set(titles)) == len(titles)


def test_a_name_with_quotes_and_tags_stands_whole_in_the_card(visit, make_member):
    name = 'Fictional "Second" <b>Project</b> & Co'
    organization = make_member(name)
    page = visit(organization.get_absolute_url())
    assert shared(page)["og:title"] == name
    assert shared(page)["og:description"].startswith(name)


def test_nothing_in_json_ld_can_end_its_block():
    texts = ["</script><script>alert(1)</script>", "<!--<script>", "a & b", 'say "it"', "\u2028"]
    block = rendered("{{ data|json_ld }}", data=texts)
    inside = block.removeprefix('<script type="application/ld+json">').removesuffix("</script>")
    assert json.loads(inside) == texts
    assert not set("<>&") & set(inside)


# What templates can use --------------------------------------------------------------------------


def rendered(template, request=None, **context):
    return engines["jinja2"].from_string(template).render(context, request)


def test_what_is_not_there_is_empty():
    assert rendered("({{ nothing.of.this }}{% if nothing.here %}x{% endif %})") == "()"


@pytest.mark.parametrize("is_asked", [True, False], ids=["page", "page of an error"])
def test_a_page_speaks_the_language_of_the_moment(rf, is_asked):
    request = rf.get("/") if is_asked else None
    said = []
    for language in ("de", "fr"):
        with translation.override(language):
            said.append(rendered("{{ _('Monday') }} {% trans %}Monday{% endtrans %}", request))
    assert said == ["Montag Montag", "lundi lundi"]


def test_the_site_speaks_its_language_whatever_was_spoken_before_or_is_asked_for(client, settings):
    settings.LANGUAGE_CODE = "de"
    with translation.override("fr"):
        answer = client.get("/accessibility/", headers={"accept-language": "it"})
    (html,) = Page(answer).find("html")
    assert html["lang"] == "de"


def test_all_text_is_escaped_also_inside_a_translated_sentence():
    source = "{{ text }} {% trans text=text %}It is <b>{{ text }}</b>.{% endtrans %}"
    found = rendered(source, text="<i> & 'x'")
    assert found.replace("&#39;", "'") == "&lt;i&gt; &amp; 'x' It is <b>&lt;i&gt; &amp; 'x'</b>."


@pytest.mark.parametrize(
    ("query", "link"),
    [
        ("", "?page=2"),
        ("?page=7", "?page=2"),
        ("?name=a%26b&page=1&kind=x&kind=y", "?name=a%26b&page=2&kind=x&kind=y"),
    ],
)
def test_a_link_to_another_page_of_a_list_keeps_its_filters(rf, query, link):
    assert rendered("{{ querystring(page=2)|safe }}", rf.get(f"/jobs/{query}")) == link


def test_texts_to_be_translated_are_found_in_a_page_each_in_its_line():
    template = """<h1>{{ _("Help") }}</h1>

{% trans n=count %}{{ n }} “member”{% pluralize %}{{ n }} members{% endtrans %}{{ _("It’s") }}"""
    assert calls(template).splitlines() == [
        "_('Help'); ",
        "",
        "ngettext('%(n)s “member”', '%(n)s members'); _('It’s'); ",
    ]


@pytest.mark.parametrize(
    "path", sorted(PAGES.rglob("*.html")), ids=lambda path: str(path.relative_to(PAGES))
)
def test_no_text_to_be_translated_is_missed(path):
    source = path.read_text()
    functions = re.findall(r"(\w+)\(['\"].*?['\"]\); ", calls(source))
    assert functions.count("_") == source.count('_("')
    assert functions.count("gettext") + functions.count("ngettext") == source.count("{% trans")
