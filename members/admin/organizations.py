"""The organizations, as the desk keeps them."""

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from members.admin.addresses import WEB_ADDRESSES
from members.admin.concurrency import KeptRows, VersionedMixin
from members.admin.coverage import CoverageInline, whole_coverage
from members.admin.exchange import ExchangeMixin
from members.admin.freshness import Confirmation, FreshnessMixin, confirmed_words
from members.admin.history import HistoryMixin
from members.admin.publishing import Preview, PublishingMixin, Verb
from members.contradictions import contradictions
from members.exports import OrganizationResource
from members.locate import locate
from members.models import Coverage, FormerName, MembershipPeriod, Organization
from members.models.history import was_published
from members.views import OrganizationDetailView


class MembershipPeriodForm(forms.ModelForm):
    def has_changed(self):
        """A new row counts as it stands: when a member joined is often not known."""
        return self.instance.pk is None or super().has_changed()


class MembershipPeriodInline(admin.TabularInline):
    model = MembershipPeriod
    form = MembershipPeriodForm
    formset = KeptRows

    def get_extra(self, request, obj=None, **kwargs):
        return 0 if obj else 1


class FormerNameInline(admin.TabularInline):
    model = FormerName
    formset = KeptRows
    extra = 0
    prepopulated_fields = {"slug": ["name"]}


class OrganizationPreview(Preview, OrganizationDetailView):
    pass


class Standing(admin.SimpleListFilter):
    title = gettext_lazy("who sees it")
    parameter_name = "standing"

    def lookups(self, request, model_admin):
        return [
            ("public", _("Public")),
            ("draft", _("Draft: only the desk")),
            ("unlisted", _("Published, but not a member today")),
        ]

    def queryset(self, request, queryset):
        listed = Organization.objects.listed().values("pk")
        match self.value():
            case "public":
                return queryset.filter(pk__in=listed)
            case "draft":
                return queryset.filter(published=False)
            case "unlisted":
                return queryset.filter(published=True).exclude(pk__in=listed)


class Attention(admin.SimpleListFilter):
    """Each name is a method of the queryset."""

    title = gettext_lazy("what is missing")
    parameter_name = "attention"

    def lookups(self, request, model_admin):
        return [
            ("without_contact", _("No contact at all")),
            ("without_address", _("No postal address")),
            ("without_coverage", _("No coverage")),
            ("with_contradictory_coverage", _("Contradictory coverage")),
        ]

    def queryset(self, request, queryset):
        known = {name for name, _label in self.lookup_choices}
        return getattr(queryset, self.value())() if self.value() in known else queryset


@admin.register(Organization)
class OrganizationAdmin(
    VersionedMixin, FreshnessMixin, PublishingMixin, ExchangeMixin, HistoryMixin, admin.ModelAdmin
):
    list_display = ["name", "office", "standing", "confirmed_on"]
    list_filter = [Standing, Attention, Confirmation, "kind", "intake_state"]
    list_select_related = ["region__country"]
    search_fields = ["name", "short_name", "other_names__name", "city"]
    autocomplete_fields = ["region"]
    prepopulated_fields = {"slug": ["name"]}
    formfield_overrides = {
        **WEB_ADDRESSES,
        models.TextField: {"widget": AdminTextareaWidget({"rows": 5})},
    }
    change_list_template = "admin/members/organization/change_list.html"
    actions = ["confirm_selected", *PublishingMixin.actions]
    preview = OrganizationPreview
    resource = OrganizationResource
    inlines = [CoverageInline, MembershipPeriodInline, FormerNameInline]
    history_rows = [inline.model for inline in inlines]
    readonly_fields = ["standing", "public_reads", "confirmation"]
    fieldsets = [
        (gettext_lazy("Name"), {"fields": ["name", "short_name", "slug"]}),
        (
            gettext_lazy("How to reach it"),
            {
                "fields": ["postal_address", "phone", "email", "website", "intake_url"],
                "description": gettext_lazy(
                    "Leave empty what is not known: the page says so, and what to do instead."
                ),
            },
        ),
        (
            gettext_lazy("Requests for help"),
            {
                "fields": [
                    ("intake_state", "intake_state_on"),
                    "intake_note",
                    "who_may_write",
                    "languages",
                    "how_to_ask",
                    "cases_taken",
                    "cases_not_taken",
                ]
            },
        ),
        (gettext_lazy("Office"), {"fields": ["city", "region", ("latitude", "longitude")]}),
        (
            gettext_lazy("About it"),
            {"fields": ["kind", "host_institution", "founded", "summary"]},
        ),
    ]
    saved_fieldset = (
        gettext_lazy("On the site"),
        {"fields": ["standing", "public_reads", "confirmation"]},
    )

    def get_queryset(self, request):
        listed = Organization.objects.listed().filter(pk=OuterRef("pk"))
        return super().get_queryset(request).annotate(is_listed=Exists(listed))

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        return [self.saved_fieldset, *fieldsets] if obj else fieldsets

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else self.prepopulated_fields

    def save_model(self, request, obj, form, change):
        moved = {"city", "region"} & set(form.changed_data)
        placed_by_hand = {"latitude", "longitude"} & set(form.changed_data)
        if obj.latitude is None or (moved and not placed_by_hand):
            locate(obj)
        super().save_model(request, obj, form, change)

    def is_draft(self, record):
        """What was public once is withdrawn, and stays for those who publish."""
        return not was_published(record)

    def check_rows(self, record, models):
        rules = list(record.coverage.select_related("region")) if Coverage in models else []
        if found := contradictions(rules):
            raise ValidationError(list(found.values()))

    def view_on_site(self, organization):
        return organization.get_absolute_url() if is_listed(organization) else None

    @admin.display(description=gettext_lazy("who sees it"), ordering="published")
    def standing(self, organization):
        if not organization.published:
            return _("Draft: only the desk sees it")
        if is_listed(organization):
            return _("Public")
        return _("Nobody: published, but not a member today")

    @admin.display(description=gettext_lazy("The public reads"))
    def public_reads(self, organization):
        return whole_coverage(organization)

    @admin.display(description=gettext_lazy("facts"))
    def confirmation(self, organization):
        return confirmed_words(organization)

    def publishing_warnings(self, record, verb):
        if verb is Verb.WITHDRAW:
            jobs = record.job_openings.open().count()
            words = ngettext(
                "Its %(count)d open job goes from the site with it.",
                "Its %(count)d open jobs go from the site with it.",
                jobs,
            )
            return [words % {"count": jobs}] if jobs else []
        return [
            words
            for words, holds in [
                (
                    _(
                        "It has no membership period that includes today: published, it is still "
                        "in no list."
                    ),
                    not record.memberships.on().exists(),
                ),
                (
                    _("It has no row of coverage: the finder offers it for no place."),
                    not record.coverage.exists(),
                ),
                (
                    _("No address, telephone or website is known: its page says so."),
                    not record.has_contact,
                ),
                (_("Nobody has confirmed its facts yet."), not record.confirmed_on),
            ]
            if holds
        ]


def is_listed(organization):
    """Whether the public sees it; a record out of the history does not know it yet."""
    if not hasattr(organization, "is_listed"):
        return Organization.objects.listed().filter(pk=organization.pk).exists()
    return organization.is_listed
