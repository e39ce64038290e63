"""Who changed what, when and why; the way back to how it was; and what is deleted."""

import datetime

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext

from members.history import RecordHistory
from members.models import (
    Coverage,
    FormerName,
    MembershipPeriod,
    Milestone,
    Organization,
    ReportedTotal,
    SisterNetwork,
)
from members.models.history import because
from network_site import starter
from tests.members.desk_forms import LIST, rule, typed, with_row
from tests.members.history_pages import asked, go_back, page_of, said, shown, way_back
from tests.pages import Page

pytestmark = pytest.mark.django_db

ROWS = [Coverage, MembershipPeriod, FormerName]
BUTTON = "Go back to how it was after this change"


@pytest.fixture
def editor(sign_in):
    return sign_in("editor", first_name="Maria", last_name="Fictional")


@pytest.fixture
def organization(make_member):
    with because("Fictional beginning."):
        return make_member(covers=["US-VA", "US-MD"], phone="555 0100", published=False)


def save(browser, organization, *, taken_away=(), added=(), **fields):
    """Saves the organization's form with these fields, and without or with these rows."""
    address = page_of(organization, "change")
    data = typed(browser.get(address)) | fields
    for number in range(int(data["coverage-TOTAL_FORMS"])):
        if data[f"coverage-{number}-region"] in taken_away:
            data[f"coverage-{number}-DELETE"] = "on"
    for region in added:
        data = with_row(data, "coverage", **rule(region))
    assert browser.post(address, data).status_code == 302
    return stored(organization)


def stored(record):
    return type(record)._base_manager.get(pk=record.pk)


def regions(organization):
    return sorted(organization.coverage.values_list("region", flat=True))


def last(record):
    return type(record).history.filter(id=record.pk).order_by("-history_id").first()


def post_action(browser, address, action, *records, **more):
    data = {"action": action, "_selected_action": [one.pk for one in records]} | more
    return browser.post(address, data, follow=True)


# What is kept ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "model",
    [*ROWS, Organization, SisterNetwork, Milestone, ReportedTotal],
    ids=lambda m: m.__name__,
)
def test_the_starter_content_is_in_the_history_with_its_reason(model):
    first = model.objects.order_by("pk").first()
    entry = model.history.filter(id=first.pk).earliest()
    assert (entry.history_type, entry.history_change_reason) == ("+", "Starter content.")
    assert entry.history_user is None
    assert starter.load().total() == 0
    assert model.history.filter(id=first.pk).count() == 1


def test_what_follows_from_other_fields_is_left_out():
    fields = {field.name for field in Organization.history.model._meta.fields}
    assert not fields & {"version", "x", "y", "z", "how_to_ask_html", "cases_taken_html"}
    assert fields >= {"how_to_ask", "published", "confirmed_on", "latitude"}


def test_a_save_of_the_form_is_one_entry_with_who_and_its_rows(editor, organization):
    save(editor, organization, phone="555 0111", taken_away=["US-MD"], added=["US-DC"])
    history = RecordHistory(Organization, organization.pk, ROWS)
    newest, *_older = history.entries(history.sets())
    assert newest.who == "Maria Fictional"
    assert newest.user == editor.user
    assert [change.label for change in newest.changes] == ["Phone"]
    assert [row.words for row in newest.rows] == ["Coverage rule taken away", "Coverage rule added"]


def test_a_command_is_named_as_such(editor, organization):
    organization.phone = "555 0122"
    organization.save()
    assert "By a command: Changed." in shown(editor, page_of(organization))


def test_what_a_reason_is_given_to_is_one_entry():
    with because("Fictional reason."):
        milestone = Milestone.objects.create(year=2001, text="Fictional")
        milestone.save()
    milestone.save()
    assert Milestone.history.filter(id=milestone.pk).values("history_set").distinct().count() == 2
    assert last(milestone).history_change_reason is None


# Bulk actions ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "reason"),
    [("publish_selected", "Published."), ("withdraw_selected", "Withdrawn.")],
)
def test_publishing_many_leaves_the_reason_with_each(desk, make_member, action, reason):
    both = [
        make_member(name, published="with" in action) for name in ("Fictional A", "Fictional B")
    ]
    post_action(desk, LIST, action, *both, confirmed="x")
    for organization in both:
        entry = last(organization)
        assert (entry.history_change_reason, entry.history_user) == (reason, desk.user)
    assert Organization.history.filter(history_set=last(both[0]).history_set).count() == 1


def test_confirming_facts_leaves_when_and_how(editor, make_member):
    both = [make_member("Fictional A"), make_member("Fictional B")]
    facts = {"on": "2026-03-10", "how": "telephone", "by": "Jane Fictional"}
    post_action(editor, LIST, "confirm_selected", *both, confirmed="x", **facts)
    for organization in both:
        reason = "Facts confirmed: 10 March 2026, by telephone (Jane Fictional)."
        assert last(organization).history_change_reason == reason
    assert reason in shown(editor, page_of(organization))


def test_deleting_many_leaves_who_and_the_rows(desk, make_member):
    both = [make_member("Fictional A", covers=["US-VA"]), make_member("Fictional B")]
    post_action(desk, LIST, "delete_selected", *both, post="yes")
    assert not Organization.objects.filter(pk__in=[one.pk for one in both]).exists()
    for organization in both:
        entry = last(organization)
        assert (entry.history_type, entry.history_user) == ("-", desk.user)
        assert entry.history_change_reason == "Deleted."
    row = Coverage.history.get(organization=both[0].pk, history_type="-")
    assert row.history_user == desk.user


# The page ----------------------------------------------------------------------------------------


def test_the_page_says_field_by_field_what_changed_in_the_fields_own_words(editor, organization):
    save(editor, organization, phone="555 0111", intake_state="long_wait", summary="New.")
    address = page_of(organization)
    assert address in Page(editor.get(page_of(organization, "change"))).links("content")
    text = shown(editor, address)
    assert "By Maria Fictional: Changed." in text
    assert "Phone: 555 0100 → 555 0111" in text
    assert "Summary: nothing → New." in text
    words = "Not known whether open to new requests → Open, with a long wait"
    assert f"Open to requests: {words}" in text
    assert "version" not in text.lower()


def test_rows_stand_in_the_same_list(editor, organization):
    address = page_of(organization, "change")
    data = typed(editor.get(address))
    data |= {"coverage-0-effect": "referral_only", "coverage-0-note": "Eastern counties"}
    data = with_row(data, "other_names", name="Old Project", slug="old-project", standing="former")
    assert editor.post(address, data).status_code == 302
    text = shown(editor, page_of(organization))
    row = "Effect: covers → by referral only; Public note: nothing → Eastern counties"
    assert f"Coverage rule Maryland (US-MD): {row}" in text
    assert "Other name added: Name: Old Project; Page address: old-project" in text
    assert "Membership period added: Known to be right on:" in text


def test_a_long_text_is_shown_where_it_changed(editor, organization):
    before = "Write to us about " + "the many things that we ask, " * 100 + "and the end is old."
    save(editor, organization, how_to_ask=before)
    save(editor, organization, how_to_ask=before.replace("old", "new"))
    text = shown(editor, page_of(organization))
    assert "and the end is old. → … " in text
    assert "and the end is new." in text
    assert len(text) < 4000


def test_the_newest_comes_first_and_pages_are_bounded(
    editor, organization, django_assert_num_queries
):
    for number in range(25):
        organization.phone = f"555 {number}"
        organization.save()
    first = editor.get(page_of(organization))
    assert len(first.context["entries"]) == 20
    text = Page(first).text("content")
    assert text.index("555 23 → 555 24") < text.index("555 22 → 555 23")
    assert "Page 1 of 2" in text
    second = shown(editor, page_of(organization) + "?page=2")
    assert "555 0100 → 555 0" in second
    assert "Newer" in second
    for page in ("0", "-1", "x", "99999"):
        assert editor.get(page_of(organization), {"page": page}).status_code == 200


def queries(browser, address):
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address).status_code == 200
    return len(captured)


def test_the_number_of_queries_does_not_grow(editor, organization):
    save(editor, organization, phone="1", added=["US-DC"])
    before = queries(editor, page_of(organization)), queries(editor, way_back(organization, to=2))
    for number in range(4):
        save(
            editor,
            organization,
            region=["FR", "DE"][number % 2],
            added=[["ES", "IT", "PT", "NL"][number]],
        )
    after = queries(editor, page_of(organization)), queries(editor, way_back(organization, to=6))
    assert after[0] == before[0]
    assert after[1] <= before[1] + 2, "the region's name, once before and once after"


def test_the_newest_entry_offers_no_way_back_to_itself(editor, organization):
    assert BUTTON not in shown(editor, page_of(organization)).split("So it is now.")[0]
    save(editor, organization, phone="555 0111")
    text = shown(editor, page_of(organization))
    assert text.index("So it is now.") < text.index(BUTTON)


# The way back ------------------------------------------------------------------------------------


def test_going_back_is_asked_first_and_touches_fields_and_rows(editor, organization):
    save(editor, organization, phone="555 0111", taken_away=["US-MD"], added=["US-DC"])
    version = stored(organization).version
    question = editor.get(way_back(organization, to=2))
    text = Page(question).text("content")
    assert "Phone: 555 0111 → 555 0100" in text
    assert "Coverage rule added: Region: Maryland (US-MD)" in text
    assert "Coverage rule taken away: Region: Washington, D.C. (US-DC)" in text
    assert stored(organization).phone == "555 0111"
    assert regions(organization) == ["US-DC", "US-VA"]
    response = go_back(editor, organization, to=2)
    assert response.redirect_chain == [(page_of(organization, "change"), 302)]
    assert "went back to" in said(response)
    after = stored(organization)
    assert (after.phone, regions(organization)) == ("555 0100", ["US-MD", "US-VA"])
    assert after.version > version
    entry = last(organization)
    assert entry.history_change_reason.startswith("Went back to ")
    assert entry.history_user == editor.user
    # What was undone can be come back to.
    go_back(editor, organization, to=2)
    assert stored(organization).phone == "555 0111"
    assert regions(organization) == ["US-DC", "US-VA"]


def test_a_row_that_was_taken_away_and_typed_again_needs_no_way_back(editor, organization):
    save(editor, organization, taken_away=["US-MD"])
    save(editor, organization, added=["US-MD"])
    response = editor.get(way_back(organization, to=3), follow=True)
    assert "There is nothing to go back to" in said(response)


def test_text_is_rendered_again(editor, organization):
    save(editor, organization, how_to_ask="Write to *us*.")
    save(editor, organization, how_to_ask="Call **us**.")
    go_back(editor, organization, to=2)
    assert stored(organization).how_to_ask_html == "<p>Write to <em>us</em>.</p>\n"


@pytest.mark.parametrize("role", ["editor", "publisher", None])
@pytest.mark.parametrize("published", [True, False])
def test_going_back_neither_publishes_nor_withdraws(sign_in, make_member, role, published):
    organization = make_member(phone="555 0100", published=not published)
    organization.phone = "555 0111"
    organization.published = published
    organization.save()
    browser = sign_in(role)
    text = shown(browser, way_back(organization, to=2))
    words = "yes" if published else "no"
    assert f"Published stays as it is: {words}." in text
    go_back(browser, organization, to=2)
    after = stored(organization)
    assert (after.phone, after.published) == ("555 0100", published)


def test_a_confirmation_goes_with_the_facts_that_it_was_of(editor, client, make_member):
    organization = make_member(phone="555 0100")
    organization.confirm(datetime.date(2026, 1, 5), "Ana", "letter")
    organization.phone = "555 0111"
    organization.confirm(datetime.date(2026, 3, 10), "Jane", "telephone")

    def facts():
        one = stored(organization)
        return one.phone, str(one.confirmed_on), one.confirmed_by, one.confirmed_how

    text = shown(editor, way_back(organization, to=2))
    assert "Facts confirmed on: 10 March 2026 → 5 January 2026" in text
    go_back(editor, organization, to=2)
    assert facts() == ("555 0100", "2026-01-05", "Ana", "letter")
    public = Page(client.get(organization.get_absolute_url())).text()
    assert "Details checked on 5 January 2026, by letter." in public
    go_back(editor, organization, to=2)
    assert facts() == ("555 0111", "2026-03-10", "Jane", "telephone")
    go_back(editor, organization, to=5)
    assert facts() == ("555 0100", "None", "", "")


def test_an_editor_does_not_take_away_by_going_back_what_only_a_publisher_may(
    editor, sign_in, organization
):
    added = MembershipPeriod.objects.create(
        organization=organization, joined_on=datetime.date(2019, 1, 1)
    )
    organization.phone = "555 0111"
    organization.save()
    to = 2
    text = shown(editor, way_back(organization, to=to))
    assert "Membership period taken away" in text
    assert "your role may not do this" in text
    go_back(editor, organization, to=to)
    assert stored(organization).phone == "555 0100"
    assert MembershipPeriod.objects.filter(pk=added.pk).exists()
    go_back(sign_in("publisher"), organization, to=3)
    assert not MembershipPeriod.objects.filter(pk=added.pk).exists()


def test_who_may_only_look_sees_the_history_and_no_way_back(sign_in, organization):
    looker = sign_in("editor")
    looker.user.groups.clear()
    looker.user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    organization.save()
    assert BUTTON not in shown(looker, page_of(organization))
    address = way_back(organization, to=2)
    assert looker.get(address).status_code == 403
    assert looker.post(address, {"mark": "x"}).status_code == 403
    assert looker.get(page_of(organization, "deleted")).status_code == 403
    looker.user.user_permissions.clear()
    assert looker.get(page_of(organization)).status_code == 403
    assert looker.get(address).status_code == 403


def test_the_second_of_two_people_is_told_and_nothing_is_lost(editor, sign_in, organization):
    save(editor, organization, phone="555 0111")
    address = way_back(organization, to=2)
    data = asked(editor.get(address))
    save(sign_in("editor"), organization, summary="Theirs.")
    response = editor.post(address, data)
    assert "Somebody else saved this record" in Page(response).text("content")
    assert "Summary: Theirs. → nothing" in Page(response).text("content")
    assert stored(organization).phone == "555 0111"
    assert editor.post(address, asked(response)).status_code == 302
    assert (stored(organization).phone, stored(organization).summary) == ("555 0100", "")


def test_a_form_that_was_open_meanwhile_does_not_overwrite_what_went_back(editor, organization):
    save(editor, organization, phone="555 0111")
    form = typed(editor.get(page_of(organization, "change")))
    go_back(editor, organization, to=2)
    response = editor.post(page_of(organization, "change"), form)
    assert "Somebody else saved this record" in response.text
    assert stored(organization).phone == "555 0100"


def test_an_address_that_another_has_by_now_is_refused_in_a_sentence(
    editor, organization, make_member
):
    old = organization.slug
    save(editor, organization, slug="fictional-new", phone="555 0111")
    make_member("Fictional Other").__class__.objects.filter(name="Fictional Other").first()
    other = Organization.objects.get(name="Fictional Other")
    other.slug = old
    other.save()
    response = go_back(editor, organization, to=2)
    assert "Organization with this Page address already exists." in Page(response).text("content")
    assert (stored(organization).slug, stored(organization).phone) == ("fictional-new", "555 0111")
    assert last(organization).history_change_reason is None


def test_a_contradiction_is_refused_and_nothing_is_half_done(editor, make_member):
    organization = make_member(covers=["US-VA"], phone="1")
    with because("Fictional mistake."):
        wide = Coverage.objects.create(organization=organization, region_id="US")
        organization.phone = "2"
        organization.save()
    wide.delete()
    organization.phone = "3"
    organization.save()
    response = go_back(editor, organization, to=2)
    text = Page(response).text("content")
    assert "The row for the United States says the same of Virginia" in text
    assert (stored(organization).phone, regions(organization)) == ("3", ["US-VA"])


def test_rows_that_would_exchange_their_regions_are_refused_in_a_sentence(editor, organization):
    first, second = organization.coverage.order_by("pk")
    with because("Fictional exchange."):
        for rule_, region in [(first, "US-DC"), (second, "US-VA"), (first, "US-MD")]:
            rule_.region_id = region
            rule_.save()
        organization.save()
    response = go_back(editor, organization, to=2)
    assert "This organization has a rule for this region already." in response.text
    assert [one.region_id for one in organization.coverage.order_by("pk")] == ["US-MD", "US-VA"]


@pytest.mark.parametrize("number", ["0", "999999999", "9" * 30, "9" * 5000])
def test_numbers_that_nothing_has_are_no_page(desk, organization, number):
    own = page_of(organization)
    other = Milestone.objects.first()
    assert desk.get(f"{own}{number}/").status_code == 404
    assert desk.post(f"{own}{number}/", {"mark": "x"}).status_code == 404
    for page in ("history/", f"history/{last(organization).history_id}/"):
        assert desk.get(f"{LIST}{number}/{page}").status_code == 404
    assert desk.get(f"{own}x/").status_code in (302, 404)
    assert desk.get(page_of(organization, "go_back", last(other).history_id)).status_code == 404


# What is deleted ---------------------------------------------------------------------------------


@pytest.fixture
def lost(desk, make_member):
    """A published organization that was deleted at the desk, with its rows."""
    organization = make_member("Fictional Lost", covers=["US-VA", "US-MD"], phone="555 0100")
    FormerName.objects.create(organization=organization, name="Old", slug="fictional-old")
    version = stored(organization)
    assert desk.post(page_of(organization, "delete"), {"post": "yes"}).status_code == 302
    return version


def test_the_list_leads_to_what_is_deleted(editor, lost, desk):
    address = page_of(lost, "deleted")
    assert address in Page(editor.get(LIST)).links("content")
    text = shown(editor, address)
    assert "Fictional Lost Deleted on" in text
    assert f"by {desk.user.username}" in text
    assert way_back(lost, to=1) in Page(editor.get(address)).links("content")
    assert page_of(lost) in Page(editor.get(address)).links("content")
    history = shown(editor, page_of(lost))
    assert "This record is deleted. Bring it back" in history
    assert BUTTON not in history


def test_a_deleted_organization_comes_back_as_a_draft_with_its_rows(editor, client, lost):
    address = way_back(lost, to=1)
    text = shown(editor, address)
    assert "It comes back as a draft, which only the desk sees." in text
    assert "Phone: 555 0100" in text
    assert "Coverage rule added: Region: Maryland (US-MD)" in text
    response = editor.post(address, asked(editor.get(address)), follow=True)
    assert said(response) == "Fictional Lost is back."
    back = Organization.objects.get(pk=lost.pk)
    assert (back.name, back.phone, back.slug) == (lost.name, lost.phone, lost.slug)
    assert not back.published
    assert client.get(back.get_absolute_url()).status_code == 404
    assert regions(back) == ["US-MD", "US-VA"]
    assert [name.slug for name in back.other_names.all()] == ["fictional-old"]
    assert back.memberships.count() == 1
    assert last(back).history_user == editor.user
    assert "Brought back." in shown(editor, page_of(back))
    assert "Fictional Lost" not in shown(editor, page_of(back, "deleted"))
    # Earlier states are there again, too.
    back.phone = "1"
    back.save()
    go_back(editor, back, to=2)
    assert stored(back).phone == "555 0100"


def test_the_second_who_brings_it_back_is_told(editor, lost):
    address = way_back(lost, to=1)
    data = asked(editor.get(address))
    editor.post(address, data)
    response = editor.post(address, data, follow=True)
    assert "It is not deleted." in said(response)
    assert Organization.objects.filter(name="Fictional Lost").count() == 1


def test_a_deleted_one_whose_address_is_taken_does_not_come_back(editor, lost, make_member):
    make_member("Fictional Other", slug=lost.slug)
    address = way_back(lost, to=1)
    response = editor.post(address, asked(editor.get(address)))
    assert "Organization with this Page address already exists." in Page(response).text("content")
    assert not Organization.objects.filter(pk=lost.pk).exists()
    assert not Coverage.objects.filter(organization=lost.pk).exists()


def test_a_deleted_one_has_no_way_back_to_an_earlier_change(editor, lost):
    first = Organization.history.filter(id=lost.pk).earliest()
    response = editor.get(page_of(lost, "go_back", first.history_id), follow=True)
    assert said(response) == "It is deleted: bring it back first."


def test_what_is_deleted_is_paged_with_few_queries(desk, make_member):
    address = LIST + "deleted/"
    make_member("Fictional").delete()
    before = queries(desk, address)
    for number in range(22):
        make_member(f"Fictional {number}").delete()
    assert queries(desk, address) == before
    response = desk.get(address)
    assert len(response.context["records"]) == 20
    assert "Page 1 of 2" in Page(response).text("content")


def test_nothing_is_deleted_is_said(desk):
    assert "Nothing is deleted." in shown(desk, "/admin/members/milestone/deleted/")


# Other records -----------------------------------------------------------------------------------


def test_a_deleted_sister_network_comes_back_with_its_countries(editor, desk):
    network = SisterNetwork.objects.create(name="Fictional network")
    network.countries.set(["CA", "FR"])
    kept = stored(network)
    desk.post(page_of(network, "delete"), {"post": "yes"})
    address = way_back(kept, to=1)
    question = editor.get(address)
    assert "Countries: Canada, France" in Page(question).text("content")
    assert editor.post(address, asked(question)).status_code == 302
    assert sorted(one.pk for one in stored(kept).countries.all()) == ["CA", "FR"]


def test_the_countries_of_a_sister_network_go_back(editor, django_assert_max_num_queries):
    network = SisterNetwork.objects.first()
    address = page_of(network, "change")
    for fields in ({"countries": ["AR", "BR"]}, {"countries": ["BR", "CL"], "description": "New."}):
        data = typed(editor.get(address)) | {"website": "", "description": ""}
        assert editor.post(address, data | fields).status_code == 302
    text = shown(editor, page_of(network))
    assert "Countries: nothing → Argentina, Brazil" in text
    assert "Countries: Argentina, Brazil → Brazil, Chile" in text
    assert text.count("By Maria Fictional") == 2
    assert "Countries: Brazil, Chile → Argentina, Brazil" in shown(editor, way_back(network, to=2))
    go_back(editor, network, to=2)
    assert sorted(network.countries.values_list("code", flat=True)) == ["AR", "BR"]
    assert stored(network).description == ""


@pytest.mark.parametrize("model", [Milestone, ReportedTotal])
def test_a_date_or_a_figure_goes_back_and_comes_back(desk, model):
    record = model.objects.first()
    source = record.source
    record.source = "Fictional source"
    record.save()
    go_back(desk, record, to=2)
    assert stored(record).source == source
    desk.post(page_of(record, "delete"), {"post": "yes"})
    address = way_back(record, to=1)
    assert "draft" not in shown(desk, address)
    assert desk.post(address, asked(desk.get(address))).status_code == 302
    assert stored(record).source == source


@pytest.mark.parametrize("model", ["region", "linkcheck"])
def test_what_staff_do_not_change_has_no_such_pages(desk, model):
    assert desk.get(f"/admin/members/{model}/deleted/", follow=True).redirect_chain


# Accounts ----------------------------------------------------------------------------------------


def test_an_account_that_only_the_history_names_stays(editor, sign_in, organization):
    save(editor, organization, phone="555 0111")
    editor.user.logentry_set.all().delete()
    address = f"/admin/auth/user/{editor.user.pk}/delete/"
    for browser in (sign_in("manager"), sign_in()):
        assert browser.post(address, {"post": "yes"}).status_code == 403
    with pytest.raises(ProtectedError):
        User.objects.get(pk=editor.user.pk).delete()
