"""Signing in: a password, then a code of the app or a recovery code; and how that ends."""

import time
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticToken

from network_site import second_factor
from tests.network_site.staff import (
    CODE,
    DESK,
    LOGIN,
    PASSWORD,
    code_of,
    forget_the_pause,
    give_code,
    give_password,
    is_in,
    wrong_code,
)
from tests.pages import Page

pytestmark = pytest.mark.django_db

# Two steps ---------------------------------------------------------------------------------------


def test_password_and_code_lead_to_the_page_that_was_asked_for(client, app):
    asked = "/admin/members/organization/?q=virginia"
    assert (
        client.get(asked)["Location"] == f"{LOGIN}?next=/admin/members/organization/%3Fq%3Dvirginia"
    )
    data = {"username": "maria", "password": PASSWORD, "next": asked}
    assert client.post(LOGIN, data)["Location"] == CODE
    assert client.get(CODE).status_code == 200
    assert give_code(client, code_of(app))["Location"] == asked
    assert is_in(client)


@pytest.mark.parametrize(
    "then", ["https://fictional.example/", "//fictional.example", "javascript:x"]
)
def test_signing_in_leads_to_no_other_site(client, app, then):
    client.post(LOGIN, {"username": "maria", "password": PASSWORD, "next": then})
    assert give_code(client, code_of(app))["Location"] == "/admin/"


@pytest.mark.parametrize("address", DESK)
def test_a_password_alone_opens_no_page_of_the_desk(client, app, address):
    give_password(client)
    for response in (client.get(address), client.post(address)):
        assert response.status_code == 302
        assert response["Location"] in (f"{LOGIN}?next={address}", "/admin/")
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("address", DESK)
def test_a_session_without_the_second_factor_opens_no_page_of_the_desk(sign_in, address):
    client = sign_in("manager", with_second_factor=False)
    second_factor.add_app(client.user)
    for response in (client.get(address), client.post(address)):
        assert response.status_code == 302
        assert response["Location"] in (f"{LOGIN}?next={address}", "/admin/")
    assert client.get(LOGIN).status_code == 200


@pytest.mark.parametrize("password", ["wrong", "", PASSWORD.upper(), f"{PASSWORD}\0"])
def test_a_wrong_password_leads_nowhere(client, app, password):
    response = give_password(client, password)
    assert response.status_code == 200
    assert 'value="maria"' in response.content.decode()
    assert client.get(CODE)["Location"] == LOGIN


def test_who_is_not_of_the_staff_or_not_active_does_not_get_in(client, app, user):
    for field in ("is_staff", "is_active"):
        User.objects.filter(pk=user.pk).update(**{field: False})
        assert "wrong" in give_password(client).content.decode()
        User.objects.filter(pk=user.pk).update(**{field: True})


def test_the_second_step_is_only_for_who_has_just_done_the_first(client, app, monkeypatch):
    assert client.get(CODE)["Location"] == LOGIN
    assert give_code(client, code_of(app))["Location"] == LOGIN
    give_password(client)
    later = time.time() + 601
    monkeypatch.setattr("network_site.sign_in.time.time", lambda: later)
    assert give_code(client, code_of(app))["Location"] == LOGIN
    assert not is_in(client)


def test_a_password_that_was_changed_meanwhile_ends_the_first_step(client, app, user):
    give_password(client)
    user.set_password("other fictional words")
    user.save()
    assert give_code(client, code_of(app))["Location"] == LOGIN


@pytest.mark.parametrize(
    "code", ["", "12345", "abcdefgh", "١٢٣٤٥٦", "1" * 41, "\0", "0x1F40", " - "]
)
def test_what_is_no_code_is_refused_in_words(client, app, code):
    give_password(client)
    response = give_code(client, code)
    assert response.status_code == 200
    assert Page(response).find("ul", class_="errorlist")
    assert not is_in(client)


@pytest.mark.parametrize("typed", ["{0} {1}", " {0}{1} ", "{0}-{1}"])
def test_a_code_may_be_typed_in_groups(client, app, typed):
    give_password(client)
    code = code_of(app)
    assert give_code(client, typed.format(code[:3], code[3:])).status_code == 302


def test_a_code_works_once(app):
    one, other = Client(), Client()
    for client in (one, other):
        give_password(client)
    code = code_of(app)
    assert give_code(one, code).status_code == 302
    assert "used before" in give_code(other, code).content.decode()
    assert is_in(one)
    assert not is_in(other)


def test_the_code_of_another_person_is_not_taken(client, app):
    other = User.objects.create_user("other", password=PASSWORD, is_staff=True)
    second_factor.add_app(other)
    give_password(client, username="other")
    assert give_code(client, code_of(app)).status_code == 200
    assert not is_in(client)


def test_a_recovery_code_works_once_however_it_is_typed(app, user):
    code = StaticToken.objects.filter(device__user=user).first().token
    for attempt, works in ((f"{code[:4].upper()} {code[4:]}", True), (code, False)):
        client = Client()
        give_password(client)
        assert (give_code(client, attempt).status_code == 302) is works
        assert is_in(client) is works
    assert second_factor.codes_left(user) == second_factor.CODES - 1


def test_wrong_codes_slow_down_their_own_device_and_say_for_how_long(client, app, user):
    give_password(client)
    for _ in range(3):
        forget_the_pause(app)
        give_code(client, wrong_code(app))
    assert "Try again in 4 seconds." in give_code(client, code_of(app)).content.decode()
    assert not is_in(client)
    recovery = StaticToken.objects.filter(device__user=user).first().token
    assert give_code(client, recovery).status_code == 302


# Sessions and cookies ----------------------------------------------------------------------------


def minutes_left():
    return (Session.objects.get().expire_date - timezone.now()).total_seconds() / 60


def test_two_hours_without_a_page_of_the_desk_end_the_session(desk):
    Session.objects.update(expire_date=timezone.now() + timedelta(minutes=5))
    assert desk.get("/admin/members/organization/").status_code == 200
    assert 119 < minutes_left() <= 120
    Session.objects.update(expire_date=timezone.now())
    assert desk.get("/admin/")["Location"] == f"{LOGIN}?next=/admin/"


@pytest.mark.parametrize("address", ["/", "/members/", "/find/?place=Texas", "/nowhere/"])
def test_a_public_page_leaves_the_session_of_staff_alone(desk, address):
    Session.objects.update(expire_date=timezone.now() + timedelta(minutes=5))
    response = desk.get(address)
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    assert minutes_left() <= 5


@pytest.mark.parametrize("https", [True, False])
def test_cookies_end_with_the_browser_and_are_for_this_host_alone(app, settings, https):
    names = {"sessionid", "csrftoken"}
    if https:
        names = {f"__Host-{name}" for name in names}
        settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = sorted(names, reverse=True)
        settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    client = Client()
    client.get(LOGIN)
    give_password(client)
    give_code(client, code_of(app))
    client.post("/admin/auth/user/", {"action": "reset_second_factor", "_selected_action": [1]})
    assert set(client.cookies) == names
    for name, cookie in client.cookies.items():
        assert (cookie["path"], cookie["domain"]) == ("/", "")
        assert bool(cookie["secure"]) is https
        assert cookie["samesite"] == "Lax"
        if "session" in name:
            assert cookie["httponly"]
            assert cookie["max-age"] == cookie["expires"] == ""


def test_signing_in_gives_a_new_session(client, app):
    give_password(client)
    half = client.session.session_key
    give_code(client, code_of(app))
    assert client.session.session_key != half
    assert not Session.objects.filter(session_key=half).exists()


def test_who_signs_out_is_out(desk):
    assert desk.get("/admin/logout/").status_code == 405
    assert is_in(desk)
    assert "You are signed out" in desk.post("/admin/logout/").content.decode()
    assert not is_in(desk)
    assert not Session.objects.exists()
