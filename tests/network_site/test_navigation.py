"""The frame of every page: five words, the important note, and ways on."""

import pytest

from tests.pages import PUBLIC, Page

pytestmark = pytest.mark.django_db

WORDS = ["Find help", "Jobs", "Statements", "About", "Contact"]


@pytest.fixture
def visit(client):
    return lambda address: Page(client.get(address))


def navigation(page):
    (nav,) = page.find("nav", aria_label="Main")
    return [one for one in page.find("a") if nav in one.inside]


@pytest.mark.parametrize("name", PUBLIC)
def test_every_page_has_the_five_words_and_says_where_to_go_with_a_claim(visit, name):
    page = visit(PUBLIC[name][0])
    assert [link.text for link in navigation(page)] == WORDS
    (foot,) = page.find("footer")
    assert "does not review claims of innocence and cannot forward letters" in " ".join(
        foot.text.split()
    )
    assert "/" in [one["href"] for one in page.find("a") if foot in one.inside]


@pytest.mark.parametrize(
    ("address", "current"),
    [
        ("/", ("Find help", "page")),
        ("/find/?place=Texas", ("Find help", "true")),
        ("/regions/us-tx/", ("Find help", "true")),
        ("/jobs/", ("Jobs", "page")),
        ("/statements/", ("Statements", "page")),
        ("/statements/exoneree-rights/", ("Statements", "true")),
        ("/statements/exoneree-rights/1/", ("Statements", "true")),
        ("/about/", ("About", "page")),
        ("/history/", ("About", "true")),
        ("/contact/?subject=media", ("Contact", "page")),
        ("/guide/", None),
        ("/privacy/", None),
        ("/search/", None),
        ("/nowhere/", None),
    ],
)
def test_the_navigation_shows_where_one_is(visit, address, current):
    marked = [
        (link.text, link["aria-current"])
        for link in navigation(visit(address))
        if link["aria-current"]
    ]
    assert marked == ([current] if current else [])


def test_a_wrong_detail_is_reported_with_the_page_that_it_is_on(visit):
    page = visit("/members/innocence-project/")
    report = "/contact/?subject=wrong-detail&page=/members/innocence-project/"
    assert report in [link["href"] for link in page.find("a")]
    (field,) = visit(report).find("input", name="page")
    assert field["value"] == "/members/innocence-project/"
