import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import ProtectedError
from django.utils import timezone

from statements.models import Edition, Statement

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)
FIRST = datetime.date(2010, 6, 1)
SECOND = datetime.date(2015, 3, 10)
THIRD = datetime.date(2020, 1, 31)
LONG_AGO = datetime.date(1990, 1, 1)


def refused(instance):
    """What is said of an instance that is not right."""
    with pytest.raises(ValidationError) as caught:
        instance.full_clean()
    return " ".join(caught.value.messages)


# What is published -------------------------------------------------------------------------------


def test_a_statement_is_published_with_its_first_published_edition(no_statements, make_statement):
    make_statement("Nothing yet", {"published": False})
    make_statement("Draft after it", {}, {"published": False})
    assert [str(one) for one in Statement.objects.published()] == ["Draft after it"]


def test_the_current_text_is_the_newest_published_one(make_statement):
    statement = make_statement("Fictional", {}, {}, {"published": False})
    assert statement.current.number == 2
    assert [one.number for one in statement.published_editions] == [2, 1]
    assert make_statement("Draft", {"published": False}).current is None


def test_lists_begin_with_what_was_adopted_last_and_end_with_what_is_not_dated(
    no_statements, make_statement
):
    make_statement("B unknown")
    make_statement("Old", {"adopted_on": FIRST})
    make_statement("A unknown")
    make_statement("Changed", {"adopted_on": FIRST}, {"adopted_on": THIRD})
    draft = {"adopted_on": THIRD + DAY, "published": False}
    make_statement("Draft", {"adopted_on": SECOND}, draft)
    titles = [str(one) for one in Statement.objects.published().newest_first()]
    assert titles == ["Changed", "Draft", "Old", "A unknown", "B unknown"]


# In force on a day -------------------------------------------------------------------------------


def number_on(statement, day):
    """The number of the edition in force on the day, or None, as both ways to ask have it."""
    edition = statement.in_force(day)
    assert (statement in Statement.objects.in_force(day)) == (edition is not None)
    return edition and edition.number


@pytest.mark.parametrize(
    ("dates", "day", "number"),
    [
        ([FIRST, SECOND], FIRST - DAY, None),
        ([FIRST, SECOND], FIRST, 1),
        ([FIRST, SECOND], SECOND - DAY, 1),
        ([FIRST, SECOND], SECOND, 2),
        ([FIRST, FIRST], FIRST, 2),
        # Nobody knows when: it counts from the day of the edition before it, or from ever.
        ([None], LONG_AGO, 1),
        ([None, SECOND], LONG_AGO, 1),
        ([None, SECOND], SECOND, 2),
        ([FIRST, None], FIRST - DAY, None),
        ([FIRST, None], FIRST, 2),
        ([FIRST, None, THIRD], THIRD - DAY, 2),
        ([FIRST, None, THIRD], THIRD, 3),
        ([None, None], LONG_AGO, 2),
    ],
)
def test_the_edition_in_force_is_the_last_one_adopted_by_then(make_statement, dates, day, number):
    statement = make_statement("Fictional", *({"adopted_on": one} for one in dates))
    assert number_on(statement, day) == number


def test_a_draft_is_never_in_force(make_statement):
    statement = make_statement("Fictional", {}, {"adopted_on": SECOND, "published": False})
    assert number_on(statement, THIRD) == 1
    assert number_on(make_statement("Draft", {"published": False}), THIRD) is None


def test_a_statement_holds_until_the_day_before_it_is_withdrawn(make_statement):
    statement = make_statement("Fictional", {"adopted_on": FIRST}, withdrawn_on=SECOND)
    assert number_on(statement, SECOND - DAY) == 1
    assert number_on(statement, SECOND) is None


def test_a_statement_holds_until_another_in_its_place_is_adopted(make_statement):
    successor = make_statement("New", {"adopted_on": SECOND}, {"adopted_on": THIRD})
    statement = make_statement("Old", {"adopted_on": FIRST}, superseded_by=successor)
    assert number_on(statement, SECOND - DAY) == 1
    assert number_on(statement, SECOND) is None
    successor.withdrawn_on = THIRD
    successor.save()
    assert number_on(statement, THIRD + DAY) is None


def test_the_day_of_withdrawal_outweighs_that_of_the_successor(make_statement):
    successor = make_statement("New", {"adopted_on": FIRST})
    fields = {"superseded_by": successor, "withdrawn_on": SECOND}
    statement = make_statement("Old", {"adopted_on": FIRST}, **fields)
    assert number_on(statement, SECOND - DAY) == 1
    assert number_on(statement, SECOND) is None


def test_a_successor_of_which_nobody_knows_the_date_leaves_no_day_certain(make_statement):
    statement = make_statement("Old", {"adopted_on": FIRST}, superseded_by=make_statement("New"))
    assert number_on(statement, FIRST) is None


def test_a_successor_counts_once_it_is_published(make_statement):
    draft = make_statement("New", {"published": False})
    statement = make_statement("Old", superseded_by=draft)
    assert (number_on(statement, THIRD), statement.successor) == (1, None)
    edition = draft.editions.get()
    edition.published = True
    edition.save()
    statement = Statement.objects.get(pk=statement.pk)
    assert (number_on(statement, THIRD), statement.successor) == (None, draft)


def test_today_is_the_day_when_none_is_given(make_statement):
    today = timezone.localdate()
    statement = make_statement("Fictional", withdrawn_on=today)
    assert statement.in_force() is None
    assert statement.in_force(today - DAY).number == 1


# Statements --------------------------------------------------------------------------------------


def test_a_statement_cannot_take_its_own_place(make_statement):
    statement = make_statement()
    statement.superseded_by = statement
    assert "cannot take its own place" in refused(statement)
    with pytest.raises(IntegrityError):
        Statement.objects.filter(pk=statement.pk).update(superseded_by=statement)


def test_statements_cannot_take_each_others_place(make_statement):
    first = make_statement()
    second = make_statement(superseded_by=first)
    third = make_statement(superseded_by=second)
    third.full_clean()
    first.superseded_by = third
    assert "by way of others" in refused(first)


def test_the_address_of_the_feed_is_not_free():
    statement = Statement(title="Fictional", slug="feed")
    assert "needed for something else" in refused(statement)
    with pytest.raises(IntegrityError):
        statement.save()


def test_an_address_belongs_to_one_statement(make_statement):
    slug = make_statement().slug
    assert "already exists" in refused(Statement(title="Fictional", slug=slug))


def test_a_statement_with_editions_and_a_successor_cannot_be_deleted(make_statement):
    successor = make_statement()
    make_statement(superseded_by=successor)
    with pytest.raises(ProtectedError):
        successor.delete()
    with pytest.raises(ProtectedError):
        Statement.objects.filter(pk=successor.pk).delete()
    bare = Statement.objects.create(title="Fictional", slug="bare")
    make_statement(superseded_by=bare)
    with pytest.raises(ProtectedError):
        bare.delete()


# Editions ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("body", "Other words."),
        ("excerpt", "Other words."),
        ("adopted_on", FIRST),
        ("published", False),
        ("number", 7),
    ],
)
def test_a_published_edition_is_never_changed(make_statement, field, value):
    edition = make_statement().editions.get()
    before = Edition.objects.filter(pk=edition.pk).values().get()
    setattr(edition, field, value)
    assert "neither changed nor deleted" in refused(edition)
    for arguments in ({}, {"update_fields": [field]}, {"force_update": True}):
        with pytest.raises(ValidationError, match="neither changed nor deleted"):
            edition.save(**arguments)
    assert Edition.objects.filter(pk=edition.pk).values().get() == before


def test_a_published_edition_is_never_deleted(make_statement):
    edition = make_statement().editions.get()
    with pytest.raises(ValidationError, match="neither changed nor deleted"):
        edition.delete()
    assert Edition.objects.filter(pk=edition.pk).exists()


def test_a_draft_is_changed_published_and_then_kept(make_statement):
    draft = make_statement("Fictional", {"published": False}).editions.get()
    draft.body = "**Other** words."
    draft.full_clean()
    draft.save()
    draft.published = True
    draft.full_clean()
    draft.save()
    draft = Edition.objects.get(pk=draft.pk)
    assert (draft.number, draft.body_html) == (1, "<p><strong>Other</strong> words.</p>\n")
    with pytest.raises(ValidationError):
        draft.save()


def test_a_draft_can_be_deleted_and_its_number_is_free_again(make_statement, make_edition):
    statement = make_statement("Fictional", {}, {"published": False})
    statement.editions.get(number=2).delete()
    assert make_edition(statement).number == 2


def test_the_number_follows_the_published_editions_of_the_statement(make_statement):
    make_statement("Other", {}, {}, {})
    statement = make_statement("Fictional", {}, {})
    draft = Edition(statement=statement, excerpt="x", body="x")
    draft.full_clean(exclude=["number"])
    assert draft.number == 3
    draft.save()
    draft.full_clean()


def test_there_is_one_draft_at_a_time(make_statement):
    statement = make_statement("Fictional", {}, {"published": False})
    second = Edition(statement=statement, excerpt="x", body="x")
    assert "draft of edition 2 already" in refused(second)
    with pytest.raises(IntegrityError):
        second.save()


@pytest.mark.parametrize("number", [0, 1, 3])
def test_numbers_leave_no_gap_and_count_from_one(make_statement, number):
    statement = make_statement("Fictional", {})
    edition = Edition(statement=statement, number=number, excerpt="x", body="x")
    assert refused(edition)


def test_no_number_below_one_is_stored(make_statement):
    with pytest.raises(IntegrityError):
        make_statement("Fictional", {"number": 0})


def test_an_edition_after_the_first_says_what_changed(make_statement):
    statement = make_statement()
    edition = Edition(statement=statement, excerpt="x", body="x")
    edition.full_clean(exclude=["number"])
    edition.published = True
    assert "Say what changed" in refused(edition)
    with pytest.raises(IntegrityError):
        edition.save()


def test_an_edition_is_published_once_it_is_adopted(make_statement):
    edition = make_statement("Fictional", {"published": False}).editions.get()
    edition.adopted_on = timezone.localdate() + DAY
    edition.full_clean()
    edition.published = True
    assert "once it has been adopted" in refused(edition)
    edition.adopted_on -= DAY
    edition.full_clean()


def test_editions_are_adopted_in_the_order_of_their_numbers(make_statement):
    statement = make_statement("Fictional", {"adopted_on": SECOND}, {}, {"published": False})
    edition = statement.editions.get(published=False)
    edition.published, edition.adopted_on = True, SECOND - DAY
    assert "adopted after this day" in refused(edition)
    edition.adopted_on = SECOND
    edition.full_clean()


def test_a_text_over_the_limit_is_refused(make_statement):
    draft = make_statement("Fictional", {"published": False}).editions.get()
    draft.body = "x" * 20_001
    assert "at most 20000 characters" in refused(draft)


def test_the_edition_before_is_the_one_that_was_published(make_statement):
    statement = make_statement("Fictional", {}, {}, {"published": False})
    assert [one.previous and one.previous.number for one in statement.editions.all()] == [
        2,
        1,
        None,
    ]
