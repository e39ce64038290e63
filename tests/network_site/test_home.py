import datetime
import re

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jobs.models import JobOpening
from members.models import MembershipPeriod, Organization
from statements.models import Edition
from tests.pages import Page

pytestmark = pytest.mark.django_db

DAY = datetime.date(2020, 6, 30)
TERRITORIES = {"American Samoa", "Guam", "Northern Mariana Islands", "Puerto Rico"}
TERRITORIES |= {"US Virgin Islands"}


@pytest.fixture
def home(client):
    return lambda: Page(client.get("/"))


# Counts ------------------------------------------------------------------------------------------


def test_the_starter_content_is_67_members_in_12_countries_as_of_june_2020(home):
    text = home().text()
    assert "67 independent organizations in 12 countries" in text
    assert "(as of June 2020)" in text


def test_the_counts_follow_the_memberships(home, make_member):
    MembershipPeriod.objects.filter(organization__slug="innocence-canada").update(left_on=DAY)
    MembershipPeriod.objects.filter(organization__slug="innocence-project").update(left_on=DAY)
    make_member(region_id="DE").memberships.update(known_on=datetime.date(2021, 3, 4))
    page = home()
    assert "66 independent organizations in 13 countries" in page.text()
    assert "(as of March 2021)" in page.text()
    assert "/regions/de/" in page.links()


def test_a_network_without_members_has_a_page_without_a_date(no_members, home):
    page = home()
    assert page.status == 200
    assert "0 independent organizations in 0 countries" in page.text()
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
    assert body.index("<form") < body.index('class="tiles"') < body.index('id="before-you-write"')


# What the Network says, and who is looked for ----------------------------------------------------


def test_the_newest_statements_and_openings_are_linked(home):
    links = home().links()
    assert {"/statements/", "/statements/exoneree-rights/"} <= set(links)
    assert {one.get_absolute_url() for one in JobOpening.objects.open()} <= set(links)


def test_without_statements_and_openings_the_page_claims_none(home):
    JobOpening.objects.all().delete()
    Edition.objects.all()._raw_delete("default")
    page = home()
    assert "No organization has an opening here now." in page.text()
    assert "What the Network says" not in page.text()


def test_the_page_takes_no_more_queries_with_more_to_show(client, make_member):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            client.get("/")
        return len(captured)

    before = queries()
    for number in range(8):
        JobOpening.objects.create(
            organization=make_member(region_id="US-TX"),
            title=f"Fictional job {number}",
            kind=JobOpening.Kind.OTHER,
            description="Fictional",
            published=True,
        )
    assert queries() == before <= 8
