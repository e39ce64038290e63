import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members.models import MembershipPeriod, Organization, SisterNetwork
from statements import starter_pages
from tests.pages import Page

pytestmark = pytest.mark.django_db

# The words of the Network about itself, but for its numbers, which are computed.
TOLD = (
    "The Innocence Network is an affiliation of organizations from all over the world dedicated "
    "to providing pro bono legal and investigative services to individuals seeking to prove "
    "innocence of crimes for which they have been convicted, and working to redress the causes of "
    "wrongful convictions.",
    "The majority of the Innocence Network’s members are based in the United States and are mainly "
    "focused on criminal justice reform in the United States, but the Network also includes "
    "non-U.S. organizations that meet its membership criteria.",
    "The Network maintains an International Committee, and we strongly encourage the development "
    "of sister networks across the world, such as Red Inocente, recognizing them as critically "
    "important partners in this work globally.",
    "Please contact the Innocence Network Support Unit with any questions about Network "
    "membership or the membership process.",
    "If you are seeking legal assistance, please contact the Network member in your area",
)


@pytest.fixture
def about(client):
    return lambda: Page(client.get("/about/"))


def pairs(page, **attributes):
    """The terms of a list and what is said of them."""
    (outer,) = page.find("dl", **attributes)
    inside = [one for one in page.elements if outer in one.inside]
    terms = [" ".join(one.text.split()) for one in inside if one.tag == "dt"]
    return dict(zip(terms, (one.text.strip() for one in inside if one.tag == "dd"), strict=True))


def figures(page):
    return [int(number) for number in pairs(page, class_="figures").values()]


def kinds(page):
    return {name: int(number) for name, number in pairs(page, class_="facts counts").items()}


def countries(page):
    """How many members each country has, as the page says, by its address."""
    (outer,) = page.find("ul", class_="columns")
    rows = [one for one in page.find("li") if outer in one.inside]
    links = [one["href"] for one in page.find("a") if outer in one.inside]
    counts = [int(re.search(r"(\d+) members?$", one.text.strip())[1]) for one in rows]
    return dict(zip(links, counts, strict=True))


# Words -------------------------------------------------------------------------------------------


def test_the_page_says_what_the_network_is_in_its_own_words(about):
    told = about().text()
    assert not [words for words in TOLD if words not in told]


def test_no_number_of_the_membership_is_typed_in_a_text():
    for path in starter_pages.DATA.glob("*.md"):
        assert not re.search(r"(?<![\w.#-])(67|55|12)(?![\w.%-])", path.read_text()), path


def test_the_important_note_leads_to_the_finder(about):
    page = about()
    note = page.text("important_note")
    assert "The Innocence Network Support Unit does not review claims of innocence." in note
    assert "If you or a family member need legal help" in note
    assert page.links("important_note") == ["/"]


def test_questions_about_membership_lead_to_the_support_unit(about):
    page = about()
    assert "How membership works" in page.text()
    assert {"/contact/", "/contact/?subject=membership"} <= set(page.links())
    assert {"/history/", "/statements/", "/members/"} <= set(page.links())


# Counts ------------------------------------------------------------------------------------------


def test_the_starter_content_has_the_numbers_that_the_network_gives(about):
    page = about()
    assert figures(page) == [67, 55, 12, 12]
    assert "As of June 2020." in page.text()
    assert sum(kinds(page).values()) == sum(countries(page).values()) == 67
    assert countries(page)["/regions/us/"] == 55
    named = {"au", "ca", "ie", "gb", "nl", "nz", "tw", "ar", "za", "it", "fr", "us"}
    assert set(countries(page)) == {f"/regions/{code}/" for code in named}


def test_all_counts_follow_the_memberships(about, make_member):
    before = kinds(about())
    leaving = Organization.objects.get(slug="innocence-project-france")
    leaving.memberships.update(left_on=datetime.date(2020, 6, 30))
    joined = make_member(region_id="DE", kind=Organization.Kind.LAW_FIRM)
    joined.memberships.update(known_on=datetime.date(2021, 3, 4))
    make_member(region_id="ES", published=False)
    page = about()
    assert figures(page) == [67, 55, 12, 12]
    assert "As of March 2021." in page.text()
    assert countries(page)["/regions/de/"] == 1
    assert not {"/regions/fr/", "/regions/es/"} & set(countries(page))
    changed = {leaving.get_kind_display(): -1, joined.get_kind_display(): 1}
    assert kinds(page) == {name: number + changed.get(name, 0) for name, number in before.items()}


def test_the_countries_stand_in_the_order_of_their_names(about, make_member):
    make_member(region_id="AX")
    links = list(countries(about()))
    assert links[:2] == ["/regions/ax/", "/regions/ar/"]
    assert links[-2:] == ["/regions/gb/", "/regions/us/"]


def test_each_kind_leads_to_as_many_members_as_it_counts(client, about):
    page = about()
    links = [link for link in page.links() if "?kind=" in link]
    assert len(links) == len(kinds(page)) == len(Organization.Kind)
    for link, number in zip(links, kinds(page).values(), strict=True):
        found = Page(client.get(link))
        assert re.search(rf"\b{number} members?\b", found.text())


def test_a_kind_without_members_is_not_named(about):
    Organization.objects.filter(kind=Organization.Kind.LAW_FIRM).update(published=False)
    assert "Pro bono section of a law firm" not in kinds(about())


def test_a_network_without_members_has_a_page(about, no_members):
    page = about()
    assert page.status == 200
    assert figures(page) == [0, 0, 0, 0]
    assert "As of" not in page.text()
    assert "Countries with members" not in page.text()


# Sister networks ---------------------------------------------------------------------------------


def test_sister_networks_have_what_is_known_of_them(about):
    SisterNetwork.objects.update(website="https://red.example.org/", description="Fictional words.")
    SisterNetwork.objects.get().countries.set(["AR", "MX"])
    SisterNetwork.objects.create(name="Fictional <b>Network</b>")
    page = about()
    assert "https://red.example.org/" in page.links()
    assert "Red Inocente Fictional words. Argentina, Mexico" in page.text()
    assert "Fictional <b>Network</b>" in page.text()


def test_without_sister_networks_there_is_no_list_of_them(about):
    assert "sister_networks" in about().ids()
    SisterNetwork.objects.all().delete()
    assert "sister_networks" not in about().ids()


# Queries -----------------------------------------------------------------------------------------


def test_the_page_takes_no_more_queries_with_more_members_and_networks(client, make_member):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/about/").status_code == 200
        return len(captured)

    before = queries()
    assert before <= 7
    for number in range(30):
        make_member(f"Fictional {number}", region_id=["DE", "ES", "US-VA"][number % 3])
        network = SisterNetwork.objects.create(name=f"Fictional {number}")
        network.countries.set(["AR", "MX"])
    assert MembershipPeriod.objects.count() > 90
    assert queries() == before
