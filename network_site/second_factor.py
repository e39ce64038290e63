"""The second factor of staff: an app that makes codes (TOTP), and recovery codes on paper."""

import re
from base64 import b32encode
from io import StringIO

import segno
from django.contrib.auth.models import User
from django.db import transaction
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

CODES = 10
FROM_THE_APP = re.compile(r"[0-9]{6}")


def tidy(code):
    """The code as it is compared: people type spaces, hyphens and capitals."""
    return re.sub(r"[\s-]", "", code).lower()


def device_for(user, code):
    """What the code has to be checked against, locked; each kind is slowed down for itself."""
    kind = TOTPDevice if FROM_THE_APP.fullmatch(code) else StaticDevice
    return kind.objects.select_for_update().filter(user=user, confirmed=True).first()


def has_app(user):
    return TOTPDevice.objects.filter(user=user, confirmed=True).exists()


def add_app(user, **fields):
    return TOTPDevice.objects.create(user=user, name="app", **fields)


@transaction.atomic
def enrol(user, key, code):
    """The new app of a user without one, if the code proves that it holds the key; else None."""
    User.objects.select_for_update().get(pk=user.pk)
    if has_app(user):
        return None
    device = add_app(user, key=key)
    if device.verify_token(code):
        return device
    device.delete()
    return None


@transaction.atomic
def new_recovery_codes(user):
    """Ten new ones; the old ones are void."""
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="recovery codes")
    codes = [StaticToken.random_token() for _ in range(CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes


def codes_left(user):
    return StaticToken.objects.filter(device__user=user).count()


@transaction.atomic
def reset(user):
    """Takes every device away: the next sign-in asks for a new one."""
    for kind in (TOTPDevice, StaticDevice):
        kind.objects.filter(user=user).delete()


def in_fours(text):
    return " ".join(re.findall(".{1,4}", text))


def key_to_type(device):
    return in_fours(b32encode(device.bin_key).decode())


def current_code(device):
    return f"{TOTP(device.bin_key).token():06}"


def as_drawing(text):
    """The QR code of a text: how wide it is, with its margin, and what to draw in SVG."""
    code = segno.make(text, error="m")
    squares = [
        f"M{x} {y}h1v1h-1z"
        for y, row in enumerate(code.matrix_iter(border=4))
        for x, dark in enumerate(row)
        if dark
    ]
    return {"width": code.symbol_size(border=4)[0], "path": "".join(squares)}


def on_a_terminal(device, codes):
    """All that the holder of a new device needs, for a command to print."""
    drawing = StringIO()
    segno.make(device.config_url).terminal(drawing, border=2, compact=True)
    return "\n".join(
        [
            drawing.getvalue(),
            f"Key for the app:  {key_to_type(device)}",
            f"Recovery codes:   {'  '.join(in_fours(code) for code in codes[:5])}",
            f"                  {'  '.join(in_fours(code) for code in codes[5:])}",
        ]
    )
