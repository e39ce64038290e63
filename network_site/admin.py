"""The Support Unit's desk: Django's admin behind two factors, with its own scripts allowed."""

import re
from functools import update_wrapper

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.contrib.admin.options import TO_FIELD_VAR
from django.contrib.auth.apps import AuthConfig
from django.core.exceptions import BadRequest
from django.db import IntegrityError
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from network_site import again
from network_site.policy import own_scripts

# Keys end before 2 ** 63, which has 19 digits; Django does not ask before it compares with them.
BEYOND = re.compile(r"\d{19}")
# What staff type into a search, and the way back to its list.
TYPED = {"q", "term", "_changelist_filters"}


class DeskConfig(AdminConfig):
    default_site = "network_site.admin.Desk"

    def ready(self):
        super().ready()
        # Not at the top: models can be imported from here on.
        from django.contrib.auth.models import Group, User
        from django_otp.plugins.otp_static.models import StaticDevice
        from django_otp.plugins.otp_totp.models import TOTPDevice

        from network_site.accounts import AccountAdmin, RoleAdmin

        # Keys and codes are for nobody to read, and what a role may do stands in the code.
        admin.site.unregister([Group, StaticDevice, TOTPDevice, User])
        admin.site.register(User, AccountAdmin)
        admin.site.register(Group, RoleAdmin)


class AccountsConfig(AuthConfig):
    verbose_name = _("Accounts")


def asks_for_what_cannot_be(request):
    """Whether the address holds what Django or a database fails over.

    That is a NUL, a number beyond any key, or a field without a name.
    """
    pairs = [(name, value) for name, values in request.GET.lists() for value in values]
    return (
        any("\0" in text for pair in pairs for text in pair)
        or "\0" in request.path
        or any(BEYOND.search(value) for name, value in pairs if name not in TYPED)
        or any("" in data.getlist(TO_FIELD_VAR) for data in (request.GET, request.POST))
    )


def desk_page(view):
    """Runs own scripts, and answers to what browsers send only: Django takes a PUT for a GET."""
    return own_scripts(require_http_methods(["GET", "HEAD", "POST"])(view))


class Desk(admin.AdminSite):
    site_header = _("Innocence Network: Support Unit")
    site_title = _("Support Unit")
    index_title = _("What would you like to keep right?")

    def has_permission(self, request):
        """A password alone opens nothing."""
        device = getattr(request.user, "otp_device", None)
        return super().has_permission(request) and device is not None

    def index(self, request, extra_context=None):
        # Not at the top: models can be imported only once all apps are there.
        from network_site import desk

        def may_open(model):
            return self._registry[model].has_view_permission(request)

        return super().index(request, {"desk": desk.groups(may_open)} | (extra_context or {}))

    def admin_view(self, view, cacheable=False):
        def used(request, *args, **kwargs):
            # The idle time starts anew, and only here: no public page may set a cookie.
            request.session.modified = True
            if asks_for_what_cannot_be(request):
                raise BadRequest
            try:
                return view(request, *args, **kwargs)
            except IntegrityError:
                # Somebody was quicker by a moment, as with a double click. What they saved can be
                # seen by now, so that the same page says what is wrong in its own words.
                return view(request, *args, **kwargs)

        guarded = super().admin_view(update_wrapper(used, view), cacheable)

        def answer(request, *args, **kwargs):
            if again.is_worth_keeping(request) and not self.has_permission(request):
                return again.keep(request)
            return guarded(request, *args, **kwargs)

        return desk_page(update_wrapper(answer, guarded))

    def login(self, request, extra_context=None):
        from network_site.sign_in import SignInView

        if request.method == "GET" and self.has_permission(request):
            return super().login(request)
        return self.open_view(SignInView)(request)

    def open_view(self, view):
        """A page for who is not signed in yet."""
        page = sensitive_post_parameters()(view.as_view(desk=self))
        return desk_page(never_cache(page))

    def get_urls(self):
        from network_site import sign_in as pages

        recovery_codes = self.admin_view(pages.RecoveryCodesView.as_view(desk=self))
        reset = "password-reset/"
        open_pages = {
            "code": ("login/code/", pages.CodeView),
            "enrol": ("login/second-factor/", pages.EnrolView),
            "password_reset": (reset, pages.PasswordResetView),
            "password_reset_done": (f"{reset}sent/", pages.PasswordResetDoneView),
            "password_reset_complete": (f"{reset}done/", pages.PasswordResetCompleteView),
            "password_reset_confirm": (
                f"{reset}<uidb64>/<token>/",
                pages.PasswordResetConfirmView,
            ),
        }
        return [
            path("recovery-codes/", recovery_codes, name="recovery_codes"),
            *(
                path(route, self.open_view(view), name=name)
                for name, (route, view) in open_pages.items()
            ),
            *super().get_urls(),
        ]
