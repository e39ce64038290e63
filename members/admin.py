from django.contrib import admin
from django.db import models
from django.db.models.functions import Length

from members.locate import locate
from members.models import (
    Coverage,
    FormerName,
    MembershipPeriod,
    Milestone,
    Organization,
    Region,
    ReportedTotal,
    SisterNetwork,
)

# What is typed as "example.org" is an address of https.
WEB_ADDRESSES = {models.URLField: {"assume_scheme": "https"}}


class CoverageInline(admin.TabularInline):
    model = Coverage
    extra = 0
    autocomplete_fields = ["region"]


class MembershipPeriodInline(admin.TabularInline):
    model = MembershipPeriod
    extra = 0


class FormerNameInline(admin.TabularInline):
    model = FormerName
    extra = 0
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Organization)
class OrganizationAdmin(admin.ModelAdmin):
    list_display = ["name", "kind", "office", "intake_state", "published", "confirmed_on"]
    list_filter = ["published", "kind", "intake_state"]
    list_select_related = ["region__country"]
    search_fields = ["name", "short_name", "other_names__name", "city"]
    autocomplete_fields = ["region"]
    prepopulated_fields = {"slug": ["name"]}
    formfield_overrides = WEB_ADDRESSES
    inlines = [CoverageInline, MembershipPeriodInline, FormerNameInline]
    fieldsets = [
        (
            None,
            {"fields": [("name", "short_name"), "slug", "published", "kind", "host_institution"]},
        ),
        ("About", {"fields": ["summary", "founded", "languages"]}),
        ("Office", {"fields": ["city", "region", ("latitude", "longitude")]}),
        ("Contact", {"fields": ["postal_address", "phone", "email", "website", "intake_url"]}),
        (
            "Requests for help",
            {
                "fields": [
                    ("intake_state", "intake_state_on"),
                    "intake_note",
                    "who_may_write",
                    "how_to_ask",
                    "cases_taken",
                    "cases_not_taken",
                ]
            },
        ),
        ("Facts confirmed", {"fields": [("confirmed_on", "confirmed_by", "confirmed_how")]}),
    ]

    def save_model(self, request, obj, form, change):
        moved = {"city", "region"} & set(form.changed_data)
        placed_by_hand = {"latitude", "longitude"} & set(form.changed_data)
        if obj.latitude is None or (moved and not placed_by_hand):
            locate(obj)
        super().save_model(request, obj, form, change)


@admin.register(Region)
class RegionAdmin(admin.ModelAdmin):
    """Regions come from the gazetteer: staff look them up and do not change them."""

    list_display = ["name", "code", "kind", "country"]
    list_filter = ["kind"]
    list_select_related = ["country"]
    search_fields = ["name", "code"]
    ordering = ["name", "code"]

    def get_search_results(self, request, queryset, search_term):
        # Those who choose a region nearly always mean a state or a country, not a village.
        queryset, duplicates = super().get_search_results(request, queryset, search_term)
        return queryset.order_by(Length("path"), "name"), duplicates

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(SisterNetwork)
class SisterNetworkAdmin(admin.ModelAdmin):
    list_display = ["name", "website"]
    search_fields = ["name"]
    autocomplete_fields = ["countries"]
    formfield_overrides = WEB_ADDRESSES


@admin.register(Milestone)
class MilestoneAdmin(admin.ModelAdmin):
    list_display = ["year", "month", "text"]
    search_fields = ["text"]


@admin.register(ReportedTotal)
class ReportedTotalAdmin(admin.ModelAdmin):
    list_display = ["year", "month", "total", "us", "elsewhere"]
