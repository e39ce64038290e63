import datetime

import pytest

from jobs.models import JobOpening
from tests.pages import Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

TODAY = datetime.date(2026, 3, 10)
DAY = datetime.timedelta(days=1)
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def visit(client):
    """The page of an opening."""
    return lambda opening: Page(client.get(opening.get_absolute_url()))


# What the page says -------------------------------------------------------------------------------


def test_a_page_has_all_that_is_known(visit, make_opening, make_member):
    opening = make_opening(
        "Intake coordinator",
        organization=make_member("Fictional Legal Clinic"),
        kind="intake",
        employment_type="part_time",
        workplace="hybrid",
        city="Austin",
        region_id="US-TX",
        summary="A summary.",
        description="## Duties\n\n- Read *letters*",
        pay_minimum=51000,
        pay_maximum=58000,
        pay_currency="USD",
        pay_per="year",
        closes_on=TODAY + 5 * DAY,
        apply_url="https://www.jobs.example.org/apply?id=1&x=2",
        apply_email="jobs@example.org",
    )
    page = visit(opening)
    assert page.status == 200
    assert page.find("h1")[0].text == "Intake coordinator"
    assert page.find("title")[0].text.startswith("Intake coordinator, Fictional Legal Clinic")
    assert page.find("meta", name="description")[0]["content"] == "A summary."
    for text in (
        *("Place Austin, Texas", "Workplace Hybrid", "Kind of work Intake and client support"),
        *("Employment Part time", "Pay $51,000–$58,000 a year", "Posted on 1 March 2026"),
        *("Closes on 15 March 2026 Closes in 5 days", "Duties Read letters", "How to apply"),
        *("Leads to jobs.example.org.", "not the address to ask for help with a case"),
    ):
        assert text in page.text()
    assert "<em>letters</em>" in page.html
    assert {
        opening.organization.get_absolute_url(),
        "https://www.jobs.example.org/apply?id=1&x=2",
        "mailto:jobs@example.org",
        "/",
    } <= set(page.links())
    assert not page.find("meta", name="robots")
    assert page.find("link", rel="canonical")[0]["href"].endswith(opening.get_absolute_url())


def test_what_is_not_known_is_said_plainly(visit, make_opening, make_member):
    opening = make_opening(
        organization=make_member(city="Boise", region_id="US-ID"),
        posted_on=None,
        city="",
        region_id=None,
    )
    text = visit(opening).text()
    for words in (
        "Place Not stated. Office of the organization: Boise, Idaho",
        *("Workplace Not stated", "Employment Not stated", "Pay Not stated"),
        "Posted on Not stated",
        "Closes on Not stated. Please ask whether it is still open.",
    ):
        assert words in text


def test_an_opening_without_a_closing_date_is_open_until_filled(visit, make_opening):
    assert "Closes on Open until filled" in visit(make_opening()).text()


def test_remote_work_says_where_one_must_live(visit, make_opening):
    text = visit(make_opening(workplace="remote", region_id="US", city="")).text()
    assert "Place For people who live in the United States" in text
    assert "Workplace Remote" in text


@pytest.mark.parametrize(
    ("website", "words", "link"),
    [
        ("https://www.example.org/jobs", "look at the organization’s website: example.org", None),
        ("", "Please ask the organization; its page here", "/members/"),
    ],
)
def test_without_a_way_to_apply_the_page_says_whom_to_ask(
    visit, make_opening, make_member, website, words, link
):
    opening = make_opening(organization=make_member(website=website))
    page = visit(opening)
    assert "We do not know how to apply." in page.text()
    assert words in page.text()
    assert (website or opening.organization.get_absolute_url()) in page.links()
    assert not page.find("a", class_="btn nourl")


# Over ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        (
            {"closes_on": TODAY - DAY},
            "This opening is closed The last day to apply was 9 March 2026.",
        ),
        ({"filled_on": TODAY}, "This position is filled It was filled on 10 March 2026."),
        (
            {"closes_on": TODAY - 5 * DAY, "filled_on": TODAY - DAY},
            "This position is filled It was filled on 9 March 2026.",
        ),
    ],
)
def test_an_opening_that_is_over_says_so_and_cannot_be_applied_to(
    visit, make_opening, fields, words
):
    page = visit(
        make_opening(
            **fields, apply_url="https://jobs.example.org/", apply_email="jobs@example.org"
        )
    )
    assert page.status == 200
    assert words in page.text()
    assert "jobs@example.org" not in page.html
    assert "https://jobs.example.org/" not in page.html
    assert "/jobs/" in page.links()
    assert page.find("meta", name="robots", content="noindex")
    assert not page.find("link", rel="canonical")
    assert not page.find("script")


def test_a_page_that_is_gone_is_answered_with_410_and_help(client, make_opening):
    opening = make_opening("Qwxzvkj", posted_on=None, closes_on=TODAY - 91 * DAY)
    for address in (opening.get_absolute_url(), f"/jobs/{opening.pk}-other/"):
        response = client.get(address)
        page = Page(response)
        assert page.status == 410
        assert page.find("h1")[0].text == "This job opening is over"
        assert "/jobs/" in page.links()
        assert page.find("meta", name="robots", content="noindex")
        assert "Qwxzvkj" not in page.html
        assert not response.cookies


# Addresses ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "slug", ["x", "Fictional-Staff-Attorney", "fictional", "é", "%00", "-", "<b>"]
)
def test_a_wrong_title_in_the_address_leads_to_the_right_one(client, make_opening, slug):
    opening = make_opening()
    response = client.get(f"/jobs/{opening.pk}-{slug}/?a=1&a=%20b")
    assert response.status_code == 301
    assert response["Location"] == f"{opening.get_absolute_url()}?a=1&a=%20b"


def test_a_number_with_noughts_before_it_leads_to_the_right_address(client, make_opening):
    opening = make_opening()
    response = client.get(f"/jobs/00{opening.pk}-fictional-staff-attorney/")
    assert (response.status_code, response["Location"]) == (301, opening.get_absolute_url())


def test_a_new_title_keeps_the_old_address(client, make_opening):
    opening = make_opening("Old title")
    old = opening.get_absolute_url()
    JobOpening.objects.filter(pk=opening.pk).update(title="New title")
    opening.refresh_from_db()
    response = client.get(old)
    assert (response.status_code, response["Location"]) == (301, opening.get_absolute_url())


@pytest.mark.parametrize(
    "part",
    ["0-x", "999999-x", f"{10**30}-x", f"{'9' * 5000}-x", "1", "x-1", "-1-x", "1.5-x", "٣-x"],
)
def test_an_unknown_number_is_not_found(client, part):
    assert client.get(f"/jobs/{part}/").status_code == 404


# Scripts ------------------------------------------------------------------------------------------


def test_script_in_any_field_stays_text(visit, make_opening):
    opening = make_opening(
        f"{SCRIPT}</title>",
        city=SCRIPT,
        summary=f'"><img src=x onerror=alert(1)>{SCRIPT}',
        description=(
            f"{SCRIPT}\n\n[a](javascript:alert(1)) <img src=x onerror=alert(1)>\n\n"
            "[b](data:text/html,x) ![c](https://example.org/c.png)"
        ),
        closes_on=TODAY + DAY,
    )
    page = visit(opening)
    (block,) = page.find("script")
    assert block["type"] == "application/ld+json"
    assert page.html.count("<script") == page.html.count("</script>") == 1
    assert not page.find("img")
    for element in page.elements:
        assert not any(name.startswith("on") for name in element.attributes)
        assert not (element["href"] or "").startswith(("javascript:", "data:"))
    assert page.find("h1")[0].text == f"{SCRIPT}</title>"


# Queries ------------------------------------------------------------------------------------------


def test_a_page_takes_two_queries_at_most(client, make_opening, django_assert_max_num_queries):
    opening = make_opening()
    for _ in range(30):
        make_opening()
    with django_assert_max_num_queries(2):
        client.get(opening.get_absolute_url())
