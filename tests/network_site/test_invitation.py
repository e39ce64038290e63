"""A colleague is invited by e-mail, and chooses a password; so does who has forgotten it."""

import re
import smtplib
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core import mail
from django.test import Client

from network_site.accounts import InvitedForm
from network_site.sign_in_forms import PAUSE
from tests.network_site.staff import (
    CODE,
    ENROL,
    LOGIN,
    PASSWORD,
    app_with_the_key_on,
    code_of,
    give_code,
    give_password,
    is_in,
)
from tests.pages import Page

pytestmark = pytest.mark.django_db

USERS, ADD, RESET = "/admin/auth/user/", "/admin/auth/user/add/", "/admin/password-reset/"
NEW = "entirely other words"


@pytest.fixture
def manager(sign_in):
    return sign_in("manager")


@pytest.fixture
def add(manager):
    """Adds a colleague at the desk; gives the page that follows."""

    def add(email="new@example.org", role="editor", **fields):
        data = {"email": email, "role": Group.objects.get(name=role).pk} | fields
        return Page(manager.post(ADD, data, follow=True))

    return add


@pytest.fixture(params=[smtplib.SMTPServerDisconnected, smtplib.SMTPRecipientsRefused({}), OSError])
def broken_mail(request, monkeypatch):
    """Within it the mail server takes nothing."""

    def fail(*args, **kwargs):
        raise request.param

    @contextmanager
    def broken():
        with monkeypatch.context() as patch:
            patch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", fail)
            yield

    return broken


def link_in(message):
    return re.search(r"http://testserver(/admin/password-reset/\S+/\S+/)", message.body)[1]


def choose_password(link, password=PASSWORD, repeated=None):
    client = Client()
    response = client.get(link, follow=True)
    address = response.request["PATH_INFO"]
    fields = {"new_password1": password, "new_password2": repeated or password}
    return client.post(address, fields, follow=True) if "set-password" in address else response


def invite_again(client, *users):
    data = {"action": "invite_again", "_selected_action": [user.pk for user in users]}
    return client.post(USERS, data, follow=True).content.decode()


# Invitation --------------------------------------------------------------------------------------


def test_from_the_invitation_to_the_desk(add):
    page = add("Maria.Nobody@example.org", "publisher", first_name="Maria")
    assert "An invitation was sent to Maria.Nobody@example.org." in page.html
    (message,) = mail.outbox
    assert message.to == ["Maria.Nobody@example.org"]
    assert message.from_email == "website@example.org"
    assert message.subject == "Your account at the desk of the Innocence Network"
    assert "username maria.nobody@example.org" in message.body
    assert "within 3 days" in message.body
    assert "You can sign in with it now." in choose_password(link_in(message)).content.decode()
    client = Client()
    name = {"username": "maria.nobody@example.org"}
    assert give_password(client, **name)["Location"] == ENROL
    app = app_with_the_key_on(Page(client.get(ENROL)))
    assert client.post(ENROL, {"code": code_of(app)}).status_code == 200
    assert client.get("/admin/members/organization/").status_code == 200
    assert client.get(USERS).status_code == 403


def test_a_double_click_invites_once(add, monkeypatch):
    check, checked = InvitedForm.clean_email, []

    def not_seen_at_first(form):
        checked.append(form)
        if len(checked) > 1:
            return check(form)
        form.instance.username = form.cleaned_data["email"]
        return form.cleaned_data["email"]

    add()
    monkeypatch.setattr(InvitedForm, "clean_email", not_seen_at_first)
    monkeypatch.setattr(User, "validate_unique", lambda self, exclude: None)
    assert "Another account has this e-mail address." in add().html
    assert len(mail.outbox) == User.objects.filter(email="new@example.org").count() == 1


def test_who_was_invited_cannot_sign_in_before_choosing_a_password(add):
    add()
    for password in ("", "!", PASSWORD, User.objects.get(email="new@example.org").password):
        assert give_password(Client(), password, "new@example.org").status_code == 200


def test_a_link_works_once_and_for_three_days(add, monkeypatch):
    add()
    link = link_in(mail.outbox[0])
    later = datetime.now() + timedelta(days=3, minutes=1)
    with monkeypatch.context() as clock:
        clock.setattr(PasswordResetTokenGenerator, "_now", lambda self: later)
        assert "This link does not work" in choose_password(link).content.decode()
    assert "Your password is saved" in choose_password(link).content.decode()
    assert "This link does not work" in choose_password(link, NEW).content.decode()
    assert User.objects.get(email="new@example.org").check_password(PASSWORD)


@pytest.mark.parametrize(
    ("password", "repeated", "message"),
    [
        (PASSWORD, "other words", "didn’t match"),
        ("short", None, "too short"),
        ("password1234", None, "too common"),
        ("new@example.org", None, "too similar"),
    ],
)
def test_a_password_that_will_not_do_is_refused_in_words(add, password, repeated, message):
    add()
    response = choose_password(link_in(mail.outbox[0]), password, repeated)
    assert message in response.content.decode()
    assert not User.objects.get(email="new@example.org").has_usable_password()


def test_a_mail_server_that_fails_is_told_and_the_invitation_sent_again(
    add, manager, broken_mail, caplog
):
    with broken_mail():
        page = add()
    assert "The e-mail to new@example.org could not be sent" in page.html
    assert "Send the invitation again" in page.html
    assert "not taken by the mail server" in caplog.text
    assert "new@example.org" not in caplog.text
    invited = User.objects.get(email="new@example.org")
    assert "An invitation was sent" in invite_again(manager, invited)
    assert "Your password is saved" in choose_password(link_in(mail.outbox[0])).content.decode()
    assert "has a password already" in invite_again(manager, invited)
    assert len(mail.outbox) == 1


def test_nobody_is_invited_whose_account_could_not_be_made(add, user):
    for email in ("maria@example.org", "MARIA@example.org", "", "nobody"):
        assert add(email).find("ul", class_="errorlist")
    assert not mail.outbox
    assert add("new@example.org", role="editor").status == 200
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    ("email", "username"),
    [
        ("O'Brien@example.org", "o.brien@example.org"),
        ("a+b_c@example.org", "a+b_c@example.org"),
        (f"{'x' * 60}@{'y' * 60}.{'z' * 60}.example.org", f"{'x' * 60}@{'y' * 60}.{'z' * 28}"),
    ],
)
def test_the_username_is_made_from_any_address(add, manager, email, username):
    add(email)
    invited = User.objects.get(email__iexact=email)
    assert invited.username == username
    page = Page(manager.get(f"{USERS}{invited.pk}/change/"))
    assert page.find("input", name="username", value=username)


@pytest.mark.parametrize("role", ["editor", "publisher"])
def test_only_managers_invite(sign_in, role):
    client = sign_in(role)
    data = {"email": "new@example.org", "role": Group.objects.get(name="editor").pk}
    assert client.post(ADD, data).status_code == 403
    assert not User.objects.filter(email="new@example.org").exists()


# A forgotten password ----------------------------------------------------------------------------


def ask(email="maria@example.org"):
    return Client().post(RESET, {"email": email}, follow=True)


def test_a_new_password_by_mail_leaves_the_second_factor_as_it_is(app, client):
    give_password(client)
    give_code(client, code_of(app))
    assert "Look into your e-mail" in ask("Maria@Example.org").content.decode()
    (message,) = mail.outbox
    assert message.to == ["maria@example.org"]
    assert "Your username: maria" in message.body
    assert "Your password is saved" in choose_password(link_in(message), NEW).content.decode()
    assert not is_in(client), "sessions with the old password end"
    assert give_password(client).status_code == 200
    assert give_password(client, NEW)["Location"] == CODE
    assert give_code(client, code_of(app, 1)).status_code == 302
    assert is_in(client)


def test_the_link_alone_signs_nobody_in(user):
    ask()
    client = Client()
    client.get(link_in(mail.outbox[0]), follow=True)
    assert client.get("/admin/")["Location"] == f"{LOGIN}?next=/admin/"


@pytest.mark.parametrize("email", ["nobody@example.org", "maria@example.com"])
def test_the_answer_does_not_tell_who_has_an_account(user, email):
    assert ask(email).content == ask().content
    assert [message.to for message in mail.outbox] == [["maria@example.org"]]


@pytest.mark.parametrize("field", ["is_active", "is_staff"])
def test_an_account_that_is_shut_gets_no_link(user, field):
    setattr(user, field, False)
    user.save()
    ask()
    assert not mail.outbox


def test_who_was_invited_may_ask_for_another_link(add):
    add()
    ask("new@example.org")
    assert "Your password is saved" in choose_password(link_in(mail.outbox[1])).content.decode()


def test_nobody_fills_the_mailbox_of_another(user, monkeypatch):
    monkeypatch.setattr("time.time", lambda: 1000 * PAUSE)
    for _ in range(3):
        assert ask().status_code == 200
    assert len(mail.outbox) == 1
    monkeypatch.setattr("time.time", lambda: 1001 * PAUSE)
    ask()
    assert len(mail.outbox) == 2


def test_a_mail_server_that_fails_breaks_no_page_and_logs_no_address(user, broken_mail, caplog):
    with broken_mail():
        assert "Look into your e-mail" in ask().content.decode()
    assert "password reset" in caplog.text
    assert "maria" not in caplog.text


@pytest.mark.parametrize("end", ["x/y/", "MQ/set-password/", "%00/%00/"])
def test_a_wrong_link_is_told_in_words(client, user, end):
    response = client.get(f"{RESET}{end}")
    assert response.status_code == 200
    assert "This link does not work" in response.content.decode()
    assert f'href="{RESET}"' in response.content.decode()


@pytest.mark.parametrize("email", ["", "maria", "maria@example.org\0", "x" * 255 + "@example.org"])
def test_what_is_no_address_is_refused_in_words(client, user, email):
    response = client.post(RESET, {"email": email})
    assert response.status_code == 200
    assert Page(response).find("ul", class_="errorlist")
    assert not mail.outbox
