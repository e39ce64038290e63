"""Publish, withdraw and preview; who may, what is asked first, and what is then where."""

import datetime

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError

from members.admin import OrganizationAdmin
from members.admin.publishing import Verb
from members.models import Organization
from tests.members.desk_forms import ADD, LIST, organization_data, page_of, typed
from tests.pages import Page

pytestmark = pytest.mark.django_db

ACTIONS = {"publish": "publish_selected", "withdraw": "withdraw_selected"}


@pytest.fixture
def looker(sign_in):
    """The browser of somebody who may look at everything and change nothing."""
    client = sign_in("editor")
    client.user.groups.clear()
    client.user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    return client


def chosen(verb, *organizations, **more):
    return {"action": ACTIONS[verb], "_selected_action": [one.pk for one in organizations]} | more


def published(organization):
    return Organization.objects.get(pk=organization.pk).published


def messages(response):
    return [str(message) for message in response.context["messages"]]


# The verbs ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("verb", "before"), [("publish", False), ("withdraw", True)])
def test_a_button_asks_first_and_then_does_it(desk, client, make_member, verb, before):
    organization = make_member(covers=["US-VA"], published=before)
    address = page_of(organization, verb)
    assert address in Page(desk.get(page_of(organization))).links("content")
    question = desk.get(address)
    assert organization.name in Page(question).text("content")
    assert published(organization) is before
    response = desk.post(address, {"confirmed": "x"}, follow=True)
    assert response.redirect_chain == [(page_of(organization), 302)]
    assert published(organization) is not before
    assert client.get(organization.get_absolute_url()).status_code == (404 if before else 200)
    assert organization.name in messages(response)[0]
    assert LogEntry.objects.filter(object_id=organization.pk).count() == 1


@pytest.mark.parametrize(
    ("page", "data"),
    [("publish", {}), ("confirm", {"on": "2026-03-10", "how": "telephone", "by": "Jane"})],
)
def test_what_somebody_else_changed_meanwhile_is_not_published_or_confirmed_unseen(
    desk, make_member, page, data
):
    organization = make_member(published=False)
    address = page_of(organization, page)
    (seen,) = (one["value"] for one in Page(desk.get(address)).find("input", name="seen"))
    asked_again = desk.post(address, {"seen": seen, "on": "x"})
    assert seen in asked_again.text
    organization.phone = "555 0111"
    organization.save()
    answer = data | {"seen": seen, "confirmed": "x"}
    assert "Somebody else saved this record" in messages(desk.post(address, answer, follow=True))[0]
    organization.refresh_from_db()
    assert (organization.published, organization.confirmed_on) == (False, None)
    (seen,) = (one["value"] for one in Page(desk.get(address)).find("input", name="seen"))
    desk.post(address, answer | {"seen": seen})
    organization.refresh_from_db()
    assert organization.published or organization.confirmed_on


@pytest.mark.parametrize(("verb", "before"), [("publish", False), ("withdraw", True)])
def test_an_action_asks_first_and_then_does_it_for_each(desk, make_member, verb, before):
    organizations = [make_member(f"Fictional {n}", published=before) for n in range(3)]
    other = make_member("Fictional Other", published=not before)
    question = desk.post(LIST, chosen(verb, *organizations, other, index="0"))
    hidden = Page(question).find("input", name="_selected_action")
    assert sorted(one["value"] for one in hidden) == sorted(str(one.pk) for one in organizations)
    assert {published(one) for one in organizations} == {before}
    response = desk.post(LIST, chosen(verb, *organizations, confirmed="x"), follow=True)
    assert {published(one) for one in organizations} == {not before}
    assert "Fictional 0, Fictional 1 and Fictional 2" in messages(response)[0]
    assert LogEntry.objects.count() == 3


def test_without_the_answer_to_the_question_nothing_happens(desk, make_member):
    organization = make_member(published=False)
    assert desk.post(page_of(organization, "publish")).status_code == 200
    assert not published(organization)


def test_what_is_public_already_is_not_published_again(desk, make_member):
    organization = make_member()
    for response in (
        desk.get(page_of(organization, "publish"), follow=True),
        desk.post(LIST, chosen("publish", organization, index="0"), follow=True),
    ):
        assert "Nothing to publish" in messages(response)[0]
    assert not LogEntry.objects.exists()


def test_the_tick_box_is_gone_and_cannot_be_sent(desk, make_member):
    assert desk.post(ADD, organization_data(published="on")).status_code == 302
    assert not Organization.objects.get(slug="fictional-legal-clinic").published
    organization = make_member(published=False)
    data = typed(desk.get(page_of(organization)))
    assert "published" not in data
    assert desk.post(page_of(organization), data | {"published": "on"}).status_code == 302
    assert not published(organization)


def test_who_publishes_is_told_what_the_public_will_not_find(desk, make_member):
    bare = make_member(published=False, member=False)
    text = Page(desk.get(page_of(bare, "publish"))).text("content")
    for words in (
        "no membership period that includes today: published, it is still in no list",
        "the finder offers it for no place",
        "No address, telephone or website is known",
        "Nobody has confirmed its facts yet",
    ):
        assert words in text
    whole = make_member(
        covers=["US-VA"],
        published=False,
        phone="555 0100",
        confirmed_on=datetime.date(2020, 3, 4),
        confirmed_how="letter",
    )
    assert not Page(desk.get(page_of(whole, "publish"))).find("ul", class_="warnings")


def test_who_withdraws_is_told_that_jobs_go_with_it(desk, make_member):
    organization = make_member()
    assert "open job" not in Page(desk.get(page_of(organization, "withdraw"))).text("content")
    organization.job_openings.create(
        title="Fictional Attorney", kind="attorney", description="x", published=True
    )
    text = Page(desk.get(page_of(organization, "withdraw"))).text("content")
    assert "Its 1 open job goes from the site with it." in text


def test_a_verb_that_the_record_refuses_is_told_and_changes_nothing(desk, make_member, monkeypatch):
    refused, done = (make_member(name, published=False) for name in ("Fictional A", "Fictional B"))

    def publish(organization):
        if organization.pk == refused.pk:
            raise ValidationError("Say what changed.")
        organization.published = True
        organization.save()

    monkeypatch.setattr(Organization, "publish", publish)
    response = desk.post(LIST, chosen("publish", refused, done, confirmed="x"), follow=True)
    assert "Fictional A: Say what changed." in messages(response)
    assert (published(refused), published(done)) == (False, True)


def test_a_model_that_cannot_be_withdrawn_is_not_offered_it(rf, desk, make_member):
    class PublishOnly(OrganizationAdmin):
        verbs = [Verb.PUBLISH]

    model_admin = PublishOnly(Organization, admin.site)
    request = rf.get(LIST)
    request.user = desk.user
    assert {"publish_selected"} == model_admin.get_actions(request).keys() & set(ACTIONS.values())
    tools = [str(words) for words, _address in model_admin.object_tools(request, make_member())]
    assert "Withdraw" not in tools
    names = {route.name for route in model_admin.get_urls()}
    assert "members_organization_publish" in names
    assert "members_organization_withdraw" not in names


# Who may -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["publish", "withdraw"])
def test_only_who_may_publish_has_the_buttons_and_the_actions(sign_in, make_member, verb):
    organization = make_member(published=verb == "withdraw")
    for role, may in (("editor", False), ("publisher", True), ("manager", True)):
        browser = sign_in(role)
        assert (page_of(organization, verb) in browser.get(page_of(organization)).text) is may
        assert (ACTIONS[verb] in browser.get(LIST).text) is may
        assert browser.get(page_of(organization, verb)).status_code == (200 if may else 403)
    editor = sign_in("editor")
    before = published(organization)
    assert editor.post(page_of(organization, verb), {"confirmed": "x"}).status_code == 403
    editor.post(LIST, chosen(verb, organization, confirmed="x"))
    assert published(organization) is before


@pytest.mark.parametrize("page", ["publish", "withdraw", "confirm"])
def test_who_may_only_look_gets_no_further(looker, make_member, page):
    organization = make_member(published=page == "withdraw")
    version = Organization.objects.get(pk=organization.pk).version
    assert looker.get(page_of(organization)).status_code == 200
    assert page_of(organization, page) not in looker.get(page_of(organization)).text
    data = {"confirmed": "x", "on": "2020-01-01", "by": "x", "how": "letter"}
    assert looker.get(page_of(organization, page)).status_code == 403
    assert looker.post(page_of(organization, page), data).status_code == 403
    looker.post(LIST, {"action": f"{page}_selected", "_selected_action": organization.pk, **data})
    assert Organization.objects.get(pk=organization.pk).version == version


PAGES = ["publish", "withdraw", "confirm", "preview"]


@pytest.mark.parametrize("page", PAGES)
def test_who_is_not_signed_in_is_led_to_the_sign_in(client, make_member, page):
    address = page_of(make_member(published=False), page)
    response = client.get(address)
    assert response.status_code == 302
    assert response["Location"].startswith("/admin/login/")
    response = client.post(address, {"confirmed": "x"})
    assert response.status_code == 403
    assert "Sign in again" in response.content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_a_post_without_the_token_is_refused(desk, make_member, page):
    desk.handler.enforce_csrf_checks = True
    address = page_of(make_member(published=page == "withdraw"), page)
    assert desk.post(address, {"confirmed": "x"}).status_code == 403


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("pk", ["0", "x", "9" * 30, "_0A"])
def test_a_record_that_does_not_exist_is_told(desk, page, pk):
    response = desk.get(f"{LIST}{pk}/{page}/", follow=True)
    assert response.status_code == 200
    assert "exist" in messages(response)[0]


def test_the_list_ignores_records_that_are_gone(desk, make_member):
    organization = make_member(published=False)
    data = chosen("publish", organization, confirmed="x") | {
        "_selected_action": [organization.pk, 999_999]
    }
    assert desk.post(LIST, data).status_code == 302
    assert published(organization)


# The preview, and the way to the public page -----------------------------------------------------


def test_a_draft_is_previewed_as_the_public_page_by_the_desk_only(sign_in, client, make_member):
    organization = make_member(
        "Fictional Draft", covers=["US-VA"], published=False, member=False, phone="555 0100"
    )
    editor = sign_in("editor")
    address = page_of(organization, "preview")
    assert address in Page(editor.get(page_of(organization))).links("content")
    response = editor.get(address)
    page = Page(response)
    text = page.text()
    assert text.startswith("Preview: not public")
    assert "Takes cases from all of Virginia." in text
    assert "555 0100" in text
    assert page.find("meta", name="robots", content="noindex")
    assert not page.find("link", rel="canonical")
    assert "no-store" in response["Cache-Control"]
    assert client.get(organization.get_absolute_url()).status_code == 404
    assert editor.get(organization.get_absolute_url()).status_code == 404


def test_the_preview_says_what_the_public_page_says(desk, client, make_member):
    organization = make_member(covers=["US-VA", "US-MD"], phone="555 0100")
    public = Page(client.get(organization.get_absolute_url())).text()
    assert Page(desk.get(page_of(organization, "preview"))).text().endswith(public)


def test_without_permission_to_look_there_is_no_preview(sign_in, make_member):
    nobody = sign_in("editor")
    nobody.user.groups.clear()
    assert nobody.get(page_of(make_member(published=False), "preview")).status_code == 403


def test_the_way_to_the_public_page_is_offered_where_there_is_one(desk, make_member):
    public, draft = make_member(), make_member(published=False)
    without = make_member(member=False)
    assert desk.get(page_of(public)).context["has_absolute_url"]
    for organization in (draft, without):
        response = desk.get(page_of(organization))
        assert not response.context["has_absolute_url"]
        assert organization.get_absolute_url() not in response.text


# The list ----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("no_members")
def test_the_list_tells_and_filters_who_is_public(desk, make_member):
    public = make_member("Fictional Public")
    draft = make_member("Fictional Draft", published=False)
    without = make_member("Fictional Without", member=False)
    for standing, organization in (("public", public), ("draft", draft), ("unlisted", without)):
        found = desk.get(LIST, {"standing": standing}).context["cl"].queryset
        assert list(found) == [organization]
    assert "Nobody: published, but not a member today" in desk.get(LIST).text
    assert desk.get(LIST, {"standing": "x"}, follow=True).status_code == 200


@pytest.mark.usefixtures("no_members")
def test_the_list_costs_no_more_with_more_rows(desk, make_member, django_assert_max_num_queries):
    def asked():
        with django_assert_max_num_queries(40) as queries:
            assert desk.get(LIST).status_code == 200
        return len(queries)

    make_member("Fictional First", covers=["US-VA"])
    before = asked()
    for number in range(5):
        make_member(f"Fictional {number}", covers=["US-VA"], region_id="DE")
    assert asked() == before
