import datetime

import pytest

from jobs.models import JobOpening
from tests.members.desk_forms import problems, typed
from tests.pages import Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

LIST = "/admin/jobs/jobopening/"
ADD = f"{LIST}add/"
TODAY = datetime.date(2026, 3, 10)
DAY = datetime.timedelta(days=1)


def data(organization, **fields):
    return {
        "organization": organization.pk,
        "title": "Fictional paralegal",
        "kind": "investigator",
        "employment_type": "not_stated",
        "workplace": "not_stated",
        "description": "Some *text*.",
    } | fields


def change(opening):
    return page_of(opening, "change")


def page_of(opening, page):
    return f"{LIST}{opening.pk}/{page}/"


def stored(opening):
    return JobOpening.objects.get(pk=opening.pk)


def test_staff_add_an_opening_with_what_they_know(desk, client, make_member):
    response = desk.post(ADD, data(make_member()))
    assert response.status_code == 302
    opening = JobOpening.objects.get(title="Fictional paralegal")
    assert client.get(opening.get_absolute_url()).status_code == 404
    desk.post(page_of(opening, "publish"), {"confirmed": "x"})
    page = Page(client.get(opening.get_absolute_url()))
    assert page.status == 200
    assert "<em>text</em>" in page.html


def test_staff_add_an_opening_with_all_that_can_be_said(desk, make_member):
    organization = make_member()
    fields = {
        **{"employment_type": "full_time", "workplace": "hybrid", "city": "Austin"},
        **{"region": "US-TX", "summary": "For cases.", "apply_email": "jobs@example.org"},
        **{"pay_minimum": "5", "pay_maximum": "6.50", "pay_currency": "USD", "pay_per": "hour"},
        **{"posted_on": "2026-03-01", "closes_on": "2026-03-31"},
    }
    response = desk.post(ADD, data(organization, **fields, apply_url="example.org/apply"))
    assert response.status_code == 302
    opening = JobOpening.objects.get(title="Fictional paralegal")
    assert opening.place == "Austin, Texas"
    assert opening.pay == "$5–$6.50 an hour"
    assert opening.apply_url == "https://example.org/apply"


def test_an_opening_is_filled_with_a_date(desk, client, make_opening):
    opening = make_opening()
    form = typed(desk.get(change(opening)))
    assert desk.post(change(opening), form | {"filled_on": "2026-03-10"}).status_code == 302
    page = Page(client.get(opening.get_absolute_url()))
    assert "This position is filled" in page.text()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"title": ""}, "This field is required"),
        ({"description": ""}, "This field is required"),
        ({"organization": ""}, "This field is required"),
        ({"description": "x" * 20_001}, "at most 20000 characters"),
        ({"apply_url": "javascript:alert(1)"}, "Enter a valid URL"),
        ({"apply_email": "nobody"}, "Enter a valid email address"),
        ({"pay_minimum": "5"}, "Say of the pay an amount, the currency and what it is for"),
        ({"pay_minimum": "-5"}, "greater than or equal to 0"),
        ({"pay_currency": "usd"}, "Three capital letters"),
        ({"region": "US-VA-013"}, "Select a valid choice"),
        ({"posted_on": "2026-03-02", "closes_on": "2026-03-01"}, "cannot close before"),
        ({"posted_on": "2026-03-02", "filled_on": "2026-03-01"}, "cannot be filled before"),
        ({"title": "a\0b"}, "Null characters are not allowed"),
    ],
)
def test_what_is_wrong_is_said_in_words_and_nothing_is_saved(desk, make_member, fields, message):
    before = JobOpening.objects.count()
    response = desk.post(ADD, data(make_member()) | fields)
    assert response.status_code == 200
    assert message in str(response.context["adminform"].form.errors)
    assert JobOpening.objects.count() == before


@pytest.fixture
def one_of_each_state(make_opening, make_member):
    make_opening("A draft", published=False)
    make_opening("To come", posted_on=TODAY + DAY)
    make_opening("Of nobody", organization=make_member(member=False))
    make_opening("Now open")
    make_opening("Now filled", filled_on=TODAY)
    make_opening("Now closed", closes_on=TODAY - DAY)
    make_opening("Long over", posted_on=None, closes_on=TODAY - 91 * DAY)


STATES = {
    "draft": ("A draft", "Draft"),
    "scheduled": ("To come", "Not yet shown"),
    "unlisted": ("Of nobody", "Organization not listed"),
    "filled": ("Now filled", "Filled"),
    "closed": ("Now closed", "Closed"),
    "gone": ("Long over", "Over, page gone"),
}


@pytest.mark.parametrize("state", STATES)
def test_the_list_says_and_filters_by_the_state(desk, one_of_each_state, state):
    title, label = STATES[state]
    page = Page(desk.get(LIST, {"state": state}))
    assert [one.text for one in page.find("th", class_="field-title")] == [title]
    assert [one.text for one in page.find("td", class_="field-state")] == [label]


def test_the_list_is_searched_and_needs_no_query_a_row(
    desk, make_opening, make_member, django_assert_max_num_queries
):
    for number in range(20):
        make_opening(f"Job {number}", organization=make_member(f"Fictional {number}"))
    with django_assert_max_num_queries(12):
        desk.get(LIST)
    page = Page(desk.get(LIST, {"q": "fictional 17"}))
    assert [one.text for one in page.find("th", class_="field-title")] == ["Job 17"]


@pytest.mark.parametrize(
    ("fields", "has_page"),
    [({}, True), ({"closes_on": TODAY - DAY}, True), ({"published": False}, False)],
)
def test_there_is_a_link_to_the_page_while_there_is_a_page(desk, make_opening, fields, has_page):
    opening = make_opening(**fields)
    links = {link["href"] for link in Page(desk.get(change(opening))).find("a")}
    assert (opening.get_absolute_url() in links) == has_page


def test_places_of_work_are_offered_without_counties(desk):
    query = {"app_label": "jobs", "model_name": "jobopening", "field_name": "region"}
    response = desk.get("/admin/autocomplete/", query | {"term": "US-VA-013"})
    assert response.json()["results"] == []
    response = desk.get("/admin/autocomplete/", query | {"term": "texas"})
    assert [one["id"] for one in response.json()["results"]] == ["US-TX"]


def test_an_organization_goes_with_its_openings(desk, make_opening):
    opening = make_opening()
    opening.organization.delete()
    assert not JobOpening.objects.filter(pk=opening.pk).exists()


# Drafts, the verbs, and who may -----------------------------------------------------------------


def test_the_tick_box_is_gone_and_cannot_be_sent(desk, make_member, make_opening):
    assert desk.post(ADD, data(make_member(), published="on")).status_code == 302
    assert not JobOpening.objects.get(title="Fictional paralegal").published
    opening = make_opening(published=False)
    form = typed(desk.get(change(opening)))
    assert "published" not in form
    assert desk.post(change(opening), form | {"published": "on"}).status_code == 302
    assert not stored(opening).published


@pytest.mark.parametrize(("verb", "before"), [("publish", False), ("withdraw", True)])
def test_a_publisher_is_asked_and_an_editor_refused(sign_in, client, make_opening, verb, before):
    opening = make_opening(published=before)
    address, posted = page_of(opening, verb), {"confirmed": "x"}
    editor, publisher = sign_in("editor"), sign_in("publisher")
    assert address not in Page(editor.get(change(opening))).links("content")
    assert editor.get(address).status_code == editor.post(address, posted).status_code == 403
    action = {"action": f"{verb}_selected", "_selected_action": opening.pk}
    editor.post(LIST, action | posted)
    assert stored(opening).published is before
    assert address in Page(publisher.get(change(opening))).links("content")
    assert publisher.get(address).status_code == 200
    assert stored(opening).published is before
    assert publisher.post(address, posted).status_code == 302
    assert stored(opening).published is not before
    status = client.get(opening.get_absolute_url()).status_code
    assert status == (404 if before else 200)


WARNINGS = {
    "Its organization is not in the public directory": {},
    "It is posted on a day to come": {"posted_on": TODAY + DAY},
    "Its last day to apply is over": {"closes_on": TODAY - DAY},
    "It is filled": {"filled_on": TODAY},
    "It has neither a link nor an e-mail address": {"apply_email": ""},
}


@pytest.mark.parametrize("words", WARNINGS)
def test_who_publishes_is_told_why_nobody_will_find_the_opening(
    desk, make_opening, make_member, words
):
    organization = make_member(member="organization" not in words)
    fields = {"apply_email": "jobs@example.org", "organization": organization}
    opening = make_opening(published=False, **fields | WARNINGS[words])
    page = Page(desk.get(page_of(opening, "publish")))
    assert len(page.find("ul", class_="warnings")) == 1
    assert [one for one in WARNINGS if one in page.text("content")] == [words]


def test_without_a_reason_nobody_is_warned(desk, make_opening):
    for verb, published in (("publish", False), ("withdraw", True)):
        opening = make_opening(published=published, apply_email="jobs@example.org")
        page = Page(desk.get(page_of(opening, verb)))
        assert opening.title in page.text("content")
        assert not page.find("ul", class_="warnings")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "How to apply"),
        ({"posted_on": TODAY + DAY}, "How to apply"),
        ({"posted_on": None, "closes_on": TODAY - 100 * DAY}, "The last day to apply was"),
        ({"posted_on": None, "filled_on": TODAY - 100 * DAY}, "It was filled on"),
    ],
)
def test_a_draft_is_previewed_as_its_dates_have_it_by_the_desk_only(
    sign_in, client, make_opening, fields, words
):
    opening = make_opening("Fictional draft", published=False, **fields)
    editor = sign_in("editor")
    address = page_of(opening, "preview")
    assert address in Page(editor.get(change(opening))).links("content")
    page = Page(editor.get(address))
    assert page.text().startswith("Preview: not public")
    assert words in page.text()
    assert page.find("meta", name="robots", content="noindex")
    assert client.get(address).status_code == 302
    for browser in (client, editor):
        assert browser.get(opening.get_absolute_url()).status_code == 404


def test_the_preview_says_what_the_public_page_says(desk, client, make_opening):
    opening = make_opening(closes_on=TODAY + DAY)
    public = Page(client.get(opening.get_absolute_url())).text()
    assert Page(desk.get(page_of(opening, "preview"))).text().endswith(public)


@pytest.mark.parametrize(
    ("role", "published", "may"),
    [
        ("editor", False, True),
        ("editor", True, False),
        ("publisher", False, True),
        ("publisher", True, True),
    ],
)
def test_editors_delete_drafts_and_publishers_any_opening(
    sign_in, make_opening, role, published, may
):
    opening = make_opening(published=published)
    response = sign_in(role).post(page_of(opening, "delete"), {"post": "yes"})
    assert response.status_code == (302 if may else 403)
    assert JobOpening.objects.filter(pk=opening.pk).exists() is not may


def test_an_editor_deletes_nothing_by_way_of_the_list(sign_in, make_opening):
    chosen = [make_opening(published=published).pk for published in (False, True)]
    sign_in("editor").post(
        LIST, {"action": "delete_selected", "_selected_action": chosen, "post": "yes"}
    )
    assert JobOpening.objects.filter(pk__in=chosen).count() == 2


def test_who_saves_second_is_told_and_keeps_what_was_typed(desk, sign_in, make_opening):
    opening, other = make_opening(), sign_in("editor")
    mine, theirs = (typed(browser.get(change(opening))) for browser in (desk, other))
    assert other.post(change(opening), theirs | {"city": "Austin"}).status_code == 302
    response = desk.post(change(opening), mine | {"city": "Dallas"})
    assert "Somebody else saved this record" in problems(response)
    assert stored(opening).city == "Austin"
    assert typed(response)["city"] == "Dallas"
    assert desk.post(change(opening), typed(response)).status_code == 302
    assert stored(opening).city == "Dallas"


def test_a_withdrawal_is_not_undone_by_who_saves_after_it(desk, make_opening):
    opening = make_opening()
    mine = typed(desk.get(change(opening)))
    stored(opening).withdraw()
    response = desk.post(change(opening), mine)
    assert "Somebody else saved this record" in problems(response)
    desk.post(change(opening), typed(response))
    assert not stored(opening).published
