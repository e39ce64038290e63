"""Facts confirmed: who, when and how; what is due, on the desk and on paper."""

import datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from members.models import Organization
from tests.members.desk_forms import LIST, page_of, rule, typed, with_row
from tests.members.exchange import exported, imported, sent
from tests.pages import Page

pytestmark = pytest.mark.django_db

DAY = datetime.date(2020, 9, 1)
DUE = f"{LIST}due/"
FACTS = {"on": "2020-03-04", "by": "Fictional Clerk", "how": "telephone", "confirmed": "x"}


def ago(days):
    return {
        "confirmed_on": timezone.localdate() - datetime.timedelta(days=days),
        "confirmed_how": "letter",
    }


def facts(organization):
    stored = Organization.objects.get(pk=organization.pk)
    return stored.confirmed_on, stored.confirmed_by, stored.confirmed_how


# To confirm --------------------------------------------------------------------------------------


def test_facts_are_confirmed_with_who_when_and_how(sign_in, client, make_member):
    organization = make_member()
    editor = sign_in("editor", first_name="Ana", last_name="Example")
    address = page_of(organization, "confirm")
    assert address in Page(editor.get(page_of(organization))).links("content")
    form = editor.get(address).context["form"]
    assert form["on"].value() == timezone.localdate()
    assert form["by"].value() == "Ana Example"
    assert editor.post(address, FACTS).status_code == 302
    assert facts(organization) == (datetime.date(2020, 3, 4), "Fictional Clerk", "telephone")
    public = Page(client.get(organization.get_absolute_url())).text()
    assert "Details checked on 4 March 2020, by telephone." in public
    assert "Fictional Clerk" not in public
    log = LogEntry.objects.get(object_id=organization.pk)
    assert log.change_message == "Facts confirmed: 4 March 2020, by telephone (Fictional Clerk)."
    desk_page = Page(editor.get(page_of(organization))).text("content")
    assert "Last confirmed on 2020-03-04, by telephone (Fictional Clerk)." in desk_page


def test_facts_of_several_are_confirmed_at_once_and_saved_one_by_one(desk, make_member):
    organizations = [make_member(f"Fictional {n}") for n in range(3)]
    data = {"action": "confirm_selected", "_selected_action": [one.pk for one in organizations]}
    question = desk.post(LIST, data | {"index": "0"})
    assert len(Page(question).find("input", name="_selected_action")) == 3
    assert desk.post(LIST, data | FACTS).status_code == 302
    assert {facts(one)[1] for one in organizations} == {"Fictional Clerk"}
    assert LogEntry.objects.count() == 3
    assert all(Organization.objects.get(pk=one.pk).version > one.version for one in organizations)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("on", "", "This field is required"),
        ("on", "yesterday", "Enter a valid date"),
        ("on", "2020-02-30", "Enter a valid date"),
        ("on", "2020-01-01\0", "Enter a valid date"),
        ("on", "tomorrow", "This day is still to come"),
        ("on", "0001-01-01", "This day is long past. Is the year right?"),
        ("on", "1999-12-31", "This day is long past. Is the year right?"),
        ("how", "", "This field is required"),
        ("how", "pigeon", "Select a valid choice"),
        ("by", "   ", "This field is required"),
        ("by", "x" * 121, "at most 120 characters"),
        ("by", "a\0b", "Null characters are not allowed"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_is_kept(desk, make_member, field, value, message):
    organization = make_member()
    if value == "tomorrow":
        value = (timezone.localdate() + datetime.timedelta(days=1)).isoformat()
    kept = {"by": "Fictional <b>Clerk</b>", "on": "2020-03-04"} | {field: value}
    for address, more in (
        (page_of(organization, "confirm"), {}),
        (LIST, {"action": "confirm_selected", "_selected_action": organization.pk}),
    ):
        response = desk.post(address, FACTS | kept | more)
        assert response.status_code == 200
        assert message in str(response.context["form"].errors)
        for name, text in kept.items():
            assert response.context["form"][name].value() == text
        assert "<b>Clerk" not in response.text
    assert facts(organization) == (None, "", "")


def test_a_confirmation_does_not_take_the_place_of_a_newer_one(desk, make_member):
    newer = make_member("Fictional Newer", confirmed_on="2020-03-05", confirmed_how="letter")
    other = make_member("Fictional Other")
    words = "The facts of Fictional Newer were confirmed after this day, on 5 March 2020."
    chosen = {"action": "confirm_selected", "_selected_action": [newer.pk, other.pk]}
    for address, more in ((page_of(newer, "confirm"), {}), (LIST, chosen)):
        assert words in desk.post(address, FACTS | more).text
    assert facts(newer) == (datetime.date(2020, 3, 5), "", "letter")
    assert facts(other) == (None, "", "")
    assert desk.post(LIST, FACTS | chosen | {"on": "2020-03-05"}).status_code == 302
    assert facts(newer) == facts(other) == (datetime.date(2020, 3, 5), FACTS["by"], FACTS["how"])


def test_the_facts_are_no_fields_of_the_form(desk, make_member):
    organization = make_member()
    data = typed(desk.get(page_of(organization))) | {
        "confirmed_on": "2020-01-01",
        "confirmed_how": "letter",
    }
    assert desk.post(page_of(organization), data).status_code == 302
    assert facts(organization) == (None, "", "")


# What is changed after that ----------------------------------------------------------------------

AS_BEFORE = (
    "Facts of this record were confirmed on 4 March 2020, before this change. If what is new is "
    "checked, too, press “Facts confirmed”."
)
BEFORE = {"confirmed_on": datetime.date(2020, 3, 4), "confirmed_how": "letter"}


def told(browser, organization, *, rules=(), **fields):
    """What is said to who saves the form with these fields and new rows of coverage."""
    data = typed(browser.get(page_of(organization))) | fields
    for region in rules:
        data = with_row(data, "coverage", **rule(region))
    response = browser.post(page_of(organization), data, follow=True)
    return [str(message) for message in response.context["messages"]]


@pytest.mark.parametrize("change", [{"phone": "555 0111"}, {"rules": ["US-MD"]}])
def test_who_changes_confirmed_facts_is_told_that_the_new_ones_are_not(desk, make_member, change):
    assert AS_BEFORE in told(desk, make_member(covers=["US-VA"], **BEFORE), **change)
    assert len(told(desk, make_member(covers=["US-VA"]), **change)) == 1, "never confirmed"


def test_who_changes_no_fact_is_told_nothing(desk, make_member):
    assert len(told(desk, make_member(covers=["US-VA"], **BEFORE), summary="New.")) == 1


@pytest.mark.usefixtures("no_members")
@pytest.mark.parametrize(
    ("cells", "notes"),
    [
        ({"phone": "555 0111"}, [AS_BEFORE]),
        ({"coverage": "US-MD: covers"}, [AS_BEFORE]),
        ({"summary": "New."}, []),
    ],
)
def test_the_preview_of_an_import_says_so_at_the_line(desk, make_member, cells, notes):
    organization = make_member(covers=["US-VA"], **BEFORE)
    rows = [exported(desk)[0] | cells]
    (change,) = sent(desk, rows).context["outcome"].changes
    assert change.notes == notes
    imported(desk, rows)
    assert facts(organization)[0] == BEFORE["confirmed_on"]


# What is due -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("no_members")
def test_facts_are_due_after_180_days_the_never_confirmed_first_then_the_oldest(make_member):
    def member(name, days):
        on = DAY - datetime.timedelta(days=days)
        make_member(name, confirmed_on=on, confirmed_how="letter")

    for name, days in (("At 180", 180), ("At 181", 181), ("At 400", 400), ("Today", 0)):
        member(name, days)
    make_member("Never B")
    make_member("never A")
    due = [one.name for one in Organization.objects.confirmation_due(DAY)]
    assert due == ["never A", "Never B", "At 400", "At 181"]
    later = DAY + datetime.timedelta(days=1)
    assert Organization.objects.confirmation_due(later).last().name == "At 180"


@pytest.mark.usefixtures("no_members")
@pytest.mark.parametrize(
    ("value", "names"),
    [("due", {"Never", "Old"}), ("never", {"Never"}), ("holds", {"New"}), ("x", None)],
)
def test_the_list_is_filtered_by_confirmation(desk, make_member, value, names):
    make_member("Never")
    make_member("Old", **ago(200))
    make_member("New", **ago(10))
    found = {one.name for one in desk.get(LIST, {"confirmation": value}).context["cl"].queryset}
    assert found == (names or {"Never", "Old", "New"})


@pytest.mark.usefixtures("no_members")
def test_the_list_to_print_has_what_one_needs_to_ask(desk, make_member):
    make_member("Fictional New", **ago(10))
    make_member("Fictional Draft", published=False)
    make_member("Fictional Old", **ago(200))
    make_member(
        "Fictional Never",
        phone="555 0100",
        website="https://example.org/",
        postal_address="1 Example Road\nExampletown",
    )
    response = desk.get(DUE)
    text = Page(response).text("content")
    assert text.index("Fictional Never") < text.index("Fictional Old")
    assert "Fictional New" not in text
    assert "Fictional Draft" not in text
    for words in ("555 0100", "https://example.org/", "1 Example Road Exampletown", "Phone right"):
        assert words in text
    assert DUE in desk.get(LIST).text


@pytest.mark.usefixtures("no_members")
def test_the_list_to_print_says_when_nothing_is_due(desk, make_member):
    make_member("Fictional New", **ago(10))
    assert "Nothing is due" in Page(desk.get(DUE)).text("content")


@pytest.mark.usefixtures("no_members")
def test_the_list_to_print_costs_no_more_with_more_rows(
    desk, make_member, django_assert_max_num_queries
):
    def asked():
        with django_assert_max_num_queries(30) as queries:
            assert desk.get(DUE).status_code == 200
        return len(queries)

    make_member("Fictional First")
    before = asked()
    for number in range(5):
        make_member(f"Fictional {number}", region_id="DE")
    assert asked() == before


def test_the_list_to_print_is_for_who_may_look(sign_in, client):
    assert client.get(DUE)["Location"] == f"/admin/login/?next={DUE}"
    nobody = sign_in("editor")
    assert nobody.get(DUE).status_code == 200
    nobody.user.groups.clear()
    assert nobody.get(DUE).status_code == 403
