import datetime
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from jobs.models import JobOpening
from members.models import Organization
from tests.pages import Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now", "no_openings")]

TODAY = datetime.date(2026, 3, 10)
DAY = datetime.timedelta(days=1)


@pytest.fixture
def jobs(client):
    """The list for a query."""
    return lambda **query: Page(client.get("/jobs/", query))


@pytest.fixture
def found(jobs):
    """The titles of the list for a query."""

    def titles(**query):
        page = jobs(**query)
        assert page.status == 200
        return [one.text for one in page.find("h3") if "No " not in one.text]

    return titles


def options(page, name):
    (menu,) = page.find("select", name=name)
    return [one["value"] for one in page.find("option") if menu in one.inside]


def chips(page):
    """The query behind each chip, as a dictionary, and the words on it."""
    (chips,) = page.find("ul", class_="chips")
    links = [link for link in page.find("a") if chips in link.inside]
    return [(parse_qs(urlsplit(link["href"]).query), link.text.split()) for link in links]


# Filters ------------------------------------------------------------------------------------------


@pytest.fixture
def some(make_opening, make_member):
    """Openings that differ in all that can be chosen, newest first: A to D."""
    texas = make_member("Fictional Texas Clinic", slug="fictional-texas", short_name="FTC")
    make_opening(
        "A",
        organization=texas,
        **{"kind": "attorney", "workplace": "hybrid", "employment_type": "full_time"},
        **{"city": "Austin", "region_id": "US-TX", "posted_on": TODAY},
    )
    make_opening(
        "B",
        organization=texas,
        **{"kind": "intake", "workplace": "remote", "employment_type": "part_time"},
        **{"city": "", "region_id": "US", "posted_on": TODAY - DAY},
        closes_on=TODAY + 9 * DAY,
    )
    make_opening(
        "C",
        organization=make_member("Fictional Leeds Clinic", slug="fictional-leeds"),
        **{"kind": "attorney", "city": "Leeds", "region_id": "GB-ENG"},
        **{"posted_on": TODAY - 2 * DAY, "closes_on": TODAY, "summary": "Élan"},
    )
    make_opening("D", kind="other", city="", region_id=None, posted_on=None)


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ({}, "ABCD"),
        ({"region": "US"}, "AB"),
        ({"region": "us"}, "AB"),
        ({"region": "US-TX"}, "A"),
        ({"region": "GB"}, "C"),
        ({"region": "GB-ENG"}, "C"),
        ({"region": "US-AK"}, ""),
        ({"kind": "attorney"}, "AC"),
        ({"kind": ["attorney", "other"]}, "ACD"),
        ({"workplace": "remote"}, "B"),
        ({"workplace": "hybrid"}, "A"),
        ({"employment": "part_time"}, "B"),
        ({"organization": "fictional-texas"}, "AB"),
        ({"organization": "innocence-canada"}, ""),
        ({"text": "texas clinic"}, "AB"),
        ({"text": "ftc"}, "AB"),
        ({"text": "leeds"}, "C"),
        ({"text": "elan"}, "C"),
        ({"text": "%"}, ""),
        ({"kind": "attorney", "region": "US", "workplace": "hybrid", "text": "austin"}, "A"),
        ({"order": "closing"}, "CBAD"),
        ({"text": " ", "region": "", "order": ""}, "ABCD"),
        ({"password": "x", "organization__slug": "x", "page": "1"}, "ABCD"),
    ],
)
def test_each_filter_narrows_the_list(found, some, query, titles):
    assert found(**query) == list(titles)


def test_menus_offer_what_there_is_with_the_wider_places(jobs, some):
    page = jobs()
    assert options(page, "region") == ["", "US", "US-TX", "GB", "GB-ENG"]
    assert options(page, "organization")[:1] == [""]
    assert set(options(page, "organization")) == {
        *("", "fictional-texas", "fictional-leeds"),
        Organization.objects.get(name="Fictional Hiring Project").slug,
    }
    assert [one["label"] for one in page.find("optgroup")] == ["United States", "Other countries"]
    assert "England" in page.text()


def test_what_is_over_is_in_no_menu(jobs, make_opening, make_member):
    make_opening(region_id="CA", closes_on=TODAY - DAY, organization=make_member("Fictional Past"))
    page = jobs()
    assert options(page, "region") == [""]
    assert options(page, "organization") == [""]


def test_a_shared_link_outlives_the_last_opening_there(jobs, some):
    page = jobs(region="US-AK", organization="innocence-canada")
    assert page.status == 200
    assert "No opening fits all of these filters" in page.text()
    assert "Alaska" in page.text()
    assert "Innocence Canada" in page.text()


# What is wrong ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("region", one) for one in ("XX", "001", "US-VA-013", "Texas", "US\0")),
        *(("kind", one) for one in ("qwxzvkj", "\0", "attorney,intake")),
        *(("workplace", one) for one in ("not_stated", "REMOTE", "\0")),
        *(("employment", one) for one in ("FULL_TIME", "not_stated")),
        *(("organization", one) for one in ("qwxzvkj", "a\0b", "x" * 5000, "é", "-1")),
        *(("order", one) for one in ("-pk", "title")),
        *(("text", one) for one in ("x" * 101, "a\0b")),
    ],
)
def test_a_wrong_value_is_refused_beside_its_field_and_the_rest_is_kept(jobs, some, field, value):
    page = jobs(**{"text": "typed text", "workplace": "hybrid", "kind": "intake"} | {field: value})
    assert page.status == 400
    assert not page.find("ul", class_="rows")
    assert page.find("title")[0].text.startswith("Error")
    assert "open" in page.find("details")[0].attributes
    assert page.text(f"id_{field}_error")
    if field != "text":
        assert page.find("input", name="text")[0]["value"] == "typed text"
    if field != "workplace":
        assert "selected" in page.find("option", value="hybrid")[0].attributes
    if field != "kind":
        assert "checked" in page.find("input", value="intake")[0].attributes


def test_an_organization_that_is_not_listed_is_no_choice(jobs, make_opening, make_member):
    hidden = make_member("Qwxzvkj", published=False)
    make_opening(organization=hidden)
    page = jobs(organization=hidden.slug)
    assert page.status == 400
    assert "Qwxzvkj" not in page.html


NASTY = [
    *("\0", "\ud800", "%", "'", '"', "\\", "<script>alert(1)</script>", "\x0b", "\uffff", "İ"),
    *("9" * 5000, "1" + "0" * 400, "-1", "US-VA", "attorney", "closing", "٣"),
]
texts = st.lists(st.sampled_from(NASTY) | st.text(max_size=6), max_size=3).map("".join)
data = texts.map(lambda text: text.encode("utf-8", "surrogatepass")) | st.binary(max_size=30)
FIELDS = ("text", "region", "kind", "workplace", "employment", "organization", "order", "page")


@settings(
    deadline=None,
    derandomize=True,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.tuples(st.sampled_from(FIELDS), data), max_size=4))
@example([("page", b"1" + b"0" * 400)])
@example([("text", b"\x0b\xef\xbf\xbf")])
@example([("organization", b"a\x00")])
@example([("region", b"\xff")])
def test_list_and_feed_take_anything_and_agree(pairs):
    client, query = Client(), urlencode(pairs)
    responses = [client.get(f"{path}?{query}") for path in ("/jobs/", "/jobs/feed/")]
    assert {one.status_code for one in responses} in ({200}, {400})
    assert not any(b"<script>alert" in one.content for one in responses[:1])


# Chips --------------------------------------------------------------------------------------------


def test_a_chip_takes_off_one_value_and_keeps_the_others(jobs, some):
    query = {
        "text": ["clinic"],
        "region": ["US"],
        "kind": ["attorney", "intake"],
        "workplace": ["hybrid"],
        "organization": ["fictional-texas"],
        "order": ["closing"],
    }
    page = jobs(**query, page="1", employment="")
    *each, clear = chips(page)
    expected = [
        (query | {"text": []}, "clinic"),
        (query | {"region": []}, "United States"),
        (query | {"kind": ["intake"]}, "Attorney"),
        (query | {"kind": ["attorney"]}, "Intake and client support"),
        (query | {"workplace": []}, "Hybrid"),
        (query | {"organization": []}, "Fictional Texas Clinic"),
    ]
    assert len(each) == len(expected)
    for (kept, words), (wanted, value) in zip(each, expected, strict=True):
        assert kept == {name: values for name, values in wanted.items() if values}
        assert value in " ".join(words)
    assert clear == ({}, ["Clear", "all"])
    assert "(6 active)" in page.text()


def test_the_order_is_said_above_the_list(jobs, some):
    assert "4 jobs Newest first" in jobs().text()
    assert "4 jobs Soonest closing date first" in jobs(order="closing").text()
    assert not jobs(order="closing").find("ul", class_="chips")


# Rows, nothing found ------------------------------------------------------------------------------


def test_a_row_says_what_one_wants_to_know_first(jobs, make_opening):
    make_opening(
        "Staff attorney",
        **{"workplace": "hybrid", "employment_type": "full_time", "pay_maximum": 88000},
        **{"pay_currency": "USD", "pay_per": "year", "closes_on": TODAY + 5 * DAY},
    )
    assert (
        "Staff attorney Closes in 5 days Fictional Hiring Project Richmond, Virginia Hybrid "
        "Full time Up to $88,000 a year Posted on 1 March 2026 Closes 15 March 2026"
    ) in jobs().text()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"closes_on": TODAY}, "Closes today"),
        ({"closes_on": TODAY + DAY}, "Closes tomorrow"),
        ({}, "Posted on 1 March 2026 Open until filled"),
        ({"posted_on": None}, "Dates not stated"),
        (
            {"posted_on": None, "closes_on": TODAY + 20 * DAY},
            "Posting date not stated Closes 30 March 2026",
        ),
        ({"region_id": None, "city": ""}, "Place not stated"),
    ],
)
def test_dates_and_places_are_said_also_when_unknown(jobs, make_opening, fields, words):
    make_opening(**fields)
    assert words in jobs().text()


def test_only_what_closes_within_a_week_is_marked(jobs, make_opening):
    make_opening(closes_on=TODAY + 8 * DAY)
    assert not jobs().find("span", class_="tag")


def test_where_nothing_fits_the_page_leads_on(jobs, some):
    page = jobs(text="qwxzvkj")
    assert page.status == 200
    assert "0 jobs" in page.text()
    assert "/jobs/" in page.links()
    assert len(chips(page)) == 2


def test_without_any_opening_the_page_says_so(jobs):
    page = jobs()
    assert page.status == 200
    assert "No organization has an opening here now" in page.text()
    assert "/members/" in page.links()


# Pages, queries -----------------------------------------------------------------------------------


def test_a_page_holds_25_and_leads_to_the_next_with_its_filters(jobs, client, make_opening):
    for number in range(27):
        make_opening(f"Job {number:02}", kind="attorney")
    first = jobs(kind=["attorney", "intake"], order="closing")
    assert len(first.find("h3")) == 25
    assert "27 jobs" in first.text()
    (following,) = first.find("a", rel="next")
    kept = {"kind": ["attorney", "intake"], "order": ["closing"]}
    assert parse_qs(following["href"][1:]) == kept | {"page": ["2"]}
    second = Page(client.get(f"/jobs/{following['href']}"))
    assert len(second.find("h3")) == 2
    assert not {one.text for one in second.find("h3")} & {one.text for one in first.find("h3")}


@pytest.mark.parametrize(
    "number", ["3", f"1{'0' * 400}", "9" * 5000, "0", "-1", "x", "", "\0", "1.5"]
)
def test_any_page_number_gives_a_page(found, make_opening, number):
    make_opening("Job")
    assert found(page=number) == ["Job"]


@pytest.mark.parametrize(
    # A list that no longer fits on one page is counted as well.
    ("address", "most", "more"),
    [
        ("/jobs/", 4, 1),
        (
            "/jobs/?text=job&region=US&kind=attorney&order=closing&organization=innocence-canada",
            6,
            0,
        ),
        ("/jobs/feed/", 4, 0),
        ("/members/{slug}/", 6, 0),
    ],
)
def test_more_openings_take_no_more_queries(client, make_opening, make_member, address, most, more):
    hiring = make_opening("Job").organization
    address = address.format(slug=hiring.slug)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    before = queries()
    assert before <= most
    for number in range(40):
        make_opening(
            f"Job {number}",
            organization=make_member() if number % 2 else hiring,
            region_id=["US-TX", "GB-ENG", "TW", None][number % 4],
            closes_on=TODAY + number * DAY,
        )
    assert JobOpening.objects.open().count() == 41
    assert queries() == before + more
