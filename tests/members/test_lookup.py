from collections import Counter

import pytest

from members.forms import FinderForm
from members.lookup import look_up
from members.misspellings import likeness
from tests.members import places

TABLE = places.read()
VALID = [row for row in TABLE if row.outcome != "invalid"]
INVALID = [row for row in TABLE if row.outcome == "invalid"]

pytestmark = pytest.mark.django_db


def numbered(rows):
    return [pytest.param(row, id=f"{number}-{row.about}") for number, row in enumerate(rows)]


@pytest.mark.parametrize("row", numbered(VALID))
def test_what_people_type_is_understood(row):
    form = FinderForm({"place": row.typed})
    assert form.is_valid(), form.errors
    assert not places.problem_with(row, look_up(form.cleaned_data["place"]))


@pytest.mark.parametrize("row", numbered(INVALID))
def test_what_cannot_be_a_place_is_refused_by_the_form(row):
    assert not FinderForm({"place": row.typed}).is_valid()


def test_the_table_has_every_kind_of_input():
    assert len(TABLE) >= 150
    assert set(Counter(row.outcome for row in TABLE)) == {
        *("answer", "choices", "suggestions", "none", "invalid")
    }


@pytest.mark.parametrize("typed", ["Springfield", "Washington", "Wilmington", "Portland", "Aurora"])
def test_each_choice_leads_to_itself_alone(typed):
    for choice in look_up(typed).choices:
        again = look_up(choice.query)
        assert again.match, choice.query
        assert again.match.label == choice.label


def test_choices_read_differently_from_each_other():
    labels = [choice.label for choice in look_up("Springfield").choices]
    assert len(labels) == len(set(labels)) > 20


def test_the_likelier_choice_comes_first():
    assert [choice.region.code for choice in look_up("Georgia").choices][:2] == ["US-GA", "GE"]


def test_a_village_called_like_a_misspelt_city_offers_the_city():
    lookup = look_up("Huston")
    assert lookup.match.label == "Huston, Idaho"
    assert lookup.others[0].label == "Houston, Texas"


def test_a_state_answers_before_its_city_of_the_same_name():
    lookup = look_up("New York")
    assert lookup.match.region.code == "US-NY"
    assert lookup.others[0].label == "New York City, New York"


def test_an_unknown_town_in_a_known_state_offers_the_state():
    suggestions = look_up("Nowheresburg, Virginia").suggestions
    assert suggestions[-1].region.code == "US-VA"


def test_a_zip_that_contradicts_the_words_does_not_win():
    assert look_up("75001 Paris").match.region.country_id == "FR"
    assert look_up("Paris, TX 75460").match.region.lineage[2] == "US-TX"


def test_a_retired_zip_counts_for_its_state():
    lookup = look_up("02101")
    assert lookup.match.region.code == "US-MA"
    assert "02101" in lookup.match.name


def test_a_long_text_costs_no_more_queries_than_a_short_one(django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        look_up("my brother was tried in a town whose name I do not know how to write")


def test_a_swap_of_letters_is_one_slip_and_people_decide_between_equal_slips():
    assert likeness("txeas", "texas", 30_000_000) > likeness("txeas", "texxas", 30_000_000)
    assert likeness("chigaco", "chicago", 2_700_000) > likeness("chigaco", "chicxgo", 2_700)
    assert likeness("qwxzvkj", "virginia", 30_000_000) == 0
