"""Who is shown where: each state of an opening on each page, feed and count that there is."""

import datetime
import re

import pytest
from django.utils import timezone

from jobs.models import JobOpening
from tests.jobs.conftest import AT
from tests.pages import Page

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2026, 3, 10)
DAY = datetime.timedelta(days=1)
NOT_LISTED = {"published": False}
ENDED = {"member": False}
EVERYWHERE = {"list", "filtered list", "feed", "filtered feed", "sitemap", "organization", "count"}
EVERYWHERE |= {"search", "home"}
STATES = {
    "open": ({}, 200, True),
    "without dates": ({"posted_on": None}, 200, True),
    "posted today": ({"posted_on": TODAY}, 200, True),
    "closes today": ({"closes_on": TODAY}, 200, True),
    "to be filled": ({"filled_on": TODAY + DAY}, 200, True),
    "closed": ({"closes_on": TODAY - DAY}, 200, False),
    "filled": ({"filled_on": TODAY}, 200, False),
    "closed 90 days ago": ({"posted_on": None, "closes_on": TODAY - 90 * DAY}, 200, False),
    "filled 90 days ago": ({"posted_on": None, "filled_on": TODAY - 90 * DAY}, 200, False),
    "closed 91 days ago": ({"posted_on": None, "closes_on": TODAY - 91 * DAY}, 410, False),
    "filled 91 days ago": ({"posted_on": None, "filled_on": TODAY - 91 * DAY}, 410, False),
    "draft": ({"published": False}, 404, False),
    "closed draft": ({"published": False, "closes_on": TODAY - DAY}, 404, False),
    "old draft": (
        {"published": False, "posted_on": None, "closes_on": TODAY - 99 * DAY},
        404,
        False,
    ),
    "posted tomorrow": ({"posted_on": TODAY + DAY}, 404, False),
    "posted next year": ({"posted_on": TODAY + 365 * DAY}, 404, False),
}


def seen(client, opening):
    """Where the opening is seen, by its title or its address."""
    title, address = opening.title, opening.get_absolute_url()
    asked = f"?kind={opening.kind}&text={title}"
    sources = {
        "list": "/jobs/",
        "filtered list": f"/jobs/{asked}",
        "feed": "/jobs/feed/",
        "filtered feed": f"/jobs/feed/{asked}",
        "sitemap": "/sitemap.xml",
        "organization": opening.organization.get_absolute_url(),
        "search": f"/search/?q={title}",
        "home": "/",
    }
    texts = {where: client.get(source).content.decode() for where, source in sources.items()}
    places = {where for where, text in texts.items() if address in text}
    assert all(
        title not in texts[where] for where in {"list", "feed", "organization", "home"} - places
    )
    number = int(re.search(r"<h2>(\d+) job", texts["list"])[1])
    assert number == JobOpening.objects.open(timezone.now()).count()
    return places | ({"count"} if number else set())


@pytest.mark.parametrize("name", STATES)
def test_an_opening_is_in_every_list_while_it_is_open_and_in_none_else(
    client, now, no_openings, make_opening, name
):
    fields, status, is_open = STATES[name]
    opening = make_opening("Qwxzvkj attorney", **fields)
    assert client.get(opening.get_absolute_url()).status_code == status
    assert seen(client, opening) == (EVERYWHERE if is_open else set())


@pytest.mark.parametrize("fields", [NOT_LISTED, ENDED], ids=["not published", "not a member"])
@pytest.mark.parametrize("name", ["open", "closed", "closed 91 days ago"])
def test_an_organization_that_is_not_listed_hires_nowhere(
    client, now, no_openings, make_opening, make_member, fields, name
):
    opening = make_opening(
        "Qwxzvkj attorney", organization=make_member(**fields), **STATES[name][0]
    )
    assert client.get(opening.get_absolute_url()).status_code == 404
    assert seen(client, opening) == set()


@pytest.mark.parametrize("fields", [{"published": False}, {"posted_on": TODAY + DAY}])
@pytest.mark.parametrize("slug", ["qwxzvkj-attorney", "x", "QWXZVKJ-ATTORNEY", "é", "-", "opening"])
def test_what_is_not_shown_has_no_address_guessed_or_not(client, now, make_opening, fields, slug):
    opening = make_opening("Qwxzvkj attorney", **fields)
    for query in ("", "?preview=1"):
        response = client.get(f"/jobs/{opening.pk}-{slug}/{query}")
        assert response.status_code == 404
        assert b"Qwxzvkj" not in response.content


# At the edges of a day ----------------------------------------------------------------------------


def zone(hours):
    return datetime.timezone(datetime.timedelta(hours=hours))


@pytest.mark.parametrize(
    ("time", "hours", "is_open"),
    [
        ("2026-03-10T23:59", -10, True),
        ("2026-03-11T01:59", -10, True),
        ("2026-03-11T02:00", -10, False),
        ("2026-03-10T23:59", 8, True),
        ("2026-03-11T19:59", 8, True),
        ("2026-03-11T20:00", 8, False),
        ("2026-03-10T23:59", -12, True),
        ("2026-03-11T00:00", -12, False),
    ],
    ids=lambda value: str(value),
)
def test_a_closing_date_is_over_when_it_is_over_everywhere_also_in_hawaii_and_taipei(
    client, set_clock, no_openings, make_opening, make_member, time, hours, is_open
):
    region, city = ("TW", "Taipei") if hours == 8 else ("US-HI", "Honolulu")
    opening = make_opening("Qwxzvkj attorney", city=city, region_id=region, closes_on=TODAY)
    set_clock(datetime.datetime.fromisoformat(time).replace(tzinfo=zone(hours)))
    page = Page(client.get(opening.get_absolute_url()))
    assert page.status == 200
    assert ("This opening is closed" in page.text()) != is_open
    assert bool(page.find("script")) == is_open
    assert seen(client, opening) == (EVERYWHERE if is_open else set())


@pytest.mark.parametrize(
    ("time", "hours", "status"),
    [
        ("2026-03-10T00:00", 14, 404),
        ("2026-03-10T11:59", 8, 404),
        ("2026-03-10T12:00", 8, 200),
        ("2026-03-09T23:59", -4, 404),
        ("2026-03-10T00:00", -4, 200),
        ("2026-03-09T16:00", -12, 200),
        ("2026-03-10T00:00", -12, 200),
    ],
    ids=lambda value: str(value),
)
def test_an_opening_is_there_from_its_day_on_as_the_desk_has_it(
    client, set_clock, no_openings, make_opening, time, hours, status
):
    opening = make_opening("Qwxzvkj attorney", posted_on=TODAY)
    set_clock(datetime.datetime.fromisoformat(time).replace(tzinfo=zone(hours)))
    assert client.get(opening.get_absolute_url()).status_code == status
    assert seen(client, opening) == (EVERYWHERE if status == 200 else set())


def test_the_page_is_gone_when_the_ninetieth_day_is_over_everywhere(
    client, set_clock, make_opening
):
    opening = make_opening(closes_on=TODAY, filled_on=TODAY + 5 * DAY)
    end = datetime.datetime(2026, 6, 8, 23, 59, 59, tzinfo=zone(-12))
    for at, status in {AT: 200, end: 200, end + datetime.timedelta(seconds=1): 410}.items():
        set_clock(at)
        assert client.get(opening.get_absolute_url()).status_code == status
