"""Who fails to sign in too often is locked out for a while, and nobody else."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.test import Client
from django.utils import timezone

from tests.network_site.staff import (
    CODE,
    LOGIN,
    code_of,
    forget_the_pause,
    give_code,
    give_password,
    is_in,
    wrong_code,
)
from tests.pages import Page

pytestmark = pytest.mark.django_db


def fail(client, times, **headers):
    responses = [give_password(client, "wrong", **headers) for _ in range(times)]
    return responses[-1]


def test_five_wrong_passwords_lock_the_name_for_the_address_for_a_while(client, app):
    assert fail(client, 4).status_code == 200
    response = fail(client, 1)
    assert response.status_code == 429
    assert response["Retry-After"] == "900"
    assert "no-store" in response["Cache-Control"]
    assert "script-src 'self'" in response["Content-Security-Policy"]
    assert "wait 15 minutes" in Page(response).text("content")
    assert give_password(client).status_code == 429, "the right one, too"
    assert give_password(Client(REMOTE_ADDR="192.0.2.7"))["Location"] == CODE
    assert give_password(client, username="other").status_code == 200
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert give_password(client)["Location"] == CODE


def test_trying_while_locked_does_not_make_the_lock_longer(client, app):
    fail(client, 5)
    since = AccessAttempt.objects.get().attempt_time
    assert fail(client, 3).status_code == 429
    assert AccessAttempt.objects.get().attempt_time == since


def test_wrong_codes_count_as_wrong_passwords_and_a_code_is_not_even_read_then(client, app):
    give_password(client)
    for _ in range(5):
        forget_the_pause(app)
        response = give_code(client, wrong_code(app))
    assert response.status_code == 429
    forget_the_pause(app)
    assert give_code(client, code_of(app)).status_code == 429
    assert client.get(CODE).status_code == 429
    assert not is_in(client)


def test_only_both_factors_together_forget_what_failed(client, app):
    fail(client, 4)
    give_password(client)
    assert AccessAttempt.objects.get().failures_since_start == 4
    give_code(client, code_of(app))
    assert not AccessAttempt.objects.exists()


def test_behind_a_proxy_each_address_is_counted_for_itself(settings, app):
    settings.CLIENT_ADDRESS_HEADER = "X-Real-IP"
    proxy = Client(REMOTE_ADDR="127.0.0.1")
    one, other = {"X-Real-IP": "192.0.2.1"}, {"X-Real-IP": "192.0.2.2"}
    assert fail(proxy, 5, **one).status_code == 429
    assert give_password(proxy, **one).status_code == 429
    assert give_password(proxy, **other)["Location"] == CODE
    assert {attempt.ip_address for attempt in AccessAttempt.objects.all()} == {"192.0.2.1"}


def test_without_a_proxy_no_header_is_believed(client, app):
    for number in range(4):
        headers = {"X-Real-IP": f"192.0.2.{number}", "X-Forwarded-For": f"192.0.2.{number}"}
        assert fail(client, 1, **headers).status_code == 200
    assert fail(client, 1, **{"X-Real-IP": "192.0.2.9"}).status_code == 429


def test_addresses_that_one_visitor_can_choose_from_are_one(app):
    for number in range(4):
        fail(Client(REMOTE_ADDR=f"2001:db8::{number + 1}"), 1)
    assert fail(Client(REMOTE_ADDR="2001:db8::ffff:9"), 1).status_code == 429


@pytest.mark.parametrize("address", ["", "fictional", "unix:"])
def test_an_address_that_is_not_told_is_counted_as_one(settings, app, address):
    settings.CLIENT_ADDRESS_HEADER = "X-Real-IP"
    assert fail(Client(), 5, **{"X-Real-IP": address}).status_code == 429
    assert AccessAttempt.objects.get().ip_address is None


def test_of_a_failed_sign_in_only_name_and_address_are_kept(client, app):
    agent = {"User-Agent": "Fictional Browser", "Accept": "text/fictional"}
    data = {"username": "maria", "password": "a secret", "next": "/admin/?q=private"}
    client.post(f"{LOGIN}?next=/admin/private/", data, headers=agent)
    give_password(client)
    give_code(client, "777777", **agent)
    attempt = AccessAttempt.objects.get()
    kept = " ".join(str(value) for value in vars(attempt).values())
    for text in ("Fictional", "fictional", "secret", "private", "777777", "csrf"):
        assert text not in kept.replace("csrfmiddlewaretoken=***", "")
    assert attempt.failures_since_start == 2
    give_code(client, code_of(app))
    assert not any(kind.objects.exists() for kind in (AccessLog, AccessFailureLog))


def test_public_pages_are_not_counted_and_stay_open_to_who_is_locked_out(client, app):
    fail(client, 5)
    assert client.get("/find/?place=Texas").status_code == 200
    assert client.get(LOGIN).status_code == 200
