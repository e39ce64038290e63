"""The accounts of the Support Unit: who may sign in, and in which role."""

import hashlib
import json
import logging
import re
from smtplib import SMTPException

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminRadioSelect
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UsernameField
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from members.admin.concurrency import SeenForm, SeenMixin
from members.admin.pages import Lists
from members.models.history import is_named
from network_site import second_factor
from network_site.invitation import invitation
from network_site.logs import kind
from network_site.roles import Role

logger = logging.getLogger(__name__)

# Forms -------------------------------------------------------------------------------------------


class RoleField(forms.ModelChoiceField):
    def __init__(self, **kwargs):
        groups = Group.objects.filter(name__in=Role.values).order_by("pk")
        widget = AdminRadioSelect({"class": "radiolist"})
        super().__init__(groups, widget=widget, label=_("Role"), **kwargs)

    def label_from_instance(self, group):
        return Role(group.name).label


class AccountForm(SeenForm):
    """A role is the one group of its account; nothing here makes a superuser."""

    is_own = False
    role = RoleField(empty_label=None)

    class Meta:
        model = User
        fields = ["username", "email", "first_name", "last_name", "is_active"]
        field_classes = {"username": UsernameField}
        help_texts = {
            "is_active": _("Take the tick away to end somebody’s access. The history stays.")
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].required = True
        if self.instance.pk:
            self.fields["role"].initial = self.instance.groups.first()
        if self.is_own:
            self.fields["is_active"].disabled = True
        if self.is_own or self.instance.is_superuser:
            self.fields["role"].disabled = True
            self.fields["role"].required = False

    def mark(self):
        """Of what the form shows: a sign-in, which is saved too, hinders nobody."""
        shown = [getattr(self.instance, name) for name in AccountForm.Meta.fields]
        shown += [group.pk for group in self.instance.groups.all()]
        return hashlib.sha256(json.dumps(shown).encode()).hexdigest()

    def clean_email(self):
        email = self.cleaned_data["email"]
        if User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("Another account has this e-mail address."))
        return email


class OwnAccountForm(AccountForm):
    """Nobody gives themselves another role, or shuts themselves out."""

    is_own = True


class InvitedForm(AccountForm):
    """A new account: the e-mail address is the username, until somebody changes that."""

    class Meta(AccountForm.Meta):
        fields = ["email", "first_name", "last_name"]

    def clean_email(self):
        email = super().clean_email()
        self.instance.username = re.sub(r"[^\w.@+-]", ".", email.lower())[:150]
        if User.objects.filter(username=self.instance.username).exists():
            raise ValidationError(_("Another account has this address as its username."))
        return email


# Admin -------------------------------------------------------------------------------------------


class AccountAdmin(SeenMixin, Lists, UserAdmin):
    form = AccountForm
    add_form = InvitedForm
    add_form_template = None
    fieldsets = [
        (None, {"fields": ["username", "email", "first_name", "last_name"]}),
        (_("Access"), {"fields": ["role", "is_active"]}),
    ]
    add_fieldsets = [
        (
            None,
            {
                "fields": ["email", "first_name", "last_name", "role"],
                "description": _(
                    "Your colleague gets an e-mail with a link to choose a password, and sets up "
                    "the second factor at the first sign-in."
                ),
            },
        )
    ]
    list_display = ["username", "name", "role", "is_active", "access"]
    list_filter = ["is_active", "groups"]
    filter_horizontal = []
    actions = ["invite_again", "reset_second_factor"]

    def get_queryset(self, request):
        apps = TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True)
        accounts = super().get_queryset(request).prefetch_related("groups")
        return accounts.annotate(has_app=Exists(apps))

    def get_urls(self):
        """Nobody sets the password of another: who needs a new one gets a link by e-mail."""
        return [url for url in super().get_urls() if url.name != "auth_user_password_change"]

    def get_form(self, request, obj=None, **kwargs):
        if obj and not self.has_change_permission(request, obj):
            kwargs["form"] = forms.ModelForm  # all is only looked at
        elif obj == request.user:
            kwargs["form"] = OwnAccountForm
        return super().get_form(request, obj, **kwargs)

    @admin.display(description=_("name"), ordering="last_name")
    def name(self, user):
        return user.get_full_name()

    @admin.display(description=_("role"))
    def role(self, user):
        if user.is_superuser:
            return gettext("superuser")
        return ", ".join(group.name for group in user.groups.all())

    @admin.display(description=_("access"))
    def access(self, user):
        if not user.has_usable_password():
            return gettext("invited, no password yet")
        return gettext("ready") if user.has_app else gettext("no second factor yet")

    # Who may do what -----------------------------------------------------------------------------

    def has_change_permission(self, request, obj=None):
        """Nobody but a superuser changes a superuser."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (not obj or request.user.is_superuser or not obj.is_superuser)

    def has_delete_permission(self, request, obj=None):
        """Nobody deletes themselves, or somebody whose name the history needs."""
        allowed = super().has_delete_permission(request, obj)
        return allowed and (
            not obj
            or (
                self.has_change_permission(request, obj)
                and obj != request.user
                and not obj.logentry_set.exists()
                and not is_named(obj)
            )
        )

    # Invitations ---------------------------------------------------------------------------------

    def save_model(self, request, obj, form, change):
        if not change:
            obj.is_staff = True
            obj.set_unusable_password()
            request.invited = obj
        super().save_model(request, obj, form, change)

    def add_view(self, request, form_url="", extra_context=None):
        """Invites when all is saved: the database does not wait for the mail server."""
        request.invited = None
        response = super().add_view(request, form_url, extra_context)
        if request.invited:
            self.invite(request, request.invited)
        return response

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if role := form.cleaned_data["role"]:
            form.instance.groups.set([role])

    def invite(self, request, user):
        try:
            invitation(user, request).send()
        except (SMTPException, OSError) as error:
            logger.error("An invitation was not taken by the mail server: %s", kind(error))
            self.message_user(
                request,
                gettext(
                    "The e-mail to %s could not be sent: our mail server did not take it. Try the "
                    "action “Send the invitation again” later."
                )
                % user.email,
                messages.ERROR,
            )
        else:
            self.message_user(
                request, gettext("An invitation was sent to %s.") % user.email, messages.SUCCESS
            )

    @admin.action(description=_("Send the invitation again"), permissions=["change"])
    def invite_again(self, request, queryset):
        for user in queryset:
            if user.has_usable_password():
                self.message_user(
                    request,
                    gettext(
                        "%s has a password already. Who has forgotten it can ask for a new one on "
                        "the sign-in page."
                    )
                    % user,
                    messages.WARNING,
                )
            elif self.has_change_permission(request, user):
                self.invite(request, user)

    # A lost second factor ------------------------------------------------------------------------

    @admin.action(description=_("Reset the second factor"), permissions=["change"])
    def reset_second_factor(self, request, queryset):
        user = queryset.first()
        if queryset.count() != 1 or user == request.user:
            problem = gettext("Choose one account, and not your own.")
        elif not self.has_change_permission(request, user):
            problem = gettext("Only a superuser can do this for a superuser.")
        else:
            second_factor.reset(user)
            self.log_change(request, user, gettext("Second factor reset."))
            done = gettext(
                "%s sets up a new second factor at the next sign-in, after the password."
            )
            return self.message_user(request, done % user, messages.SUCCESS)
        return self.message_user(request, problem, messages.ERROR)


class RoleAdmin(Lists, admin.ModelAdmin):
    """Roles are looked at; what they may do is made by `sync_roles`."""

    list_display = ["name"]
    search_fields = ["name"]
    fields = ["name", "permissions"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
