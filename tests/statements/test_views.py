import datetime
import html
import json
import re
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from members.markdown import render
from statements.models import Statement
from statements.redline import blocks
from statements.structured_data import article
from tests.pages import Page

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)
ADOPTED = datetime.date(2015, 3, 10)
LIST = "/statements/"
# Whoever sees one of these has seen a draft.
DRAFT = {
    "published": False,
    "excerpt": "Unseen excerpt",
    "body": "Unseen body",
    "change_note": "Unseen note",
    "adopted_by": "Unseen adopter",
}


@pytest.fixture
def visit(client):
    """The page at an address."""
    return lambda address: Page(client.get(address))


def edition_url(statement, number, rest=""):
    return f"{statement.get_absolute_url()}{number}/{rest}"


def data_of(page):
    (block,) = page.find("script", type="application/ld+json")
    return json.loads(block.text)


# The list ----------------------------------------------------------------------------------------


def test_the_list_tells_what_holds_from_what_no_longer_does(no_statements, make_statement, visit):
    today = timezone.localdate()
    new = make_statement("New fictional", {"adopted_on": ADOPTED, "adopted_by": "the Board"})
    make_statement("Old fictional", superseded_by=new)
    make_statement("Gone fictional", withdrawn_on=today)
    make_statement("Going fictional", withdrawn_on=today + DAY)
    make_statement("Draft fictional", DRAFT)
    page = visit(LIST)
    text = page.text()
    held, former = text.split("No longer in force")
    assert "2 statements" in held
    assert "New fictional Fictional excerpt 1. Edition 1 Adopted on 10 March 2015 by the" in held
    assert "Going fictional" in held
    assert "Old fictional Superseded by New fictional." in former
    assert f"Gone fictional Withdrawn on {today:%-d %B %Y}." in former
    assert "Draft fictional" not in page.html


def test_an_empty_list_says_so(no_statements, visit):
    page = visit(LIST)
    assert page.status == 200
    assert "No statement is in force." in page.text()
    assert "No longer in force" not in page.text()


def test_a_topic_is_shown_where_there_is_one(make_statement, visit):
    statement = make_statement(topic="Fictional science")
    assert "Fictional science" in visit(LIST).text()
    assert data_of(visit(statement.get_absolute_url()))["about"] == "Fictional science"


# A statement -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "name", "sentence"),
    [
        (ADOPTED, "the Fictional Board", "Adopted on 10 March 2015 by the Fictional Board."),
        (ADOPTED, "", "Adopted on 10 March 2015."),
        (None, "the Board", "Adopted by the Board. The date of adoption is not recorded here."),
        (None, "", "Edition 1. The date of adoption is not recorded here."),
    ],
)
def test_it_says_when_and_by_whom_it_was_adopted_or_that_this_is_not_known(
    make_statement, visit, day, name, sentence
):
    statement = make_statement("Fictional", {"adopted_on": day, "adopted_by": name})
    assert sentence in visit(statement.get_absolute_url()).text()
    assert sentence.removeprefix("Edition 1. ") in visit(edition_url(statement, 1)).text()


def test_it_shows_the_current_text_and_all_editions(make_statement, visit):
    statement = make_statement("Fictional", {}, {"body": "The **newest** text."}, DRAFT)
    page = visit(statement.get_absolute_url())
    assert "<p>The <strong>newest</strong> text.</p>" in page.html
    assert "Fictional text 1." not in page.html
    assert "Fictional note 2." in page.text()
    links = page.links()
    assert {edition_url(statement, 1), edition_url(statement, 2)} <= set(links)
    assert edition_url(statement, 2, "changes/") in links
    assert edition_url(statement, 1, "changes/") not in links
    (feed,) = page.find("link", rel="alternate")
    assert (feed["type"], feed["href"]) == ("application/atom+xml", "/statements/feed/")


def test_a_text_that_is_not_whole_says_where_the_rest_is(make_statement, visit):
    statement = make_statement("Fictional", {"complete": False}, {})
    said = "Only the beginning of this text is held here."
    page = visit(edition_url(statement, 1))
    assert said in page.text()
    assert "/contact/" in page.links()
    assert said not in visit(statement.get_absolute_url()).text()
    assert "may have been part of it" in visit(edition_url(statement, 2, "changes/")).text()


def test_a_withdrawn_or_superseded_statement_says_so_on_each_of_its_pages(make_statement, visit):
    successor = make_statement("Newer fictional statement")
    fields = {"superseded_by": successor, "withdrawn_on": ADOPTED}
    statement = make_statement("Fictional", {}, {}, **fields)
    for address in (
        statement.get_absolute_url(),
        edition_url(statement, 1),
        edition_url(statement, 2),
        edition_url(statement, 2, "changes/"),
    ):
        page = visit(address)
        assert "This statement is no longer in force." in page.text()
        assert "Withdrawn on 10 March 2015." in page.text()
        assert successor.get_absolute_url() in page.links()
        assert "The current text" not in page.text()
    assert "no longer in force" not in visit(successor.get_absolute_url()).text()


def test_what_is_announced_to_be_withdrawn_still_holds(make_statement, visit):
    day = timezone.localdate() + DAY
    page = visit(make_statement(withdrawn_on=day).get_absolute_url())
    assert "no longer in force" not in page.text()


def test_the_line_on_paper_names_edition_date_and_permanent_address(make_statement, visit):
    statement = make_statement("Fictional", {}, {"adopted_on": ADOPTED, "adopted_by": "the Board"})
    for address in (statement.get_absolute_url(), edition_url(statement, 2)):
        (line,) = visit(address).find("p", class_="print-only")
        assert "Fictional, edition 2. Adopted on 10 March 2015 by the Board." in line.text
        assert f"http://testserver{edition_url(statement, 2)}" in line.text


# An edition --------------------------------------------------------------------------------------


def test_an_edition_that_is_not_the_newest_leads_to_that(make_statement, visit):
    statement = make_statement("Fictional", {}, {}, DRAFT)
    old, newest = (visit(edition_url(statement, number)) for number in (1, 2))
    assert "This is not the newest text." in old.text()
    assert "The newest is edition 2." in old.text()
    assert "Fictional text 1." in old.text()
    assert "not the newest" not in newest.text()
    assert statement.get_absolute_url() in old.links()


def test_search_engines_are_led_to_the_statement_and_not_to_an_edition(make_statement, visit):
    statement = make_statement("Fictional", {}, {})
    page = visit(statement.get_absolute_url())
    address = f"http://testserver{statement.get_absolute_url()}"
    assert [link["href"] for link in page.find("link", rel="canonical")] == [address]
    assert [one["content"] for one in page.find("meta", property="og:type")] == ["article"]
    assert not page.find("meta", name="robots")
    for rest in ("1/", "2/", "2/changes/"):
        page = visit(address + rest)
        assert [one["content"] for one in page.find("meta", name="robots")] == ["noindex"]
        assert not page.find("link", rel="canonical")


# What changed ------------------------------------------------------------------------------------

OLD = "## Rights\n\nA year of *housing* & <b>care</b>.\n\n- one\n- two\n\nThis goes."
NEW = "## Rights\n\nTwo years of housing & <b>care</b>.\n\n- one\n- two\n- three"


def side(page, tag):
    """The words of the redline in the page, with those of this tag, without those of the other."""
    (found,) = re.findall(r'<div class="flow prose">(.*?)</div>', page.html, re.DOTALL)
    found = re.sub(r'<span class="vh">.*?</span>', "", found)
    found = re.sub({"ins": r"<del>.*?</del>", "del": r"<ins>.*?</ins>"}[tag], "", found)
    return html.unescape(re.sub(r"<[^>]+>", " ", found)).split()


def test_the_redline_holds_both_texts(make_statement, visit):
    statement = make_statement("Fictional", {"body": OLD}, {"body": NEW})
    page = visit(edition_url(statement, 2, "changes/"))
    assert [" ".join(one.text.split()) for one in page.find("del")][1:] == [
        "[removed: A year]",
        "[removed: This goes.]",
    ]
    assert [" ".join(one.text.split()) for one in page.find("ins")][1:] == [
        "[added: Two years]",
        "[added: three]",
    ]
    for tag, body in (("del", OLD), ("ins", NEW)):
        assert side(page, tag) == [word for one in blocks(render(body)) for word in one.words]
    assert "Compared with edition 1: 3 words added, 4 words removed." in page.text()


def test_the_redline_says_when_no_word_was_changed(make_statement, visit):
    statement = make_statement("Fictional", {"body": "A *word*."}, {"body": "A **word**."})
    page = visit(edition_url(statement, 2, "changes/"))
    assert "no word was added or removed" in page.text()
    assert not page.find("ins") + page.find("del")


def test_the_first_edition_changed_nothing(client, make_statement):
    statement = make_statement("Fictional", {}, {})
    assert client.get(edition_url(statement, 1, "changes/")).status_code == 404


def test_the_longest_texts_still_have_a_page(make_statement, visit):
    one, other = ("\n\n".join("abcdefgh"[n % m] for n in range(6_600)) for m in (7, 5))
    statement = make_statement("Fictional", {"body": one}, {"body": other})
    assert visit(edition_url(statement, 2, "changes/")).status == 200


# Drafts and addresses that do not exist ----------------------------------------------------------


def test_a_draft_is_found_nowhere(client, make_statement):
    statement = make_statement("Fictional", {}, DRAFT)
    unseen = make_statement("Unseen statement", DRAFT, topic="Unseen topic")
    make_statement("Unseen withdrawn", DRAFT, withdrawn_on=ADOPTED)
    old = make_statement("Old fictional", superseded_by=unseen)
    for address in (
        edition_url(statement, 2),
        edition_url(statement, 2, "changes/"),
        unseen.get_absolute_url(),
        edition_url(unseen, 1),
        edition_url(unseen, 1, "changes/"),
    ):
        assert client.get(address).status_code == 404, address
    for address in (
        "/",
        LIST,
        statement.get_absolute_url(),
        edition_url(statement, 1),
        f"{LIST}feed/",
        "/sitemap.xml",
        old.get_absolute_url(),
    ):
        response = client.get(address)
        assert response.status_code == 200, address
        assert "unseen" not in response.content.decode().lower(), address
        assert unseen.slug not in response.content.decode(), address
        assert edition_url(statement, 2) not in response.content.decode(), address
    assert "no longer in force" not in client.get(old.get_absolute_url()).content.decode()


def test_what_a_draft_changes_is_seen_when_it_is_published(make_statement, client):
    statement = make_statement("Fictional", {}, DRAFT)
    draft = statement.editions.get(published=False)
    draft.published = True
    draft.save()
    assert "Unseen body" in client.get(statement.get_absolute_url()).content.decode()
    assert client.get(edition_url(statement, 2, "changes/")).status_code == 200


@pytest.mark.parametrize(
    "rest",
    [
        "0/",
        "00/",
        "01/",
        "-1/",
        "3/",
        "9999/",
        "99999/",
        f"{'9' * 5000}/",
        "x/",
        "1.0/",
        "٣/",
        "%00/",
        "1/changes/",
        "3/changes/",
        "01/changes/",
        "1/other/",
        "1%0A/",
    ],
)
def test_an_address_of_no_edition_is_not_found(client, make_statement, rest):
    statement = make_statement("Fictional", {}, {})
    assert client.get(statement.get_absolute_url() + rest).status_code == 404


@pytest.mark.parametrize("slug", ["nothing", "FEED", "a%00b", "é", "a b", "x" * 5000])
def test_an_address_of_no_statement_is_not_found(client, slug):
    assert client.get(f"/statements/{slug}/").status_code == 404
    assert client.get(f"/statements/{slug}/1/").status_code == 404


@pytest.mark.parametrize("rest", ["", "1/", "2/", "2/changes/"])
def test_what_follows_a_question_mark_is_of_no_account(client, make_statement, rest):
    address = make_statement("Fictional", {}, {}).get_absolute_url() + rest
    assert client.get(f"{address}?page=%00&number=x").status_code == 200
    assert client.post(address).status_code == 405


# Structured data ---------------------------------------------------------------------------------


def test_the_article_tells_what_is_known(make_statement, visit):
    edition = {"adopted_on": ADOPTED, "excerpt": "In short."}
    statement = make_statement("Fictional", {}, edition, withdrawn_on=datetime.date(2020, 1, 31))
    address = f"http://testserver{statement.get_absolute_url()}"
    assert data_of(visit(statement.get_absolute_url())) == {
        "@context": "https://schema.org",
        "@type": "Article",
        "@id": f"{address}#article",
        "headline": "Fictional",
        "description": "In short.",
        "url": address,
        "version": "2",
        "inLanguage": "en",
        "datePublished": "2015-03-10",
        "expires": "2020-01-31",
        "publisher": {"@type": "NGO", "name": "Innocence Network", "url": "http://testserver/"},
    }


def test_the_article_leaves_out_what_is_not_known(make_statement):
    data = article(make_statement().current, "https://fictional.example")
    assert not {"datePublished", "dateModified", "expires", "about", "author"} & set(data)
    assert data["url"].startswith("https://fictional.example/statements/")


# Script ------------------------------------------------------------------------------------------

PAYLOADS = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<!--<script>",
    "[a](javascript:alert(1)) <javascript:alert(1)>",
    "{{ 7|add:7 }}{% now 'Y' %}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "]]><script>alert(1)</script>",
]


@pytest.fixture
def laden(make_statement):
    """Makes statements with the text in every field that staff fill in."""

    def make(text):
        fields = dict.fromkeys(("excerpt", "body", "change_note", "adopted_by"), text)
        nested = fields | {"body": f"{text} {text}\n\n- {text}\n\n## {text}\n\n> {text}"}
        make_statement(f"{text} in force", fields, topic=text)
        successor = make_statement(f"{text} new")
        return make_statement(text, fields, nested, topic=text, superseded_by=successor)

    return make


def executable(page):
    """What a browser would run of the page, or fetch for it."""
    scripts = [one for one in page.find("script") if one["type"] != "application/ld+json"]
    yield from scripts + page.find("img") + page.find("iframe")
    for element in page.elements:
        for name, value in element.attributes.items():
            if name.startswith("on") or (value or "").strip().lower().startswith("javascript:"):
                yield name, value


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_field_puts_script_into_a_page(laden, visit, payload):
    statement = laden(payload)
    shown = set()
    for address in (
        "/",
        LIST,
        statement.get_absolute_url(),
        edition_url(statement, 1),
        edition_url(statement, 2, "changes/"),
    ):
        page = visit(address)
        assert page.status == 200
        assert not list(executable(page)), address
        assert "<!--" not in page.html, address
        shown |= {address} if " ".join(payload.split()) in page.text() else set()
    assert {LIST, statement.get_absolute_url()} <= shown


@pytest.mark.parametrize("payload", PAYLOADS)
def test_structured_data_holds_the_text_as_it_was_typed(laden, visit, payload):
    data = data_of(visit(laden(payload).get_absolute_url()))
    assert (data["headline"], data["about"], data["description"]) == (payload,) * 3


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_field_puts_script_into_the_feed(laden, client, payload):
    laden(payload)
    feed = ElementTree.fromstring(client.get(f"{LIST}feed/").content)  # noqa: S314 (ours)
    assert {one.tag.rpartition("}")[2] for one in feed.iter()} <= {
        *("feed", "title", "link", "id", "updated", "author", "name", "subtitle"),
        *("entry", "published", "summary"),
    }
    summaries = [one.text for one in feed.iter() if one.tag.endswith("summary")]
    # Those who read feeds take a summary for HTML.
    assert not [text for text in summaries if "<" in text]
    assert payload in [html.unescape(text) for text in summaries]


# Queries -----------------------------------------------------------------------------------------


def queries(client, address):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize(
    ("rest", "most"), [("", 8), ("feed/", 2), ("one/", 6), ("one/1/", 8), ("one/2/changes/", 9)]
)
def test_more_statements_and_editions_take_no_more_queries(
    client, no_statements, make_statement, make_edition, rest, most
):
    new = make_statement("New")
    one = make_statement("One", {}, {}, slug="one", superseded_by=new)
    make_statement("Held", {}, {})
    before = queries(client, LIST + rest)
    assert before <= most
    for number in range(30):
        make_statement(f"Held {number}", {}, {}, topic="Fictional")
        make_statement(f"Superseded {number}", {}, superseded_by=new)
        make_statement(f"Withdrawn {number}", {}, withdrawn_on=ADOPTED)
        make_edition(one)
    assert queries(client, LIST + rest) == before


def test_more_statements_take_no_more_queries_of_the_sitemap(client, make_statement):
    before = queries(client, "/sitemap.xml")
    for number in range(30):
        make_statement(f"Held {number}", {}, {})
    assert queries(client, "/sitemap.xml") == before


def test_the_sitemap_names_every_published_statement(client, make_statement):
    make_statement("Fictional", withdrawn_on=ADOPTED)
    found = client.get("/sitemap.xml").content.decode()
    for statement in Statement.objects.published():
        day = timezone.localtime(statement.current.saved_at).date()
        place = f"<loc>http://testserver{statement.get_absolute_url()}</loc><lastmod>{day}"
        assert place in found
