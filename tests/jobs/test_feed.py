import datetime
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest

from jobs.models import JobOpening
from tests.jobs.conftest import AT
from tests.pages import Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now", "no_openings")]

ATOM = "{http://www.w3.org/2005/Atom}"
TODAY = datetime.date(2026, 3, 10)


@pytest.fixture
def feed(client):
    """The root of the feed's XML for a query."""

    def read(**query):
        response = client.get("/jobs/feed/", query)
        assert response.status_code == 200
        assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
        return ElementTree.fromstring(response.content)  # noqa: S314 (ours)

    return read


def texts(root, *path):
    return [one.text for one in root.findall("/".join(f"{ATOM}{step}" for step in path))]


def link(element, rel="alternate"):
    (found,) = [one for one in element.findall(f"{ATOM}link") if one.get("rel") == rel]
    return found.get("href")


def test_the_feed_has_what_the_list_has_in_its_order(client, feed, make_opening):
    make_opening("Older")
    make_opening("Newer", posted_on=TODAY)
    make_opening("Unknown", posted_on=None)
    make_opening("Closed", closes_on=datetime.date(2026, 3, 2))
    assert texts(feed(), "entry", "title") == ["Newer", "Older", "Unknown"]
    listed = [one.text for one in Page(client.get("/jobs/")).find("h3")]
    assert listed == ["Newer", "Older", "Unknown"]


def test_an_entry_has_absolute_addresses_dates_and_facts(feed, make_opening):
    opening = make_opening(
        "Staff attorney",
        summary="For cases.",
        pay_minimum=22,
        pay_currency="USD",
        pay_per="hour",
        closes_on=datetime.date(2026, 4, 30),
    )
    (entry,) = feed().findall(f"{ATOM}entry")
    assert link(entry) == f"http://testserver{opening.get_absolute_url()}"
    assert texts(entry, "published") == ["2026-03-01T00:00:00-05:00"]
    assert texts(entry, "updated") == [AT.isoformat()]
    assert texts(entry, "author", "name") == ["Fictional Hiring Project"]
    assert texts(entry, "summary") == [
        "<p>For cases.</p><p>Richmond, Virginia · From $22 an hour · Closes 30 April 2026</p>"
    ]


def test_an_entry_keeps_its_id_when_title_and_host_change(client, feed, make_opening):
    opening, other = make_opening("Old title"), make_opening("Other")
    before = texts(feed(), "entry", "id")
    assert len(set(before)) == 2
    JobOpening.objects.filter(pk=opening.pk).update(title="New title")
    response = client.get("/jobs/feed/", headers={"host": "localhost"})
    after = ElementTree.fromstring(response.content)  # noqa: S314 (ours)
    assert texts(after, "entry", "id") == before
    assert link(after.find(f"{ATOM}entry")) == f"http://localhost{other.get_absolute_url()}"


def test_an_unknown_date_is_left_out(feed, make_opening):
    make_opening(posted_on=None)
    root = feed()
    assert texts(root, "entry", "published") == []
    assert texts(root, "entry", "updated") == texts(root, "updated") == [AT.isoformat()]


def test_what_was_written_before_it_was_posted_is_new_on_that_day(feed, make_opening, set_clock):
    opening = make_opening(posted_on=TODAY + datetime.timedelta(days=1))
    set_clock(AT + datetime.timedelta(days=3))
    assert opening.updated_at == AT
    assert texts(feed(), "entry", "updated") == ["2026-03-11T00:00:00-04:00"]


def test_a_feed_takes_the_filters_of_the_list(feed, make_opening):
    make_opening("A", kind="attorney", city="Austin", region_id="US-TX")
    make_opening("B", kind="intake")
    make_opening("C", kind="attorney", closes_on=TODAY)
    root = feed(kind="attorney", order="closing", page="7", text="")
    assert texts(root, "entry", "title") == ["C", "A"]
    assert texts(root, "title") == ["Jobs in the Innocence Network: Attorney"]
    for rel, path in {"alternate": "/jobs/", "self": "/jobs/feed/"}.items():
        address = urlsplit(link(root, rel))
        assert (address.netloc, address.path) == ("testserver", path)
        assert parse_qs(address.query) == {"kind": ["attorney"], "order": ["closing"]}
    assert texts(feed(region="US-TX"), "entry", "title") == ["A"]
    assert texts(feed(kind=["attorney", "intake"], text="fictional"), "title") == [
        "Jobs in the Innocence Network: fictional, Attorney, Intake and client support"
    ]


@pytest.mark.parametrize(
    "query",
    [
        {"kind": "qwxzvkj"},
        {"region": "XX"},
        {"text": "a\0b"},
        {"organization": "\0"},
        {"order": "<b>"},
    ],
)
def test_a_wrong_filter_is_refused_in_plain_text(client, query):
    response = client.get("/jobs/feed/", query)
    assert response.status_code == 400
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.startswith(b"This feed does not exist.\n")
    assert len(response.content.decode().splitlines()) == 2


def test_the_list_names_the_feed_of_its_filters(client, make_opening):
    make_opening()
    for query, feed in {
        "": "/jobs/feed/",
        "?page=1&text=": "/jobs/feed/",
        "?kind=attorney&kind=intake&page=2": "/jobs/feed/?kind=attorney&kind=intake",
        "?kind=qwxzvkj": "/jobs/feed/",
    }.items():
        page = Page(client.get(f"/jobs/{query}"))
        (named,) = page.find("link", type="application/atom+xml")
        assert (named["rel"], named["href"]) == ("alternate", feed)
        assert client.get(feed).status_code == 200
        assert (feed in page.links()) == (page.status == 200)


def test_text_of_staff_cannot_break_the_feed(feed, make_opening, make_member):
    make_opening(
        "\x0b<script>alert(1)</script> & \uffff\x1f",
        organization=make_member("Fictional \x08 & <b>"),
        summary="<script>alert(1)</script>\x0c]]>",
        city="<img src=x onerror=alert(1)>",
    )
    root = feed(text="script")
    assert texts(root, "entry", "title") == ["<script>alert(1)</script> & "]
    assert texts(root, "entry", "author", "name") == ["Fictional  & <b>"]
    (summary,) = texts(root, "entry", "summary")
    assert "<script" not in summary
    assert "<img" not in summary
    assert "&lt;script&gt;alert(1)" in summary


def test_text_of_a_visitor_cannot_break_the_feed(feed):
    root = feed(text="\x0b<b>&\ufffe")
    assert texts(root, "title") == ["Jobs in the Innocence Network: <b>&"]


def test_a_feed_without_entries_is_a_feed(feed):
    root = feed()
    assert texts(root, "entry") == []
    assert texts(root, "author", "name") == ["Innocence Network"]
    assert texts(root, "updated")


def test_the_feed_sets_no_cookie(client, make_opening):
    make_opening()
    response = client.get("/jobs/feed/")
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
