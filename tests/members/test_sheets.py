import datetime

import pytest

from members.models import Organization
from tests.pages import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def sheet(client):
    """The text of the sheet at an address."""
    return lambda address: Page(client.get(address)).text()


def test_a_sheet_has_the_address_in_the_lines_of_an_envelope(client):
    html = client.get("/members/innocence-project/sheet/").content.decode()
    lines = ["Innocence Project", "40 Worth Street", "Suite 701", "New York, NY 10013"]
    assert "<br>".join(lines) in html


@pytest.mark.parametrize(
    ("slug", "help_outside"),
    [
        ("innocence-project-of-texas", "Someone outside can ask for it: Website: innocencetexas"),
        ("innocence-project-france", "Someone outside can ask at Université Jean Moulin Lyon 3"),
    ],
)
def test_a_sheet_without_an_address_says_so_and_what_to_do(sheet, slug, help_outside):
    text = sheet(f"/members/{slug}/sheet/")
    assert "We know no postal address of this organization." in text
    assert help_outside in text


def test_a_sheet_of_nobody_reachable_names_the_other_members(sheet, make_member):
    organization = make_member("Unreachable")
    text = sheet(f"/members/{organization.slug}/sheet/")
    assert "Another member of the Network may know it." in text


def test_a_sheet_says_what_a_letter_cannot_do_and_how_old_the_facts_are(sheet):
    text = sheet("/members/innocence-project/sheet/")
    assert "does not stop any deadline in court" in text
    assert "not yet confirmed by the organization." in text
    assert "testserver/members/innocence-project/sheet/" in text
    assert "does not review claims of innocence" in text


@pytest.mark.parametrize(
    ("writer", "words"),
    [
        (Organization.Writer.ANYONE, "Anyone may write."),
        (Organization.Writer.FAMILY, "The person in prison writes, or the family."),
        (Organization.Writer.PRISONER, "A letter from somebody else is not enough."),
        (Organization.Writer.UNKNOWN, "If you do not know who has to write"),
    ],
)
def test_a_sheet_says_who_must_write(sheet, make_member, writer, words):
    organization = make_member(who_may_write=writer)
    assert words in sheet(f"/members/{organization.slug}/sheet/")


def test_the_sheet_of_a_region_lists_everybody_who_covers_it_on_one_page(sheet, make_member):
    for number in range(12):
        make_member(f"Fictional Member {number:02}", covers=["US-TX"])
    text = sheet("/regions/us-tx/sheet/")
    assert text.index("Fictional Member 00") < text.index("Fictional Member 11")
    assert text.index("Fictional Member 11") < text.index("Center on Wrongful Convictions")


def test_the_sheet_of_a_region_says_of_each_member_where_no_address_is_known(
    no_members, sheet, make_member
):
    make_member("A", covers=["US-TX"], phone="+1 555-010-0199")
    make_member("B", covers=["US-TX-201"], host_institution="Fictional School")
    text = sheet("/regions/us-tx/sheet/")
    assert "Someone outside can ask for it: +1 555-010-0199" in text
    assert "Only from Harris County. We know no postal address." in text
    assert "Someone outside can ask at Fictional School." in text


def test_the_sheet_of_a_region_says_of_each_member_how_old_its_facts_are(
    no_members, sheet, make_member
):
    checked = {"confirmed_on": datetime.date(2020, 3, 4), "confirmed_how": "letter"}
    make_member("A", covers=["US-TX"], **checked)
    make_member("B", covers=["US-TX"])
    make_member("C", covers=["US-TX-201"], **checked | {"confirmed_on": datetime.date(2020, 5, 6)})
    text = sheet("/regions/us-tx/sheet/")
    first, second, third = (
        *("Details checked on 4 March 2020, by letter.", "not yet confirmed by the organization."),
        "Details checked on 6 May 2020, by letter.",
    )
    assert text.index(first) < text.index(second) < text.index(third)


def test_the_sheet_of_a_region_without_a_member_of_its_own_says_so(sheet):
    assert "None of them is dedicated to this place." in sheet("/regions/us-nj/sheet/")
    assert "No member of the Network takes cases from" in sheet("/regions/gb-sct/sheet/")


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("/regions/US-TX/sheet/", "/regions/us-tx/sheet/"),
        ("/members/centurion-ministries/sheet/", "/members/centurion/sheet/"),
    ],
)
def test_an_old_address_leads_to_the_sheet(client, address, target):
    response = client.get(address)
    assert response.status_code == 301
    assert response["Location"] == target


@pytest.mark.parametrize("address", ["/regions/xx/sheet/", "/members/nobody/sheet/"])
def test_nobody_has_no_sheet(client, address):
    assert client.get(address).status_code == 404


def test_an_unlisted_organization_has_no_sheet(client, make_member):
    organization = make_member(published=False)
    assert client.get(f"/members/{organization.slug}/sheet/").status_code == 404


@pytest.mark.parametrize(
    ("address", "sheets"),
    [
        ("/members/centurion/", ["/members/centurion/sheet/"]),
        ("/regions/us-tx/", ["/regions/us-tx/sheet/", "/members/centurion/sheet/"]),
        ("/find/?place=Houston", ["/regions/us-tx/sheet/", "/members/centurion/sheet/"]),
    ],
)
def test_pages_lead_to_their_sheets(client, address, sheets):
    assert set(sheets) <= set(Page(client.get(address)).links())


def test_a_sheet_costs_a_handful_of_queries(client, make_member, django_assert_max_num_queries):
    for number in range(30):
        make_member(f"Fictional Member {number:02}", covers=["US-TX"])
    with django_assert_max_num_queries(6):
        client.get("/members/innocence-project/sheet/")
    for region in ("us-tx", "us", "ca", "gb-sct"):
        with django_assert_max_num_queries(8):
            client.get(f"/regions/{region}/sheet/")
