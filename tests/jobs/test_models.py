import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from jobs.models import JobOpening
from members.models import Region
from tests.jobs.conftest import AT

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2026, 3, 10)
DAY = datetime.timedelta(days=1)


# What the database refuses -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"pay_minimum": 5, "pay_maximum": 4, "pay_currency": "USD", "pay_per": "hour"},
            "The pay cannot end below where it begins.",
        ),
        ({"pay_minimum": 5}, "an amount, the currency and what it is for, or nothing"),
        ({"pay_maximum": 5, "pay_currency": "USD"}, "or nothing"),
        ({"pay_maximum": 5, "pay_per": "hour"}, "or nothing"),
        ({"pay_currency": "USD"}, "or nothing"),
        ({"pay_per": "hour"}, "or nothing"),
        ({"pay_currency": "USD", "pay_per": "hour"}, "or nothing"),
        ({"pay_minimum": -1, "pay_currency": "USD", "pay_per": "hour"}, "greater than or equal"),
        ({"pay_maximum": -1, "pay_currency": "USD", "pay_per": "hour"}, "greater than or equal"),
        ({"posted_on": TODAY, "closes_on": TODAY - DAY}, "cannot close before it is posted"),
        ({"posted_on": TODAY, "filled_on": TODAY - DAY}, "cannot be filled before it is posted"),
        ({"apply_url": "javascript:alert(1)"}, "Enter a valid URL"),
        ({"apply_url": "ftp://fictional.example/"}, "Enter a valid URL"),
        ({"apply_url": "//fictional.example/"}, "Enter a valid URL"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_by_the_database(make_opening, fields, message):
    opening = make_opening()
    with pytest.raises(IntegrityError), transaction.atomic():
        make_opening(**fields)
    for name, value in fields.items():
        setattr(opening, name, value)
    with pytest.raises(ValidationError) as refused:
        opening.full_clean()
    assert message in " ".join(refused.value.messages)


@pytest.mark.parametrize(
    "fields",
    [
        {"pay_minimum": 5, "pay_maximum": 5, "pay_currency": "USD", "pay_per": "hour"},
        {"pay_maximum": 5, "pay_currency": "TWD", "pay_per": "month"},
        {"posted_on": TODAY, "closes_on": TODAY, "filled_on": TODAY},
        {"posted_on": None, "closes_on": TODAY, "filled_on": TODAY - DAY},
        {"posted_on": None},
        {"region_id": None, "city": ""},
        {"apply_url": "https://fictional.example/apply", "apply_email": "jobs@fictional.example"},
    ],
)
def test_what_may_be_is_taken(make_opening, fields):
    make_opening(**fields).full_clean()


@pytest.mark.parametrize("currency", ["usd", "US", "U$D", "US\n", "USDX", "€"])
def test_a_currency_is_a_code_of_three_capitals(make_opening, currency):
    opening = make_opening()
    opening.pay_minimum, opening.pay_currency, opening.pay_per = 5, currency, "hour"
    with pytest.raises(ValidationError) as refused:
        opening.full_clean()
    assert "pay_currency" in refused.value.error_dict


@pytest.mark.parametrize("code", ["001", "US-VA-013"])
def test_a_place_of_work_is_in_a_country_or_a_state(make_opening, code):
    opening = make_opening()
    opening.region_id = code
    with pytest.raises(ValidationError) as refused:
        opening.full_clean()
    assert list(refused.value.error_dict) == ["region"]


# Open, kept ---------------------------------------------------------------------------------------


def zone(hours):
    return datetime.timezone(datetime.timedelta(hours=hours))


HAWAII, TAIPEI, FIRST, LAST = zone(-10), zone(8), zone(14), zone(-12)


def moment(day, time, where):
    return datetime.datetime.combine(day, datetime.time.fromisoformat(time), where)


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        (moment(TODAY, "23:59:59", TAIPEI), True),
        (moment(TODAY + DAY, "00:00", TAIPEI), True),
        (moment(TODAY, "23:59:59", HAWAII), True),
        (moment(TODAY + DAY, "00:00", HAWAII), True),
        (moment(TODAY, "23:59:59", LAST), True),
        (moment(TODAY + DAY, "00:00", LAST), False),
        (moment(TODAY + DAY, "02:00", HAWAII), False),
        (moment(TODAY + DAY, "20:00", TAIPEI), False),
        (moment(TODAY + DAY, "19:59:59", TAIPEI), True),
    ],
)
def test_a_closing_date_ends_when_it_has_ended_everywhere(make_opening, at, is_open):
    opening = make_opening(closes_on=TODAY)
    assert JobOpening.objects.open(at).filter(pk=opening.pk).exists() == is_open
    assert JobOpening.objects.with_state(at).get(pk=opening.pk).state == (
        "open" if is_open else "closed"
    )


@pytest.mark.parametrize(
    ("at", "is_shown"),
    [
        (moment(TODAY, "00:00", FIRST), False),
        (moment(TODAY, "00:00", TAIPEI), False),
        (moment(TODAY, "03:59:59", zone(0)), False),
        (moment(TODAY, "04:00", zone(0)), True),
        (moment(TODAY - DAY, "16:00", LAST), True),
        (moment(TODAY, "00:00", LAST), True),
    ],
)
def test_an_opening_is_posted_with_the_day_at_the_desk(make_opening, at, is_shown):
    opening = make_opening(posted_on=TODAY)
    for subset in (
        JobOpening.objects.shown(at),
        JobOpening.objects.open(at),
        JobOpening.objects.kept(at),
    ):
        assert subset.filter(pk=opening.pk).exists() == is_shown


@pytest.mark.parametrize(
    ("dates", "last"),
    [
        ({"closes_on": TODAY}, TODAY + 90 * DAY),
        ({"filled_on": TODAY}, TODAY + 90 * DAY),
        ({"closes_on": TODAY, "filled_on": TODAY + 60 * DAY}, TODAY + 90 * DAY),
        ({"closes_on": TODAY + 60 * DAY, "filled_on": TODAY}, TODAY + 90 * DAY),
    ],
)
def test_a_page_is_kept_for_ninety_days_after_the_earlier_of_its_ends(make_opening, dates, last):
    opening = make_opening(**dates)
    for at, kept in {
        moment(last, "23:59:59", LAST): True,
        moment(last + DAY, "00:00", LAST): False,
    }.items():
        assert JobOpening.objects.kept(at).filter(pk=opening.pk).exists() == kept
        assert JobOpening.objects.shown(at).filter(pk=opening.pk).exists()
        assert not JobOpening.objects.open(at).filter(pk=opening.pk).exists()


def test_what_is_open_is_kept_and_what_is_kept_is_shown(make_opening):
    days = [None, *(TODAY + number * DAY for number in (-120, -91, -90, -89, -1, 0, 1, 200))]
    for posted_on in (None, TODAY - 200 * DAY, TODAY + DAY):
        for closes_on in days:
            for filled_on in days:
                if posted_on and posted_on > min(filter(None, [closes_on, filled_on, posted_on])):
                    continue
                make_opening(posted_on=posted_on, closes_on=closes_on, filled_on=filled_on)
    ours = JobOpening.objects.filter(title="Fictional staff attorney")
    shown, kept, is_open = (
        set(subset.values_list("pk", flat=True))
        for subset in (ours.shown(AT), ours.kept(AT), ours.open(AT))
    )
    assert is_open < kept < shown
    states = dict(ours.with_state(AT).values_list("pk", "state"))
    assert {pk for pk, state in states.items() if state == "open"} == is_open
    assert {pk for pk, state in states.items() if state == "gone"} == shown - kept
    assert {pk for pk, state in states.items() if state == "scheduled"} == set(states) - shown


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, "open"),
        ({"posted_on": None}, "open"),
        ({"filled_on": TODAY + DAY}, "open"),
        ({"filled_on": TODAY}, "filled"),
        ({"filled_on": TODAY - 2 * DAY, "closes_on": TODAY + DAY}, "filled"),
        ({"filled_on": TODAY - 2 * DAY, "closes_on": TODAY - 3 * DAY}, "filled"),
        ({"closes_on": TODAY - DAY}, "closed"),
        ({"posted_on": TODAY + DAY}, "scheduled"),
        ({"published": False}, "draft"),
        ({"published": False, "posted_on": TODAY + DAY}, "draft"),
        ({"posted_on": None, "closes_on": TODAY - 91 * DAY}, "gone"),
    ],
)
def test_the_state_follows_from_the_dates(make_opening, fields, state):
    opening = make_opening(**fields)
    assert JobOpening.objects.with_state(AT).get(pk=opening.pk).state == state


def test_an_opening_goes_with_the_membership_of_its_organization(make_opening, make_member):
    organization = make_member(member=False)
    opening = make_opening(organization=organization)
    period = organization.memberships.create(left_on=TODAY)
    assert JobOpening.objects.open(AT).filter(pk=opening.pk).exists()
    state = JobOpening.objects.with_state(AT + DAY).get(pk=opening.pk).state
    assert state == "unlisted"
    period.delete()
    assert not JobOpening.objects.shown(AT).filter(pk=opening.pk).exists()


# Order, place, words ------------------------------------------------------------------------------


def test_the_newest_come_first_and_those_of_unknown_date_last(no_openings, make_opening):
    for title, day in {"b": 2, "unknown": None, "c": 3, "a": 1}.items():
        make_opening(title, posted_on=day and TODAY.replace(day=day))
    titles = list(JobOpening.objects.open(AT).values_list("title", flat=True))
    assert titles == ["c", "b", "a", "unknown"]


def test_by_closing_date_those_without_come_last_and_newest_first(no_openings, make_opening):
    make_opening("never")
    make_opening("newer never", posted_on=TODAY)
    make_opening("late", closes_on=TODAY + 9 * DAY)
    make_opening("soon", closes_on=TODAY + DAY)
    ordered = JobOpening.objects.open(AT).by_closing_date()
    assert [one.title for one in ordered] == ["soon", "late", "newer never", "never"]


@pytest.mark.parametrize(
    ("code", "cities"),
    [
        ("US", {"Austin", "Richmond", "Washington", ""}),
        ("US-TX", {"Austin"}),
        ("GB", {"Leeds"}),
        ("GB-ENG", {"Leeds"}),
        ("TW", {"Taipei"}),
        ("US-AK", set()),
    ],
)
def test_a_region_includes_its_parts(no_openings, make_opening, code, cities):
    for city, region in [
        *(("Austin", "US-TX"), ("Richmond", "US-VA"), ("Washington", "US-DC"), ("", "US")),
        *(("Leeds", "GB-ENG"), ("Taipei", "TW"), ("Nowhere", None)),
    ]:
        make_opening(city=city, region_id=region)
    found = JobOpening.objects.in_region(Region.objects.get(code=code))
    assert set(found.values_list("city", flat=True)) == cities


@pytest.mark.parametrize(
    ("city", "region", "place"),
    [
        ("Austin", "US-TX", "Austin, Texas"),
        ("Washington", "US-DC", "Washington, D.C."),
        ("", "US-TX", "Texas"),
        ("", "US", "United States"),
        ("Leeds", "GB-ENG", "Leeds, United Kingdom"),
        ("Austin", None, "Austin"),
        ("", None, ""),
    ],
)
def test_the_place_is_said_as_offices_are(make_opening, city, region, place):
    assert make_opening(city=city, region_id=region).place == place


@pytest.mark.parametrize(
    ("days", "words", "soon"),
    [
        (0, "Closes today", True),
        (1, "Closes tomorrow", True),
        (2, "Closes in 2 days", True),
        (5, "Closes in 5 days", True),
        (7, "Closes in 7 days", True),
        (8, "Closes in 8 days", False),
    ],
)
def test_how_long_there_is_to_apply_is_said_in_days(make_opening, days, words, soon):
    opening = make_opening(closes_on=TODAY + days * DAY)
    assert opening.closes_in(AT) == words
    assert opening.closes_soon(AT) == soon


def test_a_day_that_lasts_only_elsewhere_is_today_still(make_opening):
    opening = make_opening(closes_on=TODAY)
    assert opening.closes_in(moment(TODAY, "23:59", LAST)) == "Closes within hours"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"closes_on": datetime.date(2026, 4, 30)}, "Closes 30 April 2026"),
        ({"closes_on": None}, "Open until filled"),
        ({"closes_on": None, "posted_on": None}, "Dates not stated"),
    ],
)
def test_the_deadline_claims_nothing_that_is_not_known(make_opening, fields, words):
    opening = make_opening(**fields)
    assert opening.deadline == words
    assert opening.closes_soon(AT) is False


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Staff Attorney", "staff-attorney"),
        ("Attorney / investigator (Spanish)", "attorney-investigator-spanish"),
        ("律師", "opening"),
        ("—", "opening"),
        ("x" * 120, "x" * 80),
        ("a" * 79 + " b", "a" * 79),
    ],
)
def test_the_address_has_the_number_and_the_title(make_opening, title, slug):
    opening = make_opening(title)
    assert opening.get_absolute_url() == f"/jobs/{opening.pk}-{slug}/"


def test_the_text_is_rendered_when_saved(make_opening):
    opening = make_opening(description="**Bold** <script>alert(1)</script>")
    assert "<strong>Bold</strong>" in opening.description_html
    assert "<script" not in JobOpening.objects.get(pk=opening.pk).description_html


@pytest.mark.parametrize(
    "text", ["ATTORNEY", "hiring project", "fhp", "münchen", "Munchen", "hawaii", "saint"]
)
def test_a_text_is_found_as_the_finder_finds_names(make_opening, make_member, text):
    organization = make_member("Fictional Hiring Project", short_name="FHP")
    wanted = make_opening(
        "Attorney", organization=organization, city="München", summary="In Hawai'i and St. Paul."
    )
    make_opening("Paralegal", organization=make_member("Other"), city="Boise")
    ours = JobOpening.objects.filter(posted_on=wanted.posted_on)
    assert list(ours.matching(text)) == [wanted]


@pytest.mark.parametrize("text", ["%", "_", "'; --", "", "qwxzvkj", "\\"])
def test_a_text_without_a_word_finds_nothing(make_opening, text):
    make_opening()
    assert not JobOpening.objects.matching(text).exists()


def test_a_row_of_a_list_needs_no_query_of_its_own(make_opening, django_assert_num_queries):
    for number in range(3):
        make_opening(
            closes_on=TODAY + number * DAY,
            pay_minimum=Decimal("1.50"),
            pay_currency="USD",
            pay_per="hour",
        )
    make_opening(region_id=None)
    with django_assert_num_queries(1):
        for one in JobOpening.objects.open(AT).with_place():
            words = [one.place, one.pay, one.deadline, one.closes_in(AT) if one.closes_on else ""]
            words += [one.get_absolute_url(), one.organization.get_absolute_url()]
            words += [one.get_workplace_display(), one.get_employment_type_display(), one.summary]
            assert words
