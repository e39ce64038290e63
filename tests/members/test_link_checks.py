from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from members.links import Outcome
from members.models import LinkCheck, Organization
from members.models.links import MAX_URL, UNCLEAR, Problem
from tests.pages import Page

pytestmark = pytest.mark.django_db

NOON = datetime(2020, 6, 30, 12, tzinfo=UTC)
DAY = timedelta(days=1)
URL = "https://fictional.example/"
GONE = Outcome(Problem.GONE, 404)
WORKS = Outcome("", 200)
LIST = "/admin/members/linkcheck/"


def record(outcome, at=NOON, url=URL, **fields):
    return LinkCheck.objects.record(url, outcome, at=at, **fields)


def is_failing(url=URL):
    return LinkCheck.objects.failing().filter(url=url).exists()


# What is kept ------------------------------------------------------------------------------------


def test_a_check_is_kept_whole():
    record(Outcome(Problem.GONE, 404, "https://other.example/"), found_in="Fictional: website")
    check = LinkCheck.objects.get()
    assert (check.url, check.found_in, check.checked_at) == (URL, "Fictional: website", NOON)
    assert (check.problem, check.status, check.leads_to) == ("gone", 404, "https://other.example/")
    assert (check.failing_since, check.failures) == (NOON, 1)
    assert check.in_words == "The page is gone (404)"


def test_the_next_check_takes_the_place_of_the_last():
    record(GONE)
    record(WORKS, NOON + DAY)
    check = LinkCheck.objects.get()
    assert (check.problem, check.status, check.checked_at) == ("", 200, NOON + DAY)
    assert (check.failing_since, check.failures) == (None, 0)
    assert check.in_words == "Works"


def test_failures_in_a_row_add_up_whatever_the_problem():
    record(GONE)
    record(Outcome(Problem.TIME), NOON + DAY)
    check = record(GONE, NOON + 2 * DAY)
    assert (check.failing_since, check.failures) == (NOON, 3)


def test_the_longest_address_that_is_followed_can_be_kept():
    leads_to = "https://other.example/".ljust(MAX_URL, "a")
    record(Outcome("", 200, leads_to))
    assert LinkCheck.objects.get(leads_to=leads_to)


@pytest.mark.parametrize("problem", Problem)
def test_every_problem_can_be_kept_and_said(problem):
    record(Outcome(problem))
    check = LinkCheck.objects.get(problem=problem)
    assert check.in_words == str(problem.label)
    assert bool(check.failures) == (problem not in UNCLEAR)


def test_a_clock_that_was_set_back_does_no_harm():
    record(GONE, NOON + DAY)
    assert record(GONE, NOON).failing_since == NOON


@pytest.mark.parametrize(
    "fields",
    [
        {"failing_since": None},
        {"failures": 0},
        {"failing_since": NOON + DAY},
        {"problem": ""},
    ],
)
def test_the_database_refuses_a_failure_that_contradicts_itself(fields):
    record(GONE)
    with pytest.raises(IntegrityError, match="link_fails_since"), transaction.atomic():
        LinkCheck.objects.update(**fields)


# What staff are told -----------------------------------------------------------------------------


def test_a_link_is_failing_once_it_failed_on_two_days_in_a_row():
    record(GONE)
    assert not is_failing()
    record(GONE, NOON + timedelta(hours=1))
    assert not is_failing()
    record(GONE, NOON + DAY - timedelta(minutes=5))
    assert is_failing()


@pytest.mark.parametrize("between", [WORKS, Outcome(Problem.TURNED_AWAY, 403)])
def test_an_answer_in_between_begins_the_count_anew(between):
    record(GONE)
    record(between, NOON + DAY)
    record(GONE, NOON + 2 * DAY)
    assert not is_failing()


@pytest.mark.parametrize("problem", sorted(UNCLEAR))
def test_what_a_person_may_well_see_is_never_called_failing(problem):
    record(Outcome(problem))
    record(Outcome(problem), NOON + 30 * DAY)
    assert not is_failing()
    assert not LinkCheck.objects.failed()
    assert LinkCheck.objects.unclear().count() == 1


def test_each_check_is_working_unclear_or_failed():
    for number, problem in enumerate(["", *Problem]):
        record(Outcome(problem), url=f"{URL}{number}")
    checks = LinkCheck.objects
    found = [*checks.working(), *checks.unclear(), *checks.failed()]
    assert len(found) == len(set(found)) == len(Problem) + 1


# Which are next ----------------------------------------------------------------------------------


def test_the_never_checked_come_first_then_the_longest_unchecked():
    record(WORKS, NOON, url="b")
    record(WORKS, NOON - DAY, url="c")
    assert LinkCheck.objects.due(["b", "c", "a"], at=NOON) == ["a", "c", "b"]


@pytest.mark.parametrize(
    ("checked_at", "due"),
    [
        (NOON - 8 * DAY, True),
        # A weekly timer comes to it a little earlier this time.
        (NOON - 7 * DAY + timedelta(minutes=20), True),
        (NOON - 6 * DAY, False),
        (NOON, False),
    ],
)
def test_links_checked_lately_wait_by_the_calendar(checked_at, due):
    record(WORKS, checked_at)
    assert LinkCheck.objects.due([URL], days=7, at=NOON) == ([URL] if due else [])


def test_links_that_nothing_shows_any_more_are_forgotten():
    for url in "abc":
        record(GONE, url=url)
    assert LinkCheck.objects.forget_all_but({"b": "Fictional"}) == 2
    assert LinkCheck.objects.get().url == "b"


# The list for staff ------------------------------------------------------------------------------


@pytest.fixture
def checks(no_members, make_member):
    """One failing for long, one for the first time, one unclear, one working."""
    make_member("Fictional Innocence Project", website=URL, intake_url=f"{URL}first")
    for name, outcome, before in (
        ("", GONE, 30 * DAY),
        ("first", GONE, None),
        ("unclear", Outcome(Problem.TURNED_AWAY, 403), None),
        ("working", Outcome("", 200, f"{URL}moved"), None),
    ):
        if before:
            record(outcome, NOON - before, url=URL + name)
        record(outcome, url=URL + name, found_in=f"<b>Fictional</b>: {name}")


@pytest.mark.parametrize(
    ("state", "names"),
    [
        ("failing", {""}),
        ("failed", {"", "first"}),
        ("unclear", {"unclear"}),
        ("working", {"working"}),
        ("qwxzvkj", {"", "first", "unclear", "working"}),
        ("delete", {"", "first", "unclear", "working"}),
    ],
)
def test_the_list_is_filtered_by_what_was_found(desk, checks, state, names):
    response = desk.get(LIST, {"state": state})
    found = {check.url for check in response.context["cl"].queryset}
    assert found == {URL + name for name in names}
    assert LinkCheck.objects.count() == 4


def test_the_list_says_what_was_found_and_where_to_mend_it(desk, checks):
    response = desk.get(LIST)
    text = Page(response).text()
    assert "The page is gone (404)" in text
    assert "The server turns programs away: open the link yourself (403)" in text
    assert "<b>Fictional</b>" in text
    organization = Organization.objects.get()
    change = reverse("admin:members_organization_change", args=[organization.pk])
    assert response.content.decode().count(f'href="{change}"') == 2, "website, application page"


def test_the_list_costs_the_same_however_long_it_is(
    desk, checks, django_assert_max_num_queries, make_member
):
    desk.get(LIST)
    with django_assert_max_num_queries(50) as few:
        desk.get(LIST)
    for number in range(20):
        make_member(website=f"{URL}{number}")
        record(GONE, url=f"{URL}{number}")
    with django_assert_max_num_queries(len(few)):
        desk.get(LIST)


def test_an_address_that_is_no_web_address_is_no_link(desk):
    check = record(Outcome(Problem.ADDRESS), url="javascript:alert(1)")
    for address in (LIST, f"{LIST}{check.pk}/change/"):
        content = desk.get(address).content.decode()
        assert "javascript:alert(1)" in content
        assert 'href="javascript' not in content


def test_a_result_is_read_and_not_changed(desk, checks):
    check = LinkCheck.objects.first()
    change = f"{LIST}{check.pk}/change/"
    assert desk.get(change).status_code == 200
    for address in (f"{LIST}add/", change, f"{LIST}{check.pk}/delete/"):
        assert desk.post(address, {"problem": ""}).status_code == 403
    action = {"action": "delete_selected", "_selected_action": check.pk, "post": "yes"}
    desk.post(LIST, action)
    assert LinkCheck.objects.count() == 4
