"""What somebody of the staff does to sign in."""

import time
from base64 import b32decode

from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

LOGIN, CODE, ENROL = "/admin/login/", "/admin/login/code/", "/admin/login/second-factor/"
CODES = "/admin/recovery-codes/"
PASSWORD = "fictional words"
DESK = ["/admin/", "/admin/members/organization/", "/admin/auth/user/", CODES, "/admin/logout/"]


def code_of(app, steps=0):
    """The code that the app shows, or will show so many half minutes later."""
    totp = TOTP(app.bin_key)
    totp.time = time.time() + 30 * steps
    return f"{totp.token():06}"


def wrong_code(app):
    near = {code_of(app, steps) for steps in (-1, 0, 1, 2)}
    return next(code for code in map(str, range(100_000, 100_009)) if code not in near)


def give_password(client, password=PASSWORD, username="maria", **headers):
    return client.post(LOGIN, {"username": username, "password": password}, headers=headers)


def give_code(client, code, **headers):
    return client.post(CODE, {"code": code}, headers=headers)


def is_in(client):
    return client.get("/admin/").status_code == 200


def forget_the_pause(device):
    type(device).objects.filter(pk=device.pk).update(throttling_failure_timestamp=None)


def app_with_the_key_on(page):
    (key,) = page.find("strong", id="key")
    return TOTPDevice(key=b32decode(key.text.replace(" ", "")).hex())
