"""Who may do what at the desk: the table of the roles, and what no role gets round."""

from io import StringIO

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.test import Client

from members.models import Coverage, Organization
from network_site.roles import PERMISSIONS, Role
from tests.members.desk_forms import problems, typed
from tests.pages import Page

pytestmark = pytest.mark.django_db

EDITOR, PUBLISHER, MANAGER = {"editor"}, {"publisher"}, {"manager"}
ALL, ABOVE = EDITOR | PUBLISHER | MANAGER, PUBLISHER | MANAGER
# Model: who may view, add, change and delete.
TABLE = {
    "members.organization": (ALL, ALL, ALL, ABOVE),
    "members.coverage": (ALL, ALL, ALL, ALL),
    "members.formername": (ALL, ALL, ALL, ALL),
    "members.membershipperiod": (ALL, ALL, ALL, ABOVE),
    "members.sisternetwork": (ALL, ALL, ALL, ABOVE),
    "members.milestone": (ALL, ALL, ALL, ABOVE),
    "members.reportedtotal": (ALL, ALL, ALL, ABOVE),
    "members.region": (ALL, set(), set(), set()),
    "members.linkcheck": (ALL, set(), set(), set()),
    "jobs.jobopening": (ALL, ALL, ALL, ABOVE),
    "statements.statement": (ALL, ALL, ALL, ABOVE),
    "statements.edition": (ALL, ALL, ALL, ABOVE),
    "statements.page": (ALL, set(), ALL, set()),
    "auth.user": (MANAGER, MANAGER, MANAGER, MANAGER),
    "auth.group": (MANAGER, set(), set(), set()),
}
ABOVE_THE_MODELS = {
    "members.import_organization",
    "members.publish_organization",
    "jobs.import_jobopening",
    "jobs.publish_jobopening",
    "statements.publish_edition",
}
USERS = "/admin/auth/user/"


def sync():
    """What the command says, and what it warns of."""
    said, warned = StringIO(), StringIO()
    call_command("sync_roles", stdout=said, stderr=warned)
    return said.getvalue(), warned.getvalue()


def held():
    """The permissions of each role's group, by name."""
    pairs = Group.objects.values_list(
        "name", "permissions__content_type__app_label", "permissions__codename"
    )
    return {(role, f"{app}.{codename}") for role, app, codename in pairs}


# The table ---------------------------------------------------------------------------------------


def test_each_role_holds_what_the_table_says_and_nothing_else():
    expected = {
        (role, f"{app}.{verb}_{model}")
        for label, columns in TABLE.items()
        for app, model in [label.split(".")]
        for verb, roles in zip(("view", "add", "change", "delete"), columns, strict=True)
        for role in roles
    }
    expected |= {(role, name) for role in ABOVE for name in ABOVE_THE_MODELS}
    assert {(role, name) for role, names in PERMISSIONS.items() for name in names} == expected
    assert {pair for pair in expected if pair[1] not in ABOVE_THE_MODELS} <= held() <= expected


def test_roles_are_made_current_again_and_twice_changes_nothing():
    before = held()
    editors = Group.objects.get(name="editor")
    editors.permissions.set([Permission.objects.get(codename="delete_user")])
    Group.objects.get(name="manager").delete()
    sync()
    assert held() == before
    sync()
    assert held() == before


def test_all_that_is_published_by_a_verb_has_its_permission():
    assert {(role, name) for role in ABOVE for name in ABOVE_THE_MODELS} <= held()
    assert not sync()[1]


def test_a_permission_that_no_model_has_yet_is_named_and_later_given():
    kind = ContentType.objects.get_for_model(Organization)
    Permission.objects.filter(codename__in=["publish_organization"]).delete()
    _, warned = sync()
    assert "members.publish_organization" in warned
    Permission.objects.create(codename="publish_organization", name="x", content_type=kind)
    _, warned = sync()
    assert "members.publish_organization" not in warned
    assert held() >= {(role, "members.publish_organization") for role in ABOVE}


# At the desk -------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("/admin/", ALL),
        ("/admin/members/organization/", ALL),
        ("/admin/members/organization/add/", ALL),
        ("/admin/members/region/", ALL),
        ("/admin/members/region/add/", set()),
        (USERS, MANAGER),
        (f"{USERS}add/", MANAGER),
        ("/admin/auth/group/", MANAGER),
        ("/admin/auth/group/add/", set()),
    ],
)
def test_the_desk_opens_to_a_role_what_the_table_says(sign_in, role, address, allowed):
    expected = 200 if role in allowed else 403
    assert sign_in(role).get(address).status_code == expected


@pytest.mark.parametrize("role", [*Role.values, None])
@pytest.mark.parametrize("model", ["otp_totp/totpdevice", "otp_static/staticdevice"])
def test_keys_and_recovery_codes_are_for_nobody_to_read(sign_in, role, model):
    assert sign_in(role).get(f"/admin/{model}/").status_code == 404


def test_a_role_is_looked_at_and_not_changed(sign_in):
    group = Group.objects.get(name="editor")
    for client in (sign_in("manager"), sign_in()):
        address = f"/admin/auth/group/{group.pk}/change/"
        assert client.get(address).status_code == 200
        assert client.post(address, {"name": "editor", "permissions": []}).status_code == 403
        assert client.post(f"/admin/auth/group/{group.pk}/delete/").status_code == 403


def test_an_editor_deletes_coverage_and_no_organization(sign_in, make_member):
    organization = make_member(covers=["US-VA"])
    address = f"/admin/members/organization/{organization.pk}/delete/"
    assert sign_in("editor").post(address, {"post": "yes"}).status_code == 403
    editor = User.objects.get(groups__name="editor")
    assert editor.has_perm("members.delete_coverage")
    assert sign_in("publisher").post(address, {"post": "yes"}).status_code == 302
    assert not Coverage.objects.filter(organization=organization).exists()


@pytest.mark.parametrize(("opening", "status"), [(False, 302), (True, 403)])
def test_an_editor_deletes_a_draft_unless_what_is_published_goes_with_it(
    sign_in, make_member, opening, status
):
    draft = make_member(covers=["US-VA"], published=False)
    text = {"title": "Fictional job", "kind": "attorney", "description": "Fictional."}
    draft.job_openings.create(**text, published=opening)
    address = f"/admin/members/organization/{draft.pk}/delete/"
    assert sign_in("editor").post(address, {"post": "yes"}).status_code == status
    assert Organization.objects.filter(pk=draft.pk).exists() is (status == 403)


# Accounts ----------------------------------------------------------------------------------------


def change(client, user, **fields):
    """Posts the account's form as it is but for these fields."""
    return client.post(address_of(user), opened(client, user) | fields)


def address_of(user):
    return f"{USERS}{user.pk}/change/"


def opened(client, user):
    """What the account's form would send unchanged."""
    seen = Page(client.get(address_of(user))).find("input", name="version_seen")
    role = user.groups.first()
    return {
        **{one["name"]: one["value"] for one in seen},
        "username": user.username,
        "email": user.email,
        "role": role.pk if role else "",
        "is_active": "on",
    }


def group(name):
    return Group.objects.get(name=name).pk


def test_a_manager_changes_a_colleague_and_the_role(sign_in):
    colleague = sign_in("editor").user
    manager = sign_in("manager")
    assert change(
        manager, colleague, role=group("publisher"), last_name="Fictional"
    ).status_code == (302)
    colleague.refresh_from_db()
    assert [one.name for one in colleague.groups.all()] == ["publisher"]
    assert colleague.get_full_name() == "Fictional"
    assert change(manager, colleague, is_active="").status_code == 302
    colleague.refresh_from_db()
    assert not colleague.is_active


def test_the_second_of_two_managers_at_one_account_is_told(sign_in):
    colleague = sign_in("publisher").user
    first, second = sign_in("manager"), sign_in("manager")
    mine = opened(second, colleague) | {"first_name": "Maria"}
    assert change(first, colleague, is_active="", role=group("editor")).status_code == 302
    response = second.post(address_of(colleague), mine)
    said = problems(response)
    assert "Somebody else saved this record after you opened it" in said
    assert "First name – saved now: nothing" in said
    assert "Active – saved now: no" in said
    assert "Role – saved now: editor" in said
    colleague.refresh_from_db()
    assert (colleague.is_active, colleague.first_name) == (False, "")
    assert [one.name for one in colleague.groups.all()] == ["editor"]
    # What was typed is kept, and told so, the second decides.
    kept = typed(response)
    assert kept["first_name"] == "Maria"
    assert second.post(address_of(colleague), kept | {"is_active": ""}).status_code == 302
    colleague.refresh_from_db()
    assert (colleague.is_active, colleague.first_name) == (False, "Maria")
    assert [one.name for one in colleague.groups.all()] == ["publisher"]


def test_a_role_alone_that_somebody_else_gave_is_not_taken_back_unasked(sign_in):
    colleague, first, second = sign_in("publisher").user, sign_in("manager"), sign_in("manager")
    mine = opened(second, colleague)
    change(first, colleague, role=group("editor"))
    assert "Role – saved now: editor" in problems(second.post(address_of(colleague), mine))


def test_a_colleague_who_signs_in_meanwhile_hinders_no_change_of_the_account(sign_in):
    colleague, manager = sign_in("editor").user, sign_in("manager")
    mine = opened(manager, colleague)
    Client().force_login(colleague)
    assert manager.post(address_of(colleague), mine).status_code == 302


def test_an_account_that_is_no_longer_active_is_out_at_once(sign_in):
    editor = sign_in("editor")
    assert editor.get("/admin/").status_code == 200
    change(sign_in("manager"), editor.user, is_active="")
    assert editor.get("/admin/").status_code == 302


RAISING = {
    "is_superuser": "on",
    "is_staff": "on",
    "user_permissions": ["1", "2"],
    "groups": ["1", "2", "3"],
    "password": "pbkdf2_sha256$1$a$b",
    "usable_password": "true",
    "password1": "fictional-words",
    "password2": "fictional-words",
}


def test_fields_that_a_manager_posts_beside_the_form_do_nothing(sign_in):
    manager = sign_in("manager")
    colleague = sign_in("editor").user
    password = colleague.password
    assert change(manager, colleague, **RAISING).status_code == 302
    colleague.refresh_from_db()
    assert not colleague.is_superuser
    assert not colleague.user_permissions.exists()
    assert [one.name for one in colleague.groups.all()] == ["editor"]
    assert colleague.password == password
    new = {"email": "new@example.org", "role": group("editor")} | RAISING
    assert manager.post(f"{USERS}add/", new).status_code == 302
    invited = User.objects.get(email="new@example.org")
    assert not invited.is_superuser
    assert not invited.user_permissions.exists()
    assert not invited.has_usable_password()


def test_a_role_is_one_of_the_three(sign_in):
    other = Group.objects.create(name="everything")
    other.permissions.set(Permission.objects.all())
    colleague = sign_in("editor").user
    response = change(sign_in("manager"), colleague, role=other.pk)
    assert "Select a valid choice" in response.content.decode()
    assert [one.name for one in colleague.groups.all()] == ["editor"]


@pytest.mark.parametrize("active", [True, False])
def test_a_manager_changes_nothing_of_a_superuser(sign_in, active):
    superuser = sign_in(is_active=active).user
    superuser.set_unusable_password()
    superuser.save()
    manager = sign_in("manager")
    assert manager.get(f"{USERS}{superuser.pk}/change/").status_code == 200
    assert change(manager, superuser, email="mine@example.org").status_code == 403
    assert manager.post(f"{USERS}{superuser.pk}/delete/", {"post": "yes"}).status_code == 403
    for action in ("reset_second_factor", "delete_selected", "invite_again"):
        data = {"action": action, "_selected_action": [superuser.pk], "post": "yes"}
        manager.post(USERS, data)
    again = User.objects.get(pk=superuser.pk)
    assert (again.email, again.is_active) == (superuser.email, active)
    assert again.totpdevice_set.count() == 1


def test_a_superuser_changes_another(sign_in):
    other = sign_in().user
    assert change(sign_in(), other, email="other@example.org").status_code == 302
    other.refresh_from_db()
    assert other.email == "other@example.org"
    assert other.is_superuser


@pytest.mark.parametrize("role", ["manager", None])
def test_nobody_raises_resets_or_removes_themselves(sign_in, role):
    client = sign_in(role)
    user = client.user
    fields = {"role": group("publisher"), "is_active": "", "first_name": "Maria"}
    assert change(client, user, **fields).status_code == 302
    user.refresh_from_db()
    assert user.first_name == "Maria", "the rest is theirs to change"
    assert user.is_active
    assert [one.name for one in user.groups.all()] == ([role] if role else [])
    assert client.post(f"{USERS}{user.pk}/delete/", {"post": "yes"}).status_code == 403
    client.post(USERS, {"action": "reset_second_factor", "_selected_action": [user.pk]})
    assert client.get("/admin/").status_code == 200


def test_nobody_sets_the_password_of_another(sign_in):
    colleague = sign_in("editor").user
    for client in (sign_in("manager"), sign_in()):
        page = Page(client.get(f"{USERS}{colleague.pk}/password/", follow=True))
        assert not page.find("input", type="password")
        assert not page.find("a", href="../password/")


@pytest.mark.parametrize("lookup", ["password__startswith=a", "totpdevice__key__startswith=a"])
def test_secrets_cannot_be_guessed_by_filters(sign_in, lookup):
    assert sign_in("manager").get(f"{USERS}?{lookup}").status_code in (302, 400)


def test_an_account_is_deleted_unless_the_history_needs_its_name(sign_in):
    manager = sign_in("manager")
    unused, used = sign_in("editor").user, sign_in("manager")
    change(used, unused, first_name="Maria")
    for user, status in ((unused, 302), (used.user, 403)):
        address = f"{USERS}{user.pk}/delete/"
        assert manager.post(address, {"post": "yes"}).status_code == status
    assert not User.objects.filter(pk=unused.pk).exists()


def test_the_list_of_accounts_says_who_can_sign_in_and_asks_little(
    sign_in, django_assert_max_num_queries
):
    manager = sign_in("manager")
    sign_in("editor", with_second_factor=False)
    with django_assert_max_num_queries(16) as few:
        page = manager.get(USERS).content.decode()
    assert "invited, no password yet" in page
    for number in range(20):
        user = User.objects.create_user(f"fictional-{number}")
        user.groups.set([group("editor")])
    with django_assert_max_num_queries(len(few)):
        manager.get(USERS)
