"""Two people at one record: the second is told, and nothing of either is lost silently."""

import pytest
from django.contrib.auth.models import Permission

from members.admin.concurrency import with_lost_rows_as_new
from members.models import (
    Coverage,
    FormerName,
    Milestone,
    Organization,
    ReportedTotal,
    SisterNetwork,
)
from tests.members import history_pages
from tests.members.desk_forms import (
    ADD,
    LIST,
    formsets,
    organization_data,
    page_of,
    problems,
    rule,
    typed,
    with_row,
)
from tests.pages import Page

pytestmark = pytest.mark.django_db

TOLD = "Somebody else saved this record after you opened it"


@pytest.fixture
def organization(make_member):
    return make_member(covers=["US-VA", "US-MD"], phone="555 0100", city="Richmond")


def stored(organization):
    return Organization.objects.get(pk=organization.pk)


def opened(browser, organization):
    return typed(browser.get(page_of(organization)))


def saved(browser, organization, data):
    return browser.post(page_of(organization), data)


def regions(organization):
    return sorted(organization.coverage.values_list("region", flat=True))


# The form ----------------------------------------------------------------------------------------


def test_the_second_is_told_and_keeps_what_was_typed(desk, sign_in, organization):
    other = sign_in("editor")
    mine, theirs = opened(desk, organization), opened(other, organization)
    assert saved(other, organization, theirs | {"phone": "555 0111"}).status_code == 302
    mine |= {"phone": "555 0122", "summary": "Mine, typed for an hour."}
    response = saved(desk, organization, mine)
    said = problems(response)
    assert TOLD in said
    assert "Phone – saved now: 555 0111" in said
    assert "Summary – saved now: nothing" in said
    assert stored(organization).phone == "555 0111"
    kept = typed(response)
    assert (kept["phone"], kept["summary"]) == ("555 0122", "Mine, typed for an hour.")
    assert f'href="{page_of(organization)}" target="_blank"' in response.text
    assert Page(response).find("ul", class_="errorlist nonfield")
    # Told so, the second decides.
    assert saved(desk, organization, kept).status_code == 302
    assert stored(organization).phone == "555 0122"


@pytest.mark.parametrize(
    ("model", "name"),
    [(SisterNetwork, "description"), (Milestone, "text"), (ReportedTotal, "source")],
)
def test_the_second_is_told_of_whatever_staff_keep(desk, sign_in, model, name):
    record = model.objects.first()
    address = history_pages.page_of(record, "change")
    mine = typed(desk.get(address))
    theirs = mine | {name: "Theirs."}
    theirs |= {"countries": ["FR", "CA"]} if model is SisterNetwork else {}
    assert sign_in("editor").post(address, theirs).status_code == 302
    response = desk.post(address, mine | {name: "Mine."})
    assert TOLD in problems(response)
    assert "saved now: Theirs." in problems(response)
    assert ("Countries – saved now: Canada, France" in problems(response)) is (
        model is SisterNetwork
    )
    assert getattr(model.objects.get(pk=record.pk), name) == "Theirs."
    assert desk.post(address, typed(response)).status_code == 302
    assert getattr(model.objects.get(pk=record.pk), name) == "Mine."


def test_who_comes_third_is_told_again(desk, organization):
    first, mine = opened(desk, organization), opened(desk, organization)
    saved(desk, organization, first | {"phone": "1"})
    kept = typed(saved(desk, organization, mine | {"phone": "2"}))
    stored(organization).confirm("2020-01-01", "x", "letter")
    assert TOLD in problems(saved(desk, organization, kept))
    assert stored(organization).phone == "1"


def test_one_person_alone_saves_as_often_as_they_like(desk, organization):
    for number in range(3):
        data = opened(desk, organization) | {"phone": f"555 010{number}"}
        assert saved(desk, organization, data).status_code == 302
    assert stored(organization).phone == "555 0102"


@pytest.mark.parametrize("version", [None, "", "x", "-1", "9" * 30, "0.5", "1\0"])
def test_a_form_without_its_version_is_not_trusted(desk, organization, version):
    data = opened(desk, organization) | {"phone": "555 0122"}
    del data["version_seen"]
    data |= {} if version is None else {"version_seen": version}
    assert TOLD in problems(saved(desk, organization, data))
    assert stored(organization).phone == "555 0100"


@pytest.mark.parametrize(
    "change",
    [
        lambda organization: organization.publish(),
        lambda organization: organization.withdraw(),
        lambda organization: organization.confirm("2020-01-01", "x", "letter"),
        lambda organization: organization.save(update_fields=["city"]),
    ],
    ids=["publish", "withdraw", "confirm", "save"],
)
def test_every_way_of_saving_counts(desk, organization, change):
    mine = opened(desk, organization)
    change(stored(organization))
    assert TOLD in problems(saved(desk, organization, mine))


def test_a_verb_is_not_undone_by_who_saves_over_it(desk, organization):
    mine = opened(desk, organization)
    stored(organization).withdraw()
    kept = typed(saved(desk, organization, mine | {"phone": "555 0122"}))
    assert saved(desk, organization, kept).status_code == 302
    assert (stored(organization).published, stored(organization).phone) == (False, "555 0122")


def test_an_older_instance_saved_again_counts_on(organization):
    old = stored(organization)
    stored(organization).publish()
    newer = stored(organization).version
    old.save()
    assert old.version == stored(organization).version > newer > organization.version


def test_a_form_from_before_a_deletion_is_late_when_the_record_is_back(desk, organization):
    stored(organization).publish()
    mine = opened(desk, organization)
    assert desk.post(page_of(organization, "delete"), {"post": "yes"}).status_code == 302
    address = history_pages.way_back(organization, to=1)
    assert desk.post(address, history_pages.asked(desk.get(address))).status_code == 302
    for _number in range(3):
        assert TOLD in problems(saved(desk, organization, mine))
        stored(organization).save()


def not_seen_at_first(monkeypatch, model):
    """The first check does not see what others save in the same moment."""
    check, checked = model.validate_unique, []

    def validate_unique(self, exclude=None):
        checked.append(self)
        if len(checked) > 1:
            check(self, exclude)

    monkeypatch.setattr(model, "validate_unique", validate_unique)


def test_a_double_click_that_adds_a_record_adds_one_and_says_so(desk, monkeypatch):
    data = organization_data(rules=[rule("US-VA")])
    assert desk.post(ADD, data).status_code == 302
    not_seen_at_first(monkeypatch, Organization)
    response = desk.post(ADD, data)
    assert "Organization with this Page address already exists." in problems(response)
    assert typed(response)["coverage-0-region"] == "US-VA"
    assert Organization.objects.filter(name=data["name"]).count() == 1


def test_a_double_click_that_changes_an_address_to_one_that_is_taken_says_so(
    desk, organization, make_member, monkeypatch
):
    data = opened(desk, organization) | {"slug": make_member().slug}
    not_seen_at_first(monkeypatch, Organization)
    response = saved(desk, organization, data)
    assert "Organization with this Page address already exists." in problems(response)


@pytest.mark.parametrize("role", ["editor", "publisher"])
def test_what_was_typed_for_a_record_that_is_deleted_goes_on_as_new(
    desk, sign_in, organization, role
):
    FormerName.objects.create(organization=organization, name="Old", slug="fictional-old")
    mine, browser = opened(desk, organization), sign_in(role)
    mine = with_row(mine | {"phone": "555 0122"}, "coverage", **rule("US-NC", note="Mine."))
    assert desk.post(page_of(organization, "delete"), {"post": "yes"}).status_code == 302
    response = saved(browser, organization, mine)
    assert "Somebody deleted this record after you opened it" in problems(response)
    assert history_pages.page_of(organization, "deleted") in Page(response).links("content")
    assert not Organization.objects.filter(name=organization.name).exists()
    (form,) = Page(response).find("form", id="organization_form")
    assert form["action"] == ADD
    kept = typed(response)
    assert (kept["phone"], kept["other_names-0-slug"]) == ("555 0122", "fictional-old")
    assert browser.post(form["action"], kept).status_code == 302
    new = Organization.objects.get(name=organization.name)
    assert (new.phone, new.published) == ("555 0122", False)
    assert regions(new) == ["US-MD", "US-NC", "US-VA"]
    assert new.coverage.get(region="US-NC").note == "Mine."
    assert new.memberships.count() == new.other_names.count() == 1


@pytest.mark.parametrize("model", [SisterNetwork, Milestone, ReportedTotal])
def test_whatever_staff_keep_goes_on_as_new_once_it_is_deleted(desk, model):
    record = model.objects.first()
    address = history_pages.page_of(record, "change")
    mine = typed(desk.get(address))
    count = model.objects.count()
    model.objects.get(pk=record.pk).delete()
    response = desk.post(address, mine)
    assert "Somebody deleted this record" in problems(response)
    assert model.objects.count() == count - 1
    assert desk.post(Page(response).find("form")[-1]["action"], typed(response)).status_code == 302
    assert model.objects.count() == count


@pytest.mark.parametrize("pk", [None, "0", "x"])
def test_nothing_is_added_by_way_of_a_record_that_is_not_there(desk, organization, pk):
    data = opened(desk, organization)
    address = f"{LIST}{pk or organization.pk}/change/"
    organization.delete()
    assert desk.post(address, data).status_code == 200
    del data["version_seen"]
    assert desk.post(address, data).status_code == 302
    assert not Organization.objects.filter(name=organization.name).exists()


def test_who_may_not_change_does_not_go_on_as_new(desk, sign_in, organization):
    data, browser = opened(desk, organization), sign_in("editor")
    organization.delete()
    Permission.objects.get(codename="change_organization").group_set.clear()
    assert saved(browser, organization, data).status_code == 403


def test_a_new_record_begins_without_a_question(desk):
    page = Page(desk.get("/admin/members/organization/add/"))
    assert not page.find("input", name="version_seen")


# Its rows ----------------------------------------------------------------------------------------


def test_rows_count_as_a_change_of_the_record(desk, organization):
    first, mine = opened(desk, organization), opened(desk, organization)
    assert (
        saved(desk, organization, with_row(first, "coverage", **rule("US-DC"))).status_code == 302
    )
    response = saved(desk, organization, with_row(mine, "coverage", **rule("US-NC")))
    said = problems(response)
    assert "Coverage rule – saved now, and kept if you save: covers US-DC" in said
    assert "Coverage rule – not saved now: covers US-NC" in said
    assert saved(desk, organization, typed(response)).status_code == 302
    assert regions(organization) == ["US-DC", "US-MD", "US-NC", "US-VA"]


def test_a_row_that_both_changed_shows_the_first_ones_words(desk, organization):
    first, mine = opened(desk, organization), opened(desk, organization)
    saved(desk, organization, first | {"coverage-0-effect": "referral_only"})
    response = saved(desk, organization, mine | {"coverage-0-note": "Murder only."})
    assert "Coverage rule – saved now: by referral only US-" in problems(response)
    assert typed(response)["coverage-0-note"] == "Murder only."


def test_a_row_that_was_deleted_meanwhile_is_kept_as_a_new_one(desk, organization):
    first, mine = opened(desk, organization), opened(desk, organization)
    lost = first["coverage-0-region"]
    saved(desk, organization, first | {"coverage-0-DELETE": "on"})
    mine = with_row(mine | {"coverage-0-note": "Murder only."}, "coverage", **rule("US-NC"))
    response = saved(desk, organization, mine)
    assert f"Coverage rule – not saved now: covers {lost}" in problems(response)
    (coverage, *_others) = formsets(response)
    assert len(coverage.initial_forms) == 1
    assert saved(desk, organization, typed(response)).status_code == 302
    assert regions(organization) == ["US-MD", "US-NC", "US-VA"]
    assert organization.coverage.get(region=lost).note == "Murder only."


def test_two_who_add_the_same_region_are_told(desk, organization):
    first, mine = opened(desk, organization), opened(desk, organization)
    saved(desk, organization, with_row(first, "coverage", **rule("US-DC")))
    response = saved(desk, organization, with_row(mine, "coverage", **rule("US-DC")))
    assert "Washington, D.C. has two rows" in problems(response)
    assert Coverage.objects.filter(organization=organization, region="US-DC").count() == 1


def test_a_row_that_both_deleted_stays_deleted(desk, organization):
    first, mine = (opened(desk, organization) | {"coverage-0-DELETE": "on"} for _ in "ab")
    left = first["coverage-1-region"]
    saved(desk, organization, first)
    response = saved(desk, organization, mine)
    assert saved(desk, organization, typed(response)).status_code == 302
    assert regions(organization) == [left]


@pytest.mark.parametrize(
    "data",
    [{}, {"c-TOTAL_FORMS": "x", "c-INITIAL_FORMS": "1"}, {"c-TOTAL_FORMS": "1"}],
)
def test_a_broken_form_is_left_to_django(data):
    assert with_lost_rows_as_new(data, "c", "id", "parent", set()) is data


def test_a_new_record_takes_no_rows_of_another(desk, organization):
    row = {"id": organization.coverage.first().pk} | rule("US-NC")
    data = organization_data(rules=[row]) | {"coverage-INITIAL_FORMS": "1"}
    assert desk.post(ADD, data).status_code == 302
    assert regions(Organization.objects.get(name=data["name"])) == ["US-NC"]
    assert regions(organization) == ["US-MD", "US-VA"]


def test_a_form_with_broken_rows_is_refused(desk, organization):
    data = opened(desk, organization) | {"coverage-0-id": "x"}
    assert saved(desk, organization, data).status_code == 200
    assert regions(organization) == ["US-MD", "US-VA"]


def test_fields_in_rows_have_names_for_who_cannot_see_the_table(desk, organization):
    page = Page(desk.get(page_of(organization)))
    for name, label in (("effect", "Effect"), ("note", "Public note"), ("DELETE", "Delete")):
        for row in (0, 1):
            (field,) = page.find(name=f"coverage-{row}-{name}")
            assert field["aria-label"] == label
