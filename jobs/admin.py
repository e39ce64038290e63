from django.contrib import admin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jobs.days import day_at_desk
from jobs.exports import JobOpeningResource
from jobs.models import JobOpening
from jobs.querysets import State
from jobs.views import JobOpeningDetailView
from members.admin import WEB_ADDRESSES
from members.admin.concurrency import VersionedMixin
from members.admin.exchange import ExchangeMixin
from members.admin.history import HistoryMixin
from members.admin.organizations import is_listed
from members.admin.publishing import Preview, PublishingMixin, Verb

WITH_PAGE = {State.OPEN, State.FILLED, State.CLOSED}


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [
            *State.choices,
            ("closing_soon", _("Closing in the next seven days")),
            ("undated", _("Open, without any date")),
            ("over", _("Over, and still with a page")),
        ]

    def queryset(self, request, queryset):
        if self.value() in State.values:
            return queryset.filter(state=self.value())
        known = {name for name, _label in self.lookup_choices}
        return getattr(queryset, self.value())() if self.value() in known else queryset


class OpeningPreview(Preview, JobOpeningDetailView):
    """As it reads once it is shown, which its dates alone decide."""

    def get_context_data(self, **kwargs):
        if self.object.is_filled():
            self.object.state = State.FILLED
        else:
            self.object.state = State.CLOSED if self.object.is_closed() else State.OPEN
        has_no_page = not is_listed(self.object.organization)
        return super().get_context_data(organization_has_no_page=has_no_page, **kwargs)


@admin.register(JobOpening)
class JobOpeningAdmin(
    VersionedMixin, PublishingMixin, ExchangeMixin, HistoryMixin, admin.ModelAdmin
):
    list_display = ["title", "organization", "state", "posted_on", "closes_on"]
    list_filter = [StateFilter, "kind", "workplace"]
    list_select_related = ["organization"]
    search_fields = ["title", "organization__name", "organization__short_name", "city", "summary"]
    autocomplete_fields = ["organization", "region"]
    formfield_overrides = WEB_ADDRESSES
    preview = OpeningPreview
    resource = JobOpeningResource
    fieldsets = [
        (
            None,
            {
                "fields": ["organization", "title", "kind", "employment_type"],
                "description": gettext_lazy(
                    "An opening is on the site while it is published, its organization is listed, "
                    "and today is one of its days. What is not known stays empty: the page says so."
                ),
            },
        ),
        (
            gettext_lazy("Dates"),
            {
                "fields": [("posted_on", "closes_on"), "filled_on"],
                "description": gettext_lazy(
                    "After the last day to apply, or when the position is filled, the page is kept "
                    "for 90 days and says so."
                ),
            },
        ),
        (gettext_lazy("Text"), {"fields": ["summary", "description"]}),
        (gettext_lazy("Place"), {"fields": ["workplace", "city", "region"]}),
        (
            gettext_lazy("Pay"),
            {
                "fields": [("pay_minimum", "pay_maximum", "pay_currency", "pay_per")],
                "description": gettext_lazy(
                    "One amount is enough. For a fixed pay, type it twice."
                ),
            },
        ),
        (
            gettext_lazy("How to apply"),
            {
                "fields": ["apply_url", "apply_email"],
                "description": gettext_lazy(
                    "With neither, the page names the organization's website."
                ),
            },
        ),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).with_state()

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state(self, opening):
        return State(opening.state).label

    def view_on_site(self, opening):
        """No link where there is no page."""
        state = JobOpening.objects.with_state().get(pk=opening.pk).state
        return opening.get_absolute_url() if state in WITH_PAGE else None

    def publishing_warnings(self, record, verb):
        if verb is Verb.WITHDRAW:
            return []
        return [
            words
            for words, holds in [
                (
                    _("Its organization is not in the public directory: nobody sees the opening."),
                    not is_listed(record.organization),
                ),
                (
                    _("It is posted on a day to come: it is shown from that day on."),
                    record.posted_on and record.posted_on > day_at_desk(),
                ),
                (_("Its last day to apply is over: it is in no list."), record.is_closed()),
                (_("It is filled: it is in no list."), record.is_filled()),
                (
                    _("It has neither a link nor an e-mail address to apply to: its page says so."),
                    not record.apply_url and not record.apply_email,
                ),
            ]
            if holds
        ]
