import datetime
import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings

from members.models import MembershipPeriod, Organization
from tests.pages import Page

pytestmark = pytest.mark.django_db

DAY = datetime.date(2020, 6, 30)
TERRITORIES = {"American Samoa", "Guam", "Northern Mariana Islands", "Puerto Rico"}
TERRITORIES |= {"US Virgin Islands"}


@pytest.fixture
def home(client):
    return lambda: Page(client.get("/"))


def figures(page):
    """The numbers under the heading of the members, by what they count."""
    (numbers,) = page.find("dl", class_="figures")
    inside = [one for one in page.elements if numbers in one.inside]
    names = [one.text.strip() for one in inside if one.tag == "dt"]
    return dict(zip(names, (int(one.text) for one in inside if one.tag == "dd"), strict=True))


# Counts ------------------------------------------------------------------------------------------


def test_the_starter_content_is_67_members_in_12_countries_as_of_june_2020(home):
    page = home()
    assert figures(page) == {
        "organizations": 67,
        "in the United States": 55,
        "elsewhere": 12,
        "countries": 12,
    }
    assert "67 independent organizations in 12 countries" in page.text()
    assert "(as of June 2020)" in page.text()
    assert "As of June 2020." in page.text("members")


def test_the_counts_follow_the_memberships(home, make_member):
    MembershipPeriod.objects.filter(organization__slug="innocence-canada").update(left_on=DAY)
    MembershipPeriod.objects.filter(organization__slug="innocence-project").update(left_on=DAY)
    make_member(region_id="DE").memberships.update(known_on=datetime.date(2021, 3, 4))
    page = home()
    assert list(figures(page).values()) == [66, 54, 12, 13]
    assert "66 independent organizations in 13 countries" in page.text()
    assert "As of March 2021." in page.text("members")
    assert "/regions/de/" in page.links()


def test_a_network_without_members_has_a_page_without_a_date(no_members, home):
    page = home()
    assert page.status == 200
    assert set(figures(page).values()) == {0}
    assert "as of" not in page.text().lower()


def test_no_figure_of_the_membership_is_typed(home):
    sources = [*settings.BASE_DIR.glob("templates/**/*.html")]
    for app in ("members", "network_site", "jobs", "statements"):
        sources += [*settings.BASE_DIR.joinpath(app).rglob("*.py")]
    for path in sources:
        text = path.read_text()
        if path.suffix == ".html":
            text = re.sub(r"{#.*?#}|<svg.*?</svg>|<[^>]*>", " ", text, flags=re.DOTALL)
        assert not re.search(r"(?<![\w.#-])(67|55)(?![\w.%-])", text), path
        if path.suffix == ".html":
            assert not re.search(r"(?<![\w.#-])12(?![\w.%-])", text), path


# The map -----------------------------------------------------------------------------------------


def test_the_tiles_are_the_states_the_district_and_five_territories_by_name(home):
    page = home()
    (tiles,) = page.find("ul", class_="tiles")
    links = [link for link in page.find("a") if tiles in link.inside]
    names = {link.text.split(",")[0].split(maxsplit=1)[1].strip() for link in links}
    assert len(links) == 56
    assert TERRITORIES | {"Virginia", "New Jersey", "Washington"} < names
    assert all(re.fullmatch("/regions/us-[a-z]{2}/", link["href"]) for link in links)
    squares = [one["class"] for one in page.find("li") if tiles in one.inside]
    assert len(set(squares)) == 56, "no two on one square"


def test_a_tile_says_where_no_member_is_at_home(home, make_member):
    def without():
        return {link.text.split(",")[0] for link in home().find("a", class_="out")}

    before = without()
    assert "NJ New Jersey" in before
    assert "TX Texas" not in before
    make_member(covers=["US-NJ"], published=False)
    assert without() == before
    make_member(covers=["US-NJ"])
    assert without() == before - {"NJ New Jersey"}


def test_every_country_with_an_office_is_linked(home):
    codes = Organization.objects.values_list("region__country", flat=True)
    assert {f"/regions/{code.lower()}/" for code in codes if code != "US"} <= set(home().links())


def test_the_finder_comes_first(home):
    page = home()
    (form,) = page.find("form")
    assert (form["action"], form["method"]) == ("/find/", "get")
    body = page.html[page.html.index("<main") :]
    assert body.index("<form") < body.index('class="tiles"') < body.index('id="members"')


# Weight ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/", "/find/?place=Texas", "/members/"])
def test_page_and_stylesheet_fit_into_the_first_round_trip(client, address):
    css = b"".join(
        Path(settings.BASE_DIR, *link["href"].strip("/").split("/")).read_bytes()
        for link in Page(client.get(address)).find("link", rel="stylesheet")
    )
    response = client.get(address, headers={"accept-encoding": "gzip"})
    assert response["Content-Encoding"] == "gzip"
    assert css
    assert len(response.content) + len(gzip.compress(css)) <= 14 * 1024
