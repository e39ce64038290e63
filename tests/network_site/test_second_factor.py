"""Setting up a second factor, losing it, and the commands for both."""

import re

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from network_site import second_factor
from tests.network_site.staff import (
    CODE,
    CODES,
    DESK,
    ENROL,
    LOGIN,
    PASSWORD,
    app_with_the_key_on,
    code_of,
    forget_the_pause,
    give_code,
    give_password,
    is_in,
    wrong_code,
)
from tests.pages import Page

pytestmark = pytest.mark.django_db


# Enrolment ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", DESK)
def test_who_has_no_second_factor_sees_the_enrolment_page_alone(client, user, address):
    assert give_password(client)["Location"] == ENROL
    assert client.get(ENROL).status_code == 200
    assert client.get(address).status_code == 302
    assert client.get(CODE)["Location"] == LOGIN


def test_enrolment_takes_the_key_over_and_shows_ten_recovery_codes_once(client, user):
    client.post(LOGIN, {"username": "maria", "password": PASSWORD, "next": "/admin/auth/user/"})
    page = Page(client.get(ENROL))
    drawing, white, squares = page.find("svg", role="img") + page.find("path")[:2]
    assert drawing["aria-label"]
    assert len(re.findall("M", squares["d"])) > 300
    assert white["fill"] == "#fff"
    app = app_with_the_key_on(page)
    (link,) = [one for one in page.links("content") if one.startswith("otpauth:")]
    assert "issuer=Innocence%20Network" in link
    response = client.post(ENROL, {"code": code_of(app)})
    codes = re.findall(r"<strong>([a-z2-7]{4} [a-z2-7]{4})</strong>", response.content.decode())
    assert len(set(codes)) == 10
    assert "no-store" in response["Cache-Control"]
    assert "/admin/auth/user/" in Page(response).links("content")
    assert is_in(client)
    assert codes[0] not in client.get(CODES).content.decode()
    stored = StaticToken.objects.filter(device__user=user).values_list("token", flat=True)
    assert {code.replace(" ", "") for code in codes} == set(stored)
    other = Client()
    assert give_password(other)["Location"] == CODE
    assert give_code(other, code_of(app)).status_code == 200, "its first code is used up"
    forget_the_pause(TOTPDevice.objects.get())
    assert give_code(other, code_of(app, 1)).status_code == 302


def test_a_code_of_another_key_enrols_nobody(client, user):
    give_password(client)
    app = app_with_the_key_on(Page(client.get(ENROL)))
    response = client.post(ENROL, {"code": wrong_code(app)})
    assert "This code is wrong" in response.content.decode()
    assert app_with_the_key_on(Page(response)).key == app.key, "the app need not scan again"
    assert not TOTPDevice.objects.exists()
    assert not is_in(client)


def test_each_sign_in_offers_a_key_of_its_own(user):
    keys = set()
    for client in (Client(), Client()):
        give_password(client)
        keys.add(app_with_the_key_on(Page(client.get(ENROL))).key)
    assert len(keys) == 2


def test_of_two_who_enrol_one_account_the_second_comes_too_late(user):
    first, second = Client(), Client()
    apps = []
    for client in (first, second):
        give_password(client)
        apps.append(app_with_the_key_on(Page(client.get(ENROL))))
    assert first.post(ENROL, {"code": code_of(apps[0])}).status_code == 200
    assert second.post(ENROL, {"code": code_of(apps[1])})["Location"] == LOGIN
    assert second_factor.enrol(user, apps[1].key, code_of(apps[1])) is None
    assert TOTPDevice.objects.get().key == apps[0].key


def test_looking_at_a_page_of_the_sign_in_changes_nothing(client, user):
    give_password(client)
    before = dict(client.session)
    for address in (LOGIN, CODE, ENROL, "/admin/password-reset/"):
        client.get(address)
    assert dict(client.session) == before
    assert not TOTPDevice.objects.exists()
    assert not StaticDevice.objects.exists()


def test_new_recovery_codes_cost_a_code_and_void_the_old_ones(client, app, user):
    give_password(client)
    give_code(client, code_of(app))
    old = second_factor.codes_left(user), set(StaticToken.objects.values_list("token", flat=True))
    assert "10 recovery codes left" in Page(client.get(CODES)).text("content")
    assert client.post(CODES, {"code": "abcd efgh"}).status_code == 200
    assert set(StaticToken.objects.values_list("token", flat=True)) == old[1]
    client.post(CODES, {"code": code_of(app, 1)})
    new = set(StaticToken.objects.values_list("token", flat=True))
    assert len(new) == 10
    assert not new & old[1]


# A lost second factor ----------------------------------------------------------------------------


def reset(client, *users):
    chosen = [user.pk for user in users]
    data = {"action": "reset_second_factor", "_selected_action": chosen}
    return client.post("/admin/auth/user/", data, follow=True)


def test_a_manager_resets_a_lost_second_factor_and_sessions_end(client, app, user, sign_in):
    give_password(client)
    give_code(client, code_of(app))
    response = reset(sign_in("manager"), user)
    assert "sets up a new second factor" in response.content.decode()
    assert not is_in(client)
    assert not StaticToken.objects.filter(device__user=user).exists()
    assert give_password(client)["Location"] == ENROL
    manager = User.objects.exclude(pk=user.pk).get()
    assert manager.logentry_set.get().change_message == "Second factor reset."


def test_one_account_is_reset_at_a_time(app, user, sign_in):
    other = sign_in("editor").user
    assert "Choose one account" in reset(sign_in("manager"), user, other).content.decode()
    assert TOTPDevice.objects.filter(user__in=[user, other]).count() == 2


@pytest.mark.parametrize("role", ["editor", "publisher"])
def test_only_managers_reset(app, user, sign_in, role):
    assert reset(sign_in(role), user).status_code == 403
    assert TOTPDevice.objects.filter(user=user).exists()


# Commands ----------------------------------------------------------------------------------------


def test_the_first_second_factor_is_made_on_the_server(client, user, capsys):
    call_command("add_second_factor", "maria")
    shown = capsys.readouterr().out
    app = TOTPDevice.objects.get(user=user)
    assert second_factor.key_to_type(app) in shown
    assert "▀" in shown
    code = StaticToken.objects.filter(device__user=user).first().token
    assert second_factor.in_fours(code) in shown
    give_password(client)
    assert give_code(client, code_of(app)).status_code == 302
    with pytest.raises(CommandError, match="already"):
        call_command("add_second_factor", "maria")
    with pytest.raises(CommandError, match="no user"):
        call_command("add_second_factor", "nobody")


def test_the_last_manager_gets_out_by_a_command(client, app, capsys):
    call_command("reset_second_factor", "maria")
    assert "next sign-in" in capsys.readouterr().out
    assert give_password(client)["Location"] == ENROL
    with pytest.raises(CommandError, match="no user"):
        call_command("reset_second_factor", "nobody")


def test_an_account_to_try_the_desk_is_made_on_ones_own_machine_only(client, settings, capsys):
    for _ in range(2):
        call_command("add_staff")
        shown = capsys.readouterr().out
        password = re.search(r"Password: +(\S+)", shown)[1]
        code = re.search(r"Code at present: +(\d{6})", shown)[1]
        client = Client()
        give_password(client, password, username="staff")
        assert give_code(client, code).status_code == 302
        assert client.get("/admin/auth/user/").status_code == 200
    settings.HTTPS = True
    with pytest.raises(CommandError, match="own machine only"):
        call_command("add_staff", username="other")
    assert not User.objects.filter(username="other").exists()


def test_an_account_to_try_the_desk_takes_no_superuser_over(capsys):
    User.objects.create_superuser("boss", password=PASSWORD)
    with pytest.raises(CommandError, match="superuser"):
        call_command("add_staff", username="boss")
