"""The history of statements, editions and pages at the desk, and the way back."""

import datetime

import pytest

from statements.models import Edition, Page, Statement
from tests.members.history_pages import asked, go_back, page_of, said, shown, way_back
from tests.pages import Page as Shown

pytestmark = pytest.mark.django_db

BUTTON = "Go back to how it was after this change"


@pytest.fixture
def editor(sign_in):
    return sign_in("editor")


def stored(record):
    return type(record).objects.get(pk=record.pk)


@pytest.mark.parametrize("model", [Statement, Edition, Page])
def test_the_starter_texts_have_a_history(model):
    record = model.objects.first()
    assert record.history.get().history_change_reason == "Starter content."


def test_a_page_goes_back_and_is_rendered_again(editor, client):
    page = Page.objects.get(slug="guide")
    before = page.body
    page.body, page.title = "A fictional text.", "Fictional"
    page.save()
    text = shown(editor, page_of(page))
    assert "Title: Guide" in text or "Title: " in text
    assert "→ Fictional" in text
    go_back(editor, page, to=2)
    assert stored(page).body == before
    assert "A fictional text." not in client.get("/guide/").text
    assert editor.get(page_of(page, "deleted")).status_code == 403
    assert page_of(page, "deleted") not in editor.get(page_of(page, "changelist")).text


def test_a_draft_edition_goes_back(editor, make_statement):
    statement = make_statement("Fictional", {}, {"published": False, "body": "First words."})
    draft = statement.editions.get(published=False)
    draft.body = "Second words."
    draft.save()
    assert "Text: First words. → Second words." in shown(editor, page_of(draft))
    go_back(editor, draft, to=2)
    assert stored(draft).body == "First words."
    assert stored(draft).body_html == "<p>First words.</p>\n"
    assert not stored(draft).published


def test_a_published_edition_has_a_history_and_no_way_back(sign_in, desk, make_statement):
    statement = make_statement("Fictional", {"published": False})
    edition = statement.editions.get()
    edition.publish()
    for browser in (sign_in("editor"), sign_in("publisher"), desk):
        text = shown(browser, page_of(edition))
        assert "Published: no → yes" in text
        assert BUTTON not in text
        address = way_back(edition, to=2)
        assert browser.get(address).status_code == 403
        assert browser.post(address, {"mark": "x"}).status_code == 403
    assert stored(edition).published


def test_publishing_leaves_its_reason(sign_in, make_statement):
    edition = make_statement("Fictional", {"published": False}).editions.get()
    publisher = sign_in("publisher")
    publisher.post(page_of(edition, "publish"), {"confirmed": "x"})
    entry = edition.history.order_by("-history_id").first()
    assert (entry.history_change_reason, entry.history_user) == ("Published.", publisher.user)


def test_a_statement_has_its_own_history_without_its_editions(editor, make_statement):
    statement = make_statement("Fictional", {"body": "Words of the edition."})
    statement.topic = "Forensic science"
    statement.save()
    text = shown(editor, page_of(statement))
    assert "Topic: nothing → Forensic science" in text
    assert "Words of the edition." not in text


def test_an_editor_cannot_take_back_a_withdrawal(sign_in, make_statement):
    other = make_statement("Fictional other")
    statement = make_statement("Fictional", {"published": False})
    statement.withdrawn_on, statement.superseded_by = datetime.date(2026, 3, 1), other
    statement.title = "Fictional new"
    statement.save()
    editor = sign_in("editor")
    text = shown(editor, way_back(statement, to=2))
    assert "Withdrawn on stays as it is: 1 March 2026." in text
    assert "Superseded by stays as it is: Fictional other." in text
    go_back(editor, statement, to=2)
    after = stored(statement)
    assert (after.title, after.withdrawn_on) == ("Fictional", datetime.date(2026, 3, 1))
    assert after.superseded_by == other
    go_back(sign_in("publisher"), statement, to=3)
    after = stored(statement)
    assert (after.withdrawn_on, after.superseded_by) == (None, None)


def test_an_editor_cannot_take_back_the_heading_of_what_is_published(sign_in, make_statement):
    statement = make_statement("Fictional", topic="Before")
    statement.title, statement.topic = "Fictional new", "After"
    statement.save()
    editor, address = sign_in("editor"), way_back(statement, to=2)
    assert BUTTON not in shown(editor, page_of(statement))
    assert editor.get(address).status_code == editor.post(address).status_code == 403
    go_back(sign_in("publisher"), statement, to=2)
    assert (stored(statement).title, stored(statement).topic) == ("Fictional", "Before")


def test_the_address_of_a_published_statement_stays(desk, make_statement):
    statement = make_statement("Fictional", {"published": False})
    old = statement.slug
    statement.slug, statement.topic = "fictional-new", "New"
    statement.save()
    statement.editions.get().publish()
    go_back(desk, statement, to=2)
    assert (stored(statement).slug, stored(statement).topic) == ("fictional-new", "")
    assert old != "fictional-new"


def test_a_deleted_draft_comes_back_with_the_number_that_is_next(editor, make_statement):
    statement = make_statement("Fictional", {}, {"published": False, "body": "Kept."})
    draft = statement.editions.get(published=False)
    kept = stored(draft)
    assert editor.post(page_of(draft, "delete"), {"post": "yes"}).status_code == 302
    Edition.objects.create(
        statement=statement, excerpt="x", body="x", change_note="x", published=True
    )
    address = way_back(kept, to=1)
    response = editor.post(address, asked(editor.get(address)), follow=True)
    assert "is back" in said(response)
    assert (stored(kept).number, stored(kept).body) == (3, "Kept.")
    assert not stored(kept).published


def test_an_edition_that_was_published_comes_back_as_a_draft(editor, make_statement):
    edition = make_statement("Fictional").editions.get()
    kept = stored(edition)
    Edition.objects.filter(pk=edition.pk).delete()  # as only a command can
    address = way_back(kept, to=1)
    assert editor.post(address, asked(editor.get(address))).status_code == 302
    assert not stored(kept).published


def test_a_draft_that_another_has_taken_the_place_of_does_not_come_back(editor, make_statement):
    statement = make_statement("Fictional", {}, {"published": False})
    draft = statement.editions.get(published=False)
    kept = stored(draft)
    editor.post(page_of(draft, "delete"), {"post": "yes"})
    Edition.objects.create(statement=statement, excerpt="x", body="x", change_note="x")
    address = way_back(kept, to=1)
    response = editor.post(address, asked(editor.get(address)))
    assert "There is a draft of edition 2 already" in Shown(response).text("content")


def test_a_draft_of_a_deleted_statement_is_named_without_it(desk, make_statement):
    statement = make_statement("Fictional", {"published": False})
    draft = statement.editions.get()
    kept, number = stored(draft), statement.pk
    desk.post(page_of(draft, "delete"), {"post": "yes"})
    desk.post(page_of(statement, "delete"), {"post": "yes"})
    assert f"Edition {kept.pk}" in shown(desk, page_of(kept, "deleted"))
    address = way_back(kept, to=1)
    response = desk.post(address, asked(desk.get(address)))
    assert "Bring back first what it belongs to (statement)." in Shown(response).text("content")
    statement.pk = number
    first = way_back(statement, to=1)
    assert desk.post(first, asked(desk.get(first))).status_code == 302
    assert desk.post(address, asked(desk.get(address))).status_code == 302
    assert stored(kept).statement_id == number
