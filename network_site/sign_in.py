"""The ways into the desk: password, then second factor; enrolment; a forgotten password."""

import time

from django.contrib.auth import login, views
from django.contrib.auth.models import User
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView
from django_otp.plugins.otp_totp.models import TOTPDevice, default_key

from network_site import second_factor
from network_site.lock import is_locked, locked_out
from network_site.sign_in_forms import (
    CodeForm,
    EnrolForm,
    PasswordForm,
    PasswordResetForm,
)

HALF_WAY = "half_way_in"
# Seconds that the second factor may take after the password.
PATIENCE = 600


def go_half_way(request, user, then):
    """Remembers who gave the right password: nobody is signed in before the second factor."""
    request.session.flush()
    request.session[HALF_WAY] = {
        "user": user.pk,
        "proof": user.get_session_auth_hash(),
        "backend": user.backend,
        "at": time.time(),
        "next": then,
        "key": default_key(),
    }


def who_is_half_way(request):
    half = request.session.get(HALF_WAY)
    if not half or time.time() - half["at"] > PATIENCE:
        return None
    user = User.objects.filter(pk=half["user"], is_active=True, is_staff=True).first()
    if user and constant_time_compare(user.get_session_auth_hash(), half["proof"]):
        return user
    return None


class DeskPage:
    """Puts around a page what every page of the desk has; ``desk`` is the admin site."""

    desk = None

    def get_context_data(self, **kwargs):
        frame = self.desk.each_context(self.request) | {"title": self.title}
        return super().get_context_data(**frame | kwargs)

    def show_recovery_codes(self, user, then):
        context = self.desk.each_context(self.request) | {
            "title": _("Your recovery codes"),
            "codes": map(second_factor.in_fours, second_factor.new_recovery_codes(user)),
            "next": then,
        }
        return render(self.request, "admin/recovery_codes.html", context)


class SignInView(DeskPage, views.LoginView):
    title = _("Sign in")
    template_name = "admin/login.html"
    authentication_form = PasswordForm
    next_page = reverse_lazy("admin:index")

    def form_valid(self, form):
        user = form.get_user()
        go_half_way(self.request, user, then=self.get_success_url())
        return redirect("admin:code" if second_factor.has_app(user) else "admin:enrol")


class SecondStep(DeskPage, FormView):
    """A page for who has just given the right password, and for nobody else."""

    def dispatch(self, request, *args, **kwargs):
        self.user = who_is_half_way(request)
        if not self.user or second_factor.has_app(self.user) != self.with_app:
            return redirect("admin:login")
        if is_locked(request, self.user):
            return locked_out(request)
        self.half = request.session[HALF_WAY]
        return super().dispatch(request, *args, **kwargs)

    def sign_in(self, device):
        del self.request.session[HALF_WAY]
        self.user.otp_device = device
        login(self.request, self.user, backend=self.half["backend"])


class CodeView(SecondStep):
    title = _("Sign in: your code")
    template_name = "admin/code.html"
    form_class = CodeForm
    with_app = True

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"user": self.user, "request": self.request}

    def form_valid(self, form):
        self.sign_in(form.device)
        return redirect(self.half["next"])


class EnrolView(SecondStep):
    title = _("Set up your second factor")
    template_name = "admin/enrol.html"
    form_class = EnrolForm
    with_app = False

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"user": self.user, "key": self.half["key"]}

    def get_context_data(self, **kwargs):
        app = TOTPDevice(user=self.user, key=self.half["key"])
        return super().get_context_data(
            key=second_factor.key_to_type(app),
            address=app.config_url,
            qr=second_factor.as_drawing(app.config_url),
            **kwargs,
        )

    def form_valid(self, form):
        self.sign_in(form.device)
        return self.show_recovery_codes(self.user, self.half["next"])


class RecoveryCodesView(DeskPage, FormView):
    """Makes new recovery codes for who is signed in."""

    title = _("Recovery codes")
    template_name = "admin/new_recovery_codes.html"
    form_class = CodeForm

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"user": self.request.user, "request": self.request}

    def get_context_data(self, **kwargs):
        left = second_factor.codes_left(self.request.user)
        return super().get_context_data(left=left, **kwargs)

    def form_valid(self, form):
        return self.show_recovery_codes(self.request.user, reverse_lazy("admin:index"))


# A forgotten password, and the first one of who was invited --------------------------------------


class PasswordResetView(DeskPage, views.PasswordResetView):
    title = _("A new password")
    form_class = PasswordResetForm
    subject_template_name = "registration/password_reset_subject.txt"
    email_template_name = "registration/password_reset_email.txt"
    success_url = reverse_lazy("admin:password_reset_done")


class PasswordResetDoneView(DeskPage, views.PasswordResetDoneView):
    title = _("Look into your e-mail")


class PasswordResetConfirmView(DeskPage, views.PasswordResetConfirmView):
    title = _("Choose your password")
    success_url = reverse_lazy("admin:password_reset_complete")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return context if self.validlink else context | {"title": _("This link does not work")}


class PasswordResetCompleteView(DeskPage, views.PasswordResetCompleteView):
    title = _("Your password is saved")
