"""Whether the facts are still right: to confirm them, and the list of what is due."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.admin.pages import RecordPages
from members.models import Organization

# What was confirmed earlier than this is a slip of the hand.
FIRST_YEAR = 2000


class FactsForm(forms.Form):
    """Asks when, how and by whom the facts of the ``records`` were confirmed."""

    on = forms.DateField(
        label=gettext_lazy("On"),
        initial=timezone.localdate,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("The day of the call, the letter or the visit to the website."),
    )
    how = forms.ChoiceField(
        label=gettext_lazy("How"), choices=[("", "---------"), *Organization.Confirmation.choices]
    )
    by = forms.CharField(
        label=gettext_lazy("By whom"),
        max_length=Organization._meta.get_field("confirmed_by").max_length,
        help_text=gettext_lazy(
            "Who said that the facts are right, or who compared them with the website. Only the "
            "desk sees this."
        ),
    )

    def __init__(self, *args, records, **kwargs):
        super().__init__(*args, **kwargs)
        self.records = records

    def clean_on(self):
        day = self.cleaned_data["on"]
        if day > timezone.localdate():
            raise ValidationError(_("This day is still to come."))
        if day.year < FIRST_YEAR:
            raise ValidationError(_("This day is long past. Is the year right?"))
        if newer := [one for one in self.records if one.confirmed_on and one.confirmed_on > day]:
            message = _("The facts of %(record)s were confirmed after this day, on %(date)s.")
            raise ValidationError(
                [
                    message % {"record": one, "date": date_format(one.confirmed_on, "j F Y")}
                    for one in newer
                ]
            )
        return day


class Confirmation(admin.SimpleListFilter):
    title = gettext_lazy("confirmation of the facts")
    parameter_name = "confirmation"

    def lookups(self, request, model_admin):
        return [
            ("due", _("Due: never, or over 180 days ago")),
            ("never", _("Never")),
            ("holds", _("In the last 180 days")),
        ]

    def queryset(self, request, queryset):
        due = Organization.objects.confirmation_due().values("pk")
        match self.value():
            case "due":
                return queryset.filter(pk__in=due)
            case "never":
                return queryset.filter(confirmed_on=None)
            case "holds":
                return queryset.exclude(pk__in=due)


class FreshnessMixin(RecordPages):
    # A confirmation is one of the facts as they were: it does not hold for older or newer ones.
    history_fields = ["confirmed_on", "confirmed_by", "confirmed_how"]

    def get_ordering(self, request):
        """What is due comes as it is to be done: never confirmed first, then the longest ago."""
        if request.GET.get(Confirmation.parameter_name) == "due":
            return self.model.objects.confirmation_due().query.order_by
        return super().get_ordering(request)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        rows = [formset.prefix for formset in formsets if formset.has_changed()]
        if words := form.instance.not_confirmed_anew([*form.changed_data, *rows]):
            self.message_user(request, words, messages.WARNING)

    @admin.action(description=gettext_lazy("Facts confirmed"), permissions=["change"])
    def confirm_selected(self, request, queryset):
        return self.confirm(request, list(queryset))

    def confirm(self, request, records):
        """Asks who, when and how; answers None when there is nothing more to ask."""
        form = FactsForm(
            request.POST if "confirmed" in request.POST else None,
            initial={"by": request.user.get_full_name()},
            records=records,
        )
        if not form.is_valid():
            return self.ask(
                request,
                [(one, [confirmed_words(one)]) for one in records],
                action="confirm_selected",
                title=_("Facts confirmed: %(records)s") % {"records": self.in_words(records)},
                lead=_(
                    "Address, telephone, website and what it takes were checked and are right. If "
                    "something is wrong, change it first. The public reads the day and the way."
                ),
                button=_("Facts confirmed"),
                form=form,
            )
        facts = form.cleaned_data
        self.change_each(
            request,
            records,
            lambda organization: organization.confirm(**facts),
            done=_("Facts confirmed: %(records)s."),
            note=confirmation_note(**facts),
        )

    def confirm_page(self, request, record):
        return self.confirm(request, [record]) or self.back_to(record)

    def due_page(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied
        due = Organization.objects.listed().confirmation_due()
        context = {
            **self.admin_site.each_context(request),
            "title": _("Facts to confirm"),
            "opts": self.opts,
            "organizations": due.select_related("region__country"),
            "today": timezone.localdate(),
            "media": self.media,
        }
        return TemplateResponse(request, "admin/members/organization/due.html", context)

    def get_urls(self):
        due = self.admin_site.admin_view(self.due_page)
        return [
            path("due/", due, name="members_organization_due"),
            self.record_path("confirm", self.confirm_page, verb="change"),
            *super().get_urls(),
        ]

    def object_tools(self, request, record):
        tools = super().object_tools(request, record)
        if self.has_change_permission(request, record):
            tools.append((_("Facts confirmed"), self.address_of("confirm", record.pk)))
        return tools


def confirmation_note(on, how, by):
    """For the history: who said when that the facts are right, and how."""
    how = Organization.Confirmation(how).label
    words = {"date": date_format(on, "j F Y"), "how": how, "by": by}
    return _("Facts confirmed: %(date)s, %(how)s (%(by)s).") % words


def confirmed_words(organization):
    """Who confirmed the facts last, when and how; for the desk."""
    if not organization.confirmed_on:
        return _("Never confirmed.")
    words = {
        "date": organization.confirmed_on,
        "how": organization.get_confirmed_how_display(),
        "by": organization.confirmed_by,
    }
    if not organization.confirmed_by:
        return _("Last confirmed on %(date)s, %(how)s.") % words
    return _("Last confirmed on %(date)s, %(how)s (%(by)s).") % words
