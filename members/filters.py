"""How the directory of members is narrowed and ordered."""

import re

import django_filters
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from members.chips import ChipFilterSet
from members.daily import asked_daily
from members.menus import MenuFilter
from members.models import Coverage, Organization, Region

CODE = re.compile(r"[a-z]{2}(-[a-z0-9]{1,3})?", re.IGNORECASE | re.ASCII)


@asked_daily
def regions_of_menu(day):
    """Code, name and parent of the US states, and of what else a listed member has a rule for."""
    listed = Organization.objects.listed(day)
    rules = Coverage.objects.of(listed).not_excluding().filter(region=OuterRef("pk"))
    # Each half is found through an index: thousands of regions have no rule at all.
    states = Region.objects.with_page().filter(parent="US")
    others = (
        Region.objects.with_page()
        .filter(~Q(parent="US"), pk__in=Coverage.objects.order_by().values("region"))
        # The first rule, since PostgreSQL reads all organizations to answer whether any exists.
        .alias(rule=Subquery(rules.order_by().values("pk")[:1]))
        .filter(rule__isnull=False)
    )
    columns = ("code", "name", "parent")
    halves = [half.order_by().values_list(*columns) for half in (states, others)]
    return halves[0].union(halves[1], all=True).order_by("name", "code")


def covered_regions(at=None):
    """Choices in two groups: every US state, and what else a listed member has a rule for."""
    regions = regions_of_menu(at)
    states = [(code, name) for code, name, parent in regions if parent == "US"]
    others = [(code, name) for code, name, parent in regions if parent != "US"]
    return [(_("United States"), states), (_("Countries and provinces"), others)]


def with_asked_region(choices, code):
    """The choices, and the region of the address: a shared link outlives the last to be there."""
    offered = {value for _group, options in choices for value, _name in options}
    if code in offered or not CODE.fullmatch(code):
        return choices
    regions = Region.objects.with_page().filter(code=code.upper())
    return [*choices, *((code, region.name) for region in regions)]


class MemberFilter(ChipFilterSet):
    submit = _("Show members")

    name = django_filters.CharFilter(label=_("Name"), max_length=100, method="filter_name")
    region = MenuFilter(
        label=_("Takes cases from"), empty_label=_("Anywhere"), method="filter_region"
    )
    kind = MenuFilter(
        label=_("Kind of organization"),
        choices=Organization.Kind.choices,
        empty_label=_("Any kind"),
    )
    order = MenuFilter(
        label=_("Order"),
        choices=[("place", _("By place of the office"))],
        empty_label=_("By name"),
        method="filter_order",
    )

    class Meta:
        model = Organization
        fields = []

    def fill(self, form):
        asked = self.data.get("region", "")
        form.fields["region"].choices = with_asked_region(covered_regions(), asked)

    def filter_name(self, queryset, name, value):
        return queryset.named(value)

    def filter_region(self, queryset, name, value):
        return queryset.covering(Region.objects.get(code=value.upper()))

    def filter_order(self, queryset, name, value):
        return queryset.order_by("region__country__name", "region__name", Lower("name"), "pk")
