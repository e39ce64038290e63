import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jobs.models import JobOpening
from members.models import FormerName
from network_site.search import Document, nearest, search
from statements.models import Edition, Statement
from statements.models import Page as EditablePage
from tests.pages import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def find(client):
    return lambda text: Page(client.get("/search/", {"q": text}))


def titles(found, heading):
    return [
        one.title for group in found.groups if group.heading == heading for one in group.documents
    ]


# What is found -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "heading", "first"),
    [
        ("Texas", "Places", "Texas (US state)"),
        ("Virginia", "Places", "Virginia (US state)"),
        ("centurion", "Members", "Centurion"),
        ("hawaii innocence", "Members", "Hawai'i Innocence Project"),
        ("exoneree rights", "Statements", "Network Statement on Exoneree Rights"),
        ("staff attorney", "Job openings", "Staff Attorney"),
        ("jobs", "Pages", "Jobs in the Network"),
        ("contact", "Pages", "Contact the Support Unit"),
        ("directory", "Pages", "Members of the Network"),
        ("guide", "Pages", "Before you write"),
        ("cookies", "Pages", "Privacy: no cookies, no tracking"),
    ],
)
def test_each_kind_is_found_by_its_words(text, heading, first):
    assert titles(search(text), heading)[0] == first


def test_a_former_name_finds_the_member_and_is_shown_with_it(make_member, find):
    member = make_member("Fictional Project")
    FormerName.objects.create(organization=member, name="Zyxwv Clinic", slug="zyxwv-clinic")
    assert titles(search("zyxwv"), "Members") == ["Fictional Project"]
    page = find("zyxwv")
    assert page.slugs() == [member.slug]
    assert "Zyxwv Clinic" in page.text("main")


def test_words_may_stand_in_any_order_and_be_only_begun():
    assert titles(search("rights exon"), "Statements") == ["Network Statement on Exoneree Rights"]


def test_what_has_the_words_in_its_title_comes_first(make_member):
    make_member("Aaa Fictional Project", host_institution="Zyxwv University")
    make_member("Zyxwv Fictional Project")
    assert titles(search("zyxwv"), "Members") == [
        "Zyxwv Fictional Project",
        "Aaa Fictional Project",
    ]


@pytest.mark.parametrize("fields", [{"published": False}, {"member": False}])
def test_an_organization_that_is_not_listed_is_not_found(make_member, fields):
    make_member("Zyxwv Fictional Project", **fields)
    assert not search("zyxwv").groups


def test_drafts_of_statements_and_openings_are_not_found(make_member):
    statement = Statement.objects.create(title="Zyxwv words", slug="zyxwv")
    Edition.objects.create(statement=statement, excerpt="Zyxwv", body="Zyxwv", published=False)
    JobOpening.objects.create(
        organization=make_member(),
        title="Zyxwv job",
        kind=JobOpening.Kind.OTHER,
        description="Zyxwv",
        published=False,
    )
    assert not search("zyxwv").groups


# Misspellings ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "meant"),
    [("exonoree", "exoneree"), ("exonoree rigths", "exoneree rights"), ("atorney", "attorney")],
)
def test_a_misspelt_word_is_searched_for_as_it_is_written_here_and_that_is_said(text, meant, find):
    found = search(text)
    assert found.meant == meant
    assert found.groups == search(meant).groups
    assert f"Nothing was found for “{text}”. This is what was found for “{meant}”." in find(
        text
    ).text("main")


def test_a_misspelt_place_is_offered():
    assert "Virginia (US state)" in titles(search("Virgina"), "Places")


def test_a_word_that_is_like_nothing_stays_as_it_is():
    assert nearest("qwxzvkj", {"attorney", "rights"}) == "qwxzvkj"
    assert nearest("qwxzvkj", set()) == "qwxzvkj"
    assert nearest("ab", {"abc", "ax"}) == "ab"


def test_nothing_found_says_so_and_leads_on(find):
    page = find("qwxzvkj")
    assert "0 results" in page.text("main")
    assert {"/members/", "/regions/"} <= set(page.links())


# The page ----------------------------------------------------------------------------------------


def test_groups_are_counted_and_long_ones_say_what_they_hide(make_member, find):
    for number in range(32):
        make_member(f"Zyxwv Fictional Project {number:02}")
    page = find("zyxwv")
    assert "32 results" in page.text("main")
    assert "Members (32)" in [one.text for one in page.find("h2")]
    assert len(page.slugs()) == 30
    assert "2 more are not shown." in page.text("main")


def test_without_a_text_there_is_only_the_question(client):
    page = Page(client.get("/search/"))
    assert page.status == 200
    assert page.find("input", name="q")
    assert not page.find("h2", inside="main") or "results" not in page.text("main")


@pytest.mark.parametrize("text", ["", "   ", "?!", "a\0b", "x" * 201])
def test_bad_input_is_answered_with_words_and_kept(client, text):
    response = client.get("/search/", {"q": text})
    page = Page(response)
    assert page.status == 400
    assert page.find("p", id="q-error")
    assert page.find("input", name="q")[0]["value"] == text.replace("\0", "")
    assert page.find("title")[0].text.startswith("Error:")


@pytest.mark.parametrize("text", ["\ud800", "%00", "' OR 1=1 --", "<script>", "東京", "🙂 texas"])
def test_odd_input_is_harmless(client, text):
    response = client.get("/search/", {"q": text.encode("utf-8", "surrogatepass")})
    assert response.status_code in {200, 400}
    assert b"<script>" not in response.content


def test_a_search_costs_the_same_however_much_there_is(client, make_member):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            client.get("/search/", {"q": "fictional"})
        return len(captured)

    def add(number):
        member = make_member()
        JobOpening.objects.create(
            organization=member,
            title="Fictional job",
            kind=JobOpening.Kind.OTHER,
            description="Fictional",
            published=True,
        )
        statement = Statement.objects.create(title="Fictional words", slug=f"fictional-{number}")
        Edition.objects.create(
            statement=statement, excerpt="Fictional", body="Fictional", published=True
        )

    add(0)
    before = queries()
    for number in range(1, 20):
        add(number)
    assert queries() == before <= 12


def test_staff_text_on_pages_is_searched(find):
    EditablePage.objects.filter(slug="guide").update(body="Something zyxwv to know.")
    assert find("zyxwv").links().count("/guide/") == 1


def test_a_document_is_found_by_the_beginnings_of_all_its_words():
    document = Document("Staff Attorney", "/", "Fictional Project · Springfield")
    assert document.place_for(["staff", "att"]) == 0
    assert document.place_for(["staff", "spring"]) == 1
    assert document.place_for(["ttorney"]) is None


def test_what_no_longer_holds_is_found_and_says_so():
    Statement.objects.filter(slug="exoneree-rights").update(withdrawn_on="2019-01-01")
    (one,) = [
        one
        for group in search("exoneree rights").groups
        for one in group.documents
        if one.url == "/statements/exoneree-rights/"
    ]
    assert one.line.startswith("No longer in force.")
