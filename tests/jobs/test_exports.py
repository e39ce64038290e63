"""Job openings as a file, and back."""

import datetime
from decimal import Decimal

import pytest
from django.forms.models import model_to_dict
from django.utils import timezone

from jobs.exports import JobOpeningResource
from jobs.models import JobOpening
from network_site.roles import Role
from tests.members import exchange
from tests.pages import Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_openings")]

EXPORT = "/admin/jobs/jobopening/export/"
IMPORT = "/admin/jobs/jobopening/import/"
NEW = {
    "number": "",
    "organization": "fictional",
    "title": "Fictional investigator",
    "kind": "investigator",
    "description": "Fictional text.",
}


def exported(client, filters=""):
    return exchange.exported(client, EXPORT, filters)


def sent(client, *rows):
    return exchange.sent(client, list(rows), IMPORT)


def imported(client, *rows):
    exchange.imported(client, list(rows), IMPORT)


def said(client, *rows):
    return exchange.problems(sent(client, *rows))


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def organization(make_member):
    return make_member("Fictional Hiring Project", slug="fictional")


@pytest.fixture
def opening(make_opening, organization, today):
    return make_opening(
        organization=organization,
        posted_on=today,
        closes_on=today + datetime.timedelta(days=30),
        pay_minimum=Decimal("50000"),
        pay_maximum=Decimal("60000.50"),
        pay_currency="USD",
        pay_per="year",
        apply_url="https://fictional.example/jobs",
    )


# To a file ---------------------------------------------------------------------------------------


def test_a_file_says_what_is_stored(desk, opening, today):
    (row,) = exported(desk)
    assert list(row) == JobOpeningResource().columns
    assert {name: cell for name, cell in row.items() if cell} == {
        "number": str(opening.pk),
        "version": str(opening.version),
        "organization": "fictional",
        "title": "Fictional staff attorney",
        "kind": "attorney",
        "employment_type": "not_stated",
        "posted_on": today.isoformat(),
        "closes_on": opening.closes_on.isoformat(),
        "workplace": "not_stated",
        "city": "Richmond",
        "region": "US-VA",
        "pay_minimum": "50000.00",
        "pay_maximum": "60000.50",
        "pay_currency": "USD",
        "pay_per": "year",
        "apply_url": "https://fictional.example/jobs",
        "description": "Fictional text.",
    }


def test_only_open_openings_are_exported(desk, opening, make_opening, make_member, today):
    long_ago, lately = (today - datetime.timedelta(days=days) for days in (200, 5))
    draft = make_opening("Fictional draft", published=False)
    make_opening("Fictional to come", posted_on=today + datetime.timedelta(days=3))
    make_opening("Fictional long over", posted_on=long_ago, closes_on=long_ago)
    make_opening("Fictional closed", posted_on=long_ago, closes_on=lately)
    filled = make_opening("Fictional filled", posted_on=long_ago, filled_on=lately)
    assert JobOpening.objects.kept().contains(filled), "its page does not say how to apply"
    make_opening(organization=make_member("Fictional Former", slug="former", member=False))
    assert [row["number"] for row in exported(desk)] == [str(opening.pk)]
    assert not exported(desk, f"?q={draft.title}")
    opening.organization.withdraw()
    assert not exported(desk)


def test_the_page_says_which_openings_are_left_out(desk, opening, today):
    words = "Openings that are filled or closed are not exported either"
    assert words in Page(desk.get(EXPORT)).text("content")
    opening.filled_on = today
    opening.save()
    page = Page(desk.get(EXPORT)).text("content")
    assert "There is nothing to export." in page
    assert words in page


def test_the_filters_of_the_list_narrow_the_file(desk, opening, make_opening, organization):
    make_opening("Fictional fellow", organization=organization, kind="fellowship")
    assert [row["title"] for row in exported(desk, "?kind__exact=fellowship")] == [
        "Fictional fellow"
    ]


def test_an_export_asks_as_much_for_many_as_for_one(
    desk, opening, make_opening, make_member, django_assert_max_num_queries
):
    with django_assert_max_num_queries(20) as few:
        assert len(exported(desk)) == 1
    asked = len(few)
    for number in range(30):
        make_opening(organization=make_member(f"Fictional {number}"))
    with django_assert_max_num_queries(asked):
        assert len(exported(desk)) == 31


# And back ----------------------------------------------------------------------------------------


def test_an_import_of_an_export_changes_nothing(desk, opening):
    before = list(JobOpening.objects.values()), JobOpening.history.count()
    response = sent(desk, *exported(desk))
    assert response.context["outcome"].unchanged == 1
    assert response.context["previewed"] is None
    assert (list(JobOpening.objects.values()), JobOpening.history.count()) == before


def test_openings_whose_numbers_are_taken_off_come_back_as_drafts(desk, opening):
    def content():
        left_out = ["id", "published"]
        return [model_to_dict(one, exclude=left_out) for one in JobOpening.objects.all()]

    before, rows = content(), exported(desk)
    JobOpening.objects.all().delete()
    assert said(desk, *rows) == [
        (2, "number", "There is no opening with this number. For a new one, leave it empty.")
    ]
    imported(desk, *[row | {"number": ""} for row in rows])
    assert content() == before
    assert not JobOpening.objects.filter(published=True).exists()


def test_an_opening_is_changed_and_another_added_as_a_draft(desk, opening, client):
    (row,) = exported(desk)
    imported(desk, row | {"pay_maximum": "70000", "city": "Norfolk"}, NEW)
    changed = JobOpening.objects.get(pk=opening.pk)
    assert (changed.city, changed.pay_maximum) == ("Norfolk", Decimal(70_000))
    assert changed.published
    assert changed.version > opening.version
    assert changed.history.first().history_change_reason == "Import of a file."
    new = JobOpening.objects.exclude(pk=opening.pk).get()
    assert (new.published, new.workplace) == (False, JobOpening.Workplace.NOT_STATED)
    assert client.get(new.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("cell", ["50000", "50000.0", " 50000.00 "])
def test_an_amount_may_be_written_as_spreadsheets_write_it(desk, opening, cell):
    (row,) = exported(desk)
    assert sent(desk, row | {"pay_minimum": cell}).context["outcome"].unchanged == 1


def test_an_opening_like_a_stored_one_is_pointed_out(desk, opening):
    response = sent(desk, NEW | {"title": opening.title}, NEW)
    alike, other = response.context["outcome"].changes
    assert alike.notes == [
        "The organization has an opening with this title already: is it the same one?"
    ]
    assert not other.notes


def test_an_opening_like_a_stored_one_is_not_imported_twice_unasked(desk, opening):
    preview = sent(desk, NEW | {"title": opening.title})
    assert exchange.confirmed(desk, preview, IMPORT).status_code == 302
    again = exchange.confirmed(desk, preview, IMPORT)
    assert again.status_code == 409
    assert "has 2 openings with this title already" in again.text
    assert JobOpening.objects.count() == 2


def test_a_line_that_is_older_than_the_opening_is_refused(desk, opening):
    (row,) = exported(desk)
    JobOpening.objects.get().withdraw()
    ((line, column, words),) = said(desk, row | {"city": "Norfolk"})
    assert (line, column) == (2, "version")
    assert words.startswith("Somebody changed this record")


@pytest.mark.parametrize(
    ("column", "cell", "words"),
    [
        ("number", "x", "There is no opening with this number."),
        ("number", "0", "There is no opening with this number."),
        ("number", "9" * 15, "There is no opening with this number."),
        ("number", "9" * 300, "There is no opening with this number."),
        ("number", "²", "There is no opening with this number."),
        ("organization", "", "This cell cannot be empty."),
        ("organization", "nobody", "There is no organization with the address “nobody”."),
        ("title", "x" * 121, "This has 121 letters and signs; 120 fit."),
        ("kind", "judge", "“judge” is not one of: attorney, investigator"),
        ("description", "", "This cell cannot be empty."),
        ("region", "US-VA-013", "There is no state or country with the code “US-VA-013”."),
        ("region", "001", "There is no state or country with the code “001”."),
        ("pay_minimum", "50,000", "“50,000” is not an amount as 50000 or 50000.50"),
        ("pay_minimum", "-1", "“-1” is not an amount"),
        ("pay_minimum", "1e9", "“1e9” is not an amount"),
        ("pay_minimum", "NaN", "“NaN” is not an amount"),
        ("pay_currency", "usd", "Three capital letters: USD."),
        ("posted_on", "3/1/2026", "“3/1/2026” is not a date as 2027-03-31"),
        ("apply_url", "javascript:alert(1)", "Enter a valid URL."),
        ("apply_email", "x", "Enter a valid email address."),
    ],
)
def test_what_is_wrong_is_named_by_line_and_column(desk, organization, column, cell, words):
    found = said(desk, NEW, NEW | {column: cell})[0]
    assert found[:2] == (3, column)
    assert found[2].startswith(words)
    assert not JobOpening.objects.exists()


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"pay_minimum": "5"}, "Say of the pay an amount, the currency and what it is for"),
        (
            {"pay_minimum": "5", "pay_maximum": "4", "pay_currency": "USD", "pay_per": "hour"},
            "The pay cannot end below where it begins.",
        ),
        ({"posted_on": "2026-03-02", "closes_on": "2026-03-01"}, "An opening cannot close before"),
    ],
)
def test_what_contradicts_itself_is_named_by_line(desk, organization, cells, words):
    ((line, column, found),) = said(desk, NEW | cells)
    assert (line, column) == (2, "")
    assert found.startswith(words)


def test_a_part_of_what_belongs_together_is_checked_with_what_is_stored(desk, opening):
    (row,) = exported(desk)
    ((_line, _column, found),) = said(
        desk, {name: row[name] for name in ("number", "version")} | {"pay_maximum": "10"}
    )
    assert found == "The pay cannot end below where it begins."


@pytest.mark.parametrize("role", Role.values)
def test_publishers_and_managers_import_and_all_export(sign_in, role):
    client = sign_in(role)
    assert client.get(IMPORT).status_code == (403 if role == Role.EDITOR else 200)
    assert client.get(EXPORT).status_code == 200
    assert client.post(EXPORT).status_code == 200
