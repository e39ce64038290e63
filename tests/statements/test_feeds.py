import datetime
from xml.etree import ElementTree

import pytest

from statements.feeds import SIZE

pytestmark = pytest.mark.django_db

ATOM = {"": "http://www.w3.org/2005/Atom"}
FEED = "/statements/feed/"


@pytest.fixture
def feed(client, no_statements):
    """The feed, read as XML."""

    def read():
        response = client.get(FEED)
        assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
        return ElementTree.fromstring(response.content)  # noqa: S314 (ours)

    return read


def values(entry, *names):
    return [entry.findtext(name, namespaces=ATOM) for name in names]


def test_every_published_edition_is_an_entry_the_newest_first(feed, make_statement):
    draft = {"published": False}
    statement = make_statement("Fictional", {}, {"change_note": "A fictional change."}, draft)
    second, first = feed().findall("entry", ATOM)
    assert values(second, "title", "summary") == ["Fictional, edition 2", "A fictional change."]
    assert values(first, "title", "summary") == ["Fictional, edition 1", "Fictional excerpt 1."]
    address = f"http://testserver{statement.get_absolute_url()}2/"
    assert second.find("link", ATOM).get("href") == address


def test_the_id_of_an_entry_outlives_its_address(feed, make_statement):
    statement = make_statement("Fictional", {}, {})
    before = [values(entry, "id") for entry in feed().findall("entry", ATOM)]
    assert all(name.startswith("urn:uuid:") for (name,) in before)
    assert before[0] != before[1]
    statement.slug = "another-address"
    statement.save()
    assert [values(entry, "id") for entry in feed().findall("entry", ATOM)] == before


def test_an_entry_is_dated_by_its_adoption_and_by_its_publication(feed, make_statement):
    day = datetime.date(2015, 3, 10)
    statement = make_statement("Fictional", {"adopted_on": day, "adopted_by": "the Board"}, {})
    unknown, known = feed().findall("entry", ATOM)
    assert values(known, "published", "author/name") == ["2015-03-10T00:00:00-04:00", "the Board"]
    assert values(unknown, "published", "author/name") == [None, "Innocence Network"]
    saved = [one.saved_at for one in statement.editions.all()]
    updated = [values(entry, "updated")[0] for entry in (unknown, known)]
    assert [datetime.datetime.fromisoformat(one) for one in updated] == saved


def test_the_feed_stays_the_same_while_nothing_is_published(feed, make_statement, make_edition):
    statement = make_statement("Fictional")
    before = ElementTree.tostring(feed())
    draft = make_edition(statement, published=False)
    assert ElementTree.tostring(feed()) == before
    draft.body = "Other words."
    draft.save()
    statement.topic = "Other"
    statement.save()
    assert ElementTree.tostring(feed()) == before


def test_an_empty_feed_is_a_feed(feed):
    root = feed()
    assert not root.findall("entry", ATOM)
    (title,) = values(root, "title")
    assert title == "Statements of the Innocence Network"
    links = {one.get("rel"): one.get("href") for one in root.findall("link", ATOM)}
    assert links == {
        "alternate": "http://testserver/statements/",
        "self": f"http://testserver{FEED}",
    }


def test_a_long_feed_holds_the_newest(feed, make_statement):
    make_statement("Fictional", *({} for _number in range(SIZE + 3)))
    entries = feed().findall("entry", ATOM)
    assert len(entries) == SIZE
    assert values(entries[0], "title") == [f"Fictional, edition {SIZE + 3}"]


def test_what_xml_cannot_hold_is_left_out(feed, make_statement):
    odd = "A\x0bB\x01C\x1fD\ufffeE\uffff"
    make_statement(odd, {"excerpt": odd, "adopted_by": odd})
    (entry,) = feed().findall("entry", ATOM)
    assert values(entry, "title", "summary", "author/name") == [
        "ABCDE, edition 1",
        "ABCDE",
        "ABCDE",
    ]
