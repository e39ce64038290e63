"""What the pages on the Network as a whole show."""

from django.contrib import admin

from members.admin.addresses import WEB_ADDRESSES
from members.admin.concurrency import VersionedMixin
from members.admin.history import HistoryMixin
from members.models import Milestone, ReportedTotal, SisterNetwork


@admin.register(SisterNetwork)
class SisterNetworkAdmin(VersionedMixin, HistoryMixin, admin.ModelAdmin):
    list_display = ["name", "website"]
    search_fields = ["name"]
    autocomplete_fields = ["countries"]
    formfield_overrides = WEB_ADDRESSES


@admin.register(Milestone)
class MilestoneAdmin(VersionedMixin, HistoryMixin, admin.ModelAdmin):
    list_display = ["year", "month", "text"]
    search_fields = ["text"]


@admin.register(ReportedTotal)
class ReportedTotalAdmin(VersionedMixin, HistoryMixin, admin.ModelAdmin):
    list_display = ["year", "month", "total", "us", "elsewhere"]
