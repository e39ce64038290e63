"""The history of an opening at the desk: what changed, the way back, and what is deleted."""

import pytest

from jobs.models import JobOpening
from tests.members.history_pages import asked, go_back, page_of, said, shown, way_back
from tests.pages import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def opening(make_opening):
    opening = make_opening(pay_minimum=50000, pay_currency="USD", pay_per="year")
    opening.title, opening.closes_on = "Fictional attorney", "2026-04-01"
    opening.workplace, opening.pay_minimum = JobOpening.Workplace.REMOTE, 60000
    opening.save()
    return opening


def stored(opening):
    return JobOpening.objects.get(pk=opening.pk)


def test_the_starter_openings_have_a_history():
    opening = JobOpening.objects.first()
    assert opening.history.get().history_change_reason == "Starter content."


def test_the_page_says_what_changed_in_words(sign_in, opening):
    text = shown(sign_in("editor"), page_of(opening))
    assert "Title: Fictional staff attorney → Fictional attorney" in text
    assert "Workplace: Not stated → Remote" in text
    assert "Closes on: nothing → 1 April 2026" in text
    assert "Pay from: 50000.00 → 60000.00" in text
    assert "Updated at" not in text


@pytest.mark.parametrize("role", ["editor", "publisher"])
def test_going_back_does_not_publish_again(sign_in, opening, role):
    opening.withdraw()
    browser = sign_in(role)
    assert "Published stays as it is: no." in shown(browser, way_back(opening, to=3))
    response = go_back(browser, opening, to=3)
    assert "went back to" in said(response)
    after = stored(opening)
    assert (after.title, after.workplace) == ("Fictional staff attorney", "not_stated")
    assert (after.closes_on, after.pay_minimum) == (None, 50000)
    assert not after.published


def test_what_was_valid_then_and_is_not_now_is_refused(desk, opening):
    opening.title = "Fictional third"
    opening.save()
    # As if a rule had come later: the old state ends before it begins.
    opening.history.filter(title="Fictional attorney").update(closes_on="2026-02-01")
    response = go_back(desk, opening, to=2)
    assert "An opening cannot close before it is posted." in Page(response).text("content")
    assert stored(opening).title == "Fictional third"


def test_an_editor_brings_back_a_draft_that_was_deleted(sign_in, make_opening):
    draft = make_opening("Fictional draft", published=False)
    editor = sign_in("editor")
    kept = stored(draft)
    assert editor.post(page_of(draft, "delete"), {"post": "yes"}).status_code == 302
    address = way_back(kept, to=1)
    assert address in Page(editor.get(page_of(kept, "deleted"))).links("content")
    assert editor.post(address, asked(editor.get(address))).status_code == 302
    assert (stored(kept).title, stored(kept).published) == ("Fictional draft", False)


def test_one_that_was_published_comes_back_as_a_draft(desk, client, opening):
    kept = stored(opening)
    desk.post(page_of(kept, "delete"), {"post": "yes"})
    address = way_back(kept, to=1)
    assert "It comes back as a draft" in shown(desk, address)
    desk.post(address, asked(desk.get(address)))
    assert not stored(kept).published
    assert client.get(kept.get_absolute_url()).status_code == 404


def test_the_opening_of_a_deleted_organization_waits_for_it(desk, opening):
    organization, kept = opening.organization, stored(opening)
    desk.post(page_of(organization, "delete"), {"post": "yes"})
    organization.pk = kept.organization_id
    address = way_back(kept, to=1)
    assert kept.title in shown(desk, page_of(kept, "deleted"))
    response = desk.post(address, asked(desk.get(address)))
    assert "Bring back first what it belongs to (organization)." in Page(response).text("content")
    first = way_back(organization, to=1)
    assert desk.post(first, asked(desk.get(first))).status_code == 302
    assert desk.post(address, asked(desk.get(address))).status_code == 302
    assert stored(kept).organization_id == organization.pk
