import time

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import forms as auth_forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from network_site import second_factor
from network_site.counts import count
from network_site.lock import count_wrong_code

# In so many seconds one person gets one e-mail with a link.
PAUSE = 300


class PasswordForm(AdminAuthenticationForm):
    error_messages = AdminAuthenticationForm.error_messages | {
        "invalid_login": _("The username or the password is wrong. Capitals matter in both.")
    }


class CodeField(forms.CharField):
    """A code in the form in which it is compared."""

    def __init__(self, **kwargs):
        hints = {"autocomplete": "one-time-code", "autocapitalize": "off", "spellcheck": "false"}
        super().__init__(
            label=_("Code"),
            max_length=40,
            widget=forms.TextInput(hints | {"autofocus": True}),
            error_messages={"required": _("Type a code.")},
            **kwargs,
        )

    def clean(self, value):
        return second_factor.tidy(super().clean(value))


class CodeForm(forms.Form):
    """Checks a code of the user's, and uses it up."""

    code = CodeField()

    def __init__(self, *args, user, request, **kwargs):
        super().__init__(*args, **kwargs)
        self.user, self.request = user, request

    def clean_code(self):
        code = self.cleaned_data["code"]
        # No error ends the transaction: what a wrong code counts must be kept.
        with transaction.atomic():
            self.device = second_factor.device_for(self.user, code)
            allowed, why_not = self.device.verify_is_allowed() if self.device else (True, None)
            taken = self.device and allowed and self.device.verify_token(code)
        if not allowed:
            raise ValidationError(wait(why_not["locked_until"]))
        if not taken:
            count_wrong_code(self.request, self.user)
            raise ValidationError(
                _("This code is wrong, or was used before. Wait for the next one in your app.")
            )
        return code


def wait(until):
    seconds = int((until - timezone.now()).total_seconds()) + 1
    return ngettext(
        "After a wrong code there is a pause. Try again in %d second.",
        "After a wrong code there is a pause. Try again in %d seconds.",
        seconds,
    ) % (seconds,)


class EnrolForm(forms.Form):
    """Checks that the app of a user without a device has taken the key over."""

    code = CodeField()

    def __init__(self, *args, user, key, **kwargs):
        super().__init__(*args, **kwargs)
        self.user, self.key = user, key

    def clean_code(self):
        code = self.cleaned_data["code"]
        self.device = second_factor.enrol(self.user, self.key, code)
        if not self.device:
            raise ValidationError(
                _("This code is wrong. Type the six digits that your app shows now.")
            )
        return code


class PasswordResetForm(auth_forms.PasswordResetForm):
    def get_users(self, email):
        """Also who was invited and has no password yet; nobody twice in a period."""
        for user in User.objects.filter(email__iexact=email, is_active=True, is_staff=True):
            if count(f"password reset {user.pk}", period=PAUSE, at=time.time()) <= 1:
                yield user
