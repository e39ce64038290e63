"""How the list of openings, and its feed, are narrowed and ordered."""

import django_filters
from django.core.validators import slug_re
from django.db.models import Exists, OuterRef, Q
from django.forms import CheckboxSelectMultiple
from django.utils.translation import gettext_lazy as _

from jobs.models import JobOpening
from members.chips import ChipFilterSet
from members.filters import with_asked_region
from members.menus import MenuFilter
from members.models import Organization, Region
from members.names import search_key

# That something is not stated can be read, but nobody looks for it.
WORKPLACES = [pair for pair in JobOpening.Workplace.choices if pair[0] != "not_stated"]
EMPLOYMENT = [pair for pair in JobOpening.Employment.choices if pair[0] != "not_stated"]


def regions_of(openings):
    """Choices in two groups: the United States with its states, then all others by country."""
    paths = openings.order_by().exclude(region=None).values_list("region__path", flat=True)
    codes = {code for path in paths.distinct() for code in path.split("/") if code}
    regions = Region.objects.with_page().filter(pk__in=codes).select_related("country")
    us = [(one.code, one.name) for one in regions if one.country_id == "US"]
    others = [
        (one.code, one.name if one.code == one.country_id else f"{one.country.name}: {one.name}")
        for one in regions
        if one.country_id != "US"
    ]
    us.sort(key=lambda choice: (choice[0] != "US", search_key(choice[1])))
    others.sort(key=lambda choice: search_key(choice[1]))
    groups = [(_("United States"), us), (_("Other countries"), others)]
    return [(name, choices) for name, choices in groups if choices]


def hiring(openings, asked):
    """Organizations with openings, and the one of the address if it is listed without any."""
    slug = asked if slug_re.match(asked) else ""
    has_openings = Exists(openings.filter(organization=OuterRef("pk")))
    listed = Organization.objects.listed().filter(has_openings | Q(slug=slug))
    return list(listed.values_list("slug", "name"))


class JobFilter(ChipFilterSet):
    submit = _("Show jobs")

    text = django_filters.CharFilter(label=_("Words"), max_length=100, method="filter_text")
    region = MenuFilter(label=_("Place of work"), empty_label=_("Anywhere"), method="filter_region")
    kind = django_filters.MultipleChoiceFilter(
        label=_("Kind of work"),
        choices=JobOpening.Kind,
        widget=CheckboxSelectMultiple,
        distinct=False,
    )
    workplace = MenuFilter(label=_("Workplace"), choices=WORKPLACES, empty_label=_("Any workplace"))
    employment = MenuFilter(
        "employment_type",
        label=_("Employment"),
        choices=EMPLOYMENT,
        empty_label=_("Any employment"),
    )
    organization = MenuFilter(
        "organization__slug", label=_("Organization"), empty_label=_("Any organization")
    )
    order = MenuFilter(
        label=_("Order"),
        choices=[("closing", _("By closing date"))],
        empty_label=_("Newest first"),
        method="filter_order",
    )

    class Meta:
        model = JobOpening
        fields = []

    def fill(self, form):
        asked = self.data.get("region", "")
        form.fields["region"].choices = with_asked_region(regions_of(self.queryset), asked)
        asked = self.data.get("organization", "")
        form.fields["organization"].choices = hiring(self.queryset, asked)

    def filter_text(self, queryset, name, value):
        return queryset.matching(value)

    def filter_region(self, queryset, name, value):
        return queryset.in_region(Region.objects.get(code=value.upper()))

    def filter_order(self, queryset, name, value):
        return queryset.by_closing_date()
