"""Pages on paper, as Chromium prints them."""

import re

import pytest

pytestmark = pytest.mark.browser

PAGE = re.compile(rb"/Type\s*/Page\b")


def pages_of(pdf):
    return len(PAGE.findall(pdf))


@pytest.mark.parametrize("paper", ["Letter", "A4"])
@pytest.mark.parametrize(
    "slug",
    [
        "innocence-project",
        "innocence-project-france",
        "oad-reinvestigation-project",
        "ohio-public-defender-wrongful-conviction-project",
    ],
)
def test_the_sheet_of_an_organization_is_one_page(page, slug, paper):
    page.goto(f"/members/{slug}/sheet/")
    assert pages_of(page.pdf(format=paper)) == 1


def test_the_sheet_of_a_state_fits_on_two_sides(page):
    page.goto("/regions/us-tx/sheet/")
    assert pages_of(page.pdf(format="Letter")) == 2


def test_paper_has_no_menus_and_no_buttons(page):
    page.goto("/find/?place=Texas")
    page.emulate_media(media="print")
    for selector in (".nav", ".finder", ".btn", ".crumbs", ".foot .cols"):
        assert page.locator(selector).count()
        assert not any(one.is_visible() for one in page.locator(selector).all())
    assert page.locator("#covering address").first.is_visible()
