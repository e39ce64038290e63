import json
import re
from urllib.parse import urlsplit

import pytest
from django.template import Context, Template

from members.templatetags.page_head import json_ld
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
    block = Template("{% load page_head %}{{ data|json_ld }}").render(Context({"data": texts}))
    inside = block.removeprefix('<script type="application/ld+json">').removesuffix("</script>")
    assert json.loads(inside) == texts
    assert not set("<>&") & set(inside)
    assert block == json_ld(texts)
