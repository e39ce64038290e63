"""What the checker of links found."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from members.admin.addresses import WEB_ADDRESSES
from members.admin.pages import Lists
from members.models import LinkCheck


class LinkState(admin.SimpleListFilter):
    """By what the last check found; each name is a method of the queryset."""

    title = _("what was found")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [
            ("failing", _("Failing for a day or more")),
            ("failed", _("Failed the last check")),
            ("unclear", _("To be opened by hand")),
            ("working", _("Works")),
        ]

    def queryset(self, request, queryset):
        known = {name for name, _label in self.lookup_choices}
        return getattr(queryset, self.value())() if self.value() in known else queryset


@admin.register(LinkCheck)
class LinkCheckAdmin(Lists, admin.ModelAdmin):
    """What the command ``check_links`` found: staff mend the organization, not the result."""

    list_display = ["in_words", "link", "organization", "failing_since", "checked_at"]
    list_filter = [LinkState]
    search_fields = ["found_in", "url"]
    formfield_overrides = WEB_ADDRESSES

    def get_queryset(self, request):
        return super().get_queryset(request).with_organization()

    @admin.display(description=_("result"), ordering="problem")
    def in_words(self, check):
        return check.in_words

    @admin.display(description=_("link"), ordering="url")
    def link(self, check):
        """Shortened: whole addresses would push all else off the page."""
        words = Truncator(check.url).chars(40)
        if not check.url.startswith(("https://", "http://")):
            return words
        return format_html('<a href="{}">{}</a>', check.url, words)

    @admin.display(description=_("found in"), ordering="found_in")
    def organization(self, check):
        """Where the link stands, with the way to mend it if that is an organization."""
        if not check.organization:
            return check.found_in
        address = reverse("admin:members_organization_change", args=[check.organization])
        return format_html('<a href="{}">{}</a>', address, check.found_in)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
