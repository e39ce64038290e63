"""The pages that there is one of: staff write the text, and what is computed is added here."""

import datetime

from django.conf import settings
from django.db.models import Count
from django.shortcuts import get_object_or_404
from django.utils.formats import date_format
from django.views.generic import DetailView

from members.models import Milestone, Organization, ReportedTotal, SisterNetwork
from members.names import search_key
from statements.growth import growth, moment
from statements.models import Page


class PageView(DetailView):
    """The page of a slug, with a template of its own."""

    model = Page
    slug = None

    def get_object(self, queryset=None):
        return get_object_or_404(Page, slug=self.slug)

    def get_template_names(self):
        return [f"statements/{self.slug}.html"]

    def get_context_data(self, **kwargs):
        return super().get_context_data(support_email=settings.SUPPORT_UNIT_EMAIL, **kwargs)


class AboutView(PageView):
    """Who the Network is, with the counts of those who are listed now."""

    def get_context_data(self, **kwargs):
        listed = Organization.objects.listed()
        return super().get_context_data(
            census=listed.census(),
            countries=by_country(listed),
            kinds=by_kind(listed),
            sister_networks=SisterNetwork.objects.prefetch_related("countries"),
            **kwargs,
        )


class HistoryView(PageView):
    """How the Network came to be: its milestones, and the curve of its reported totals."""

    def get_context_data(self, **kwargs):
        totals = sorted(ReportedTotal.objects.all(), key=lambda one: moment(one.year, one.month))
        return super().get_context_data(
            milestones=[(in_words(one), one) for one in Milestone.objects.all()],
            totals=[(in_words(one), one) for one in totals],
            curve=growth([(one.year, one.month, one.total) for one in totals]),
            **kwargs,
        )


def by_country(organizations):
    """(code, name, how many of them) of each country with an office, in the order of the names."""
    counted = organizations.order_by().values_list("region__country", "region__country__name")
    return sorted(counted.annotate(Count("pk")), key=lambda row: search_key(row[1]))


def by_kind(organizations):
    """(kind, how many of them) of each kind that there is, in the order of the choices."""
    counts = dict(organizations.order_by().values_list("kind").annotate(Count("pk")))
    return [(kind, counts[kind]) for kind in Organization.Kind if kind in counts]


def in_words(dated):
    """When it was: "November 2005", or "2005" if the month is not known."""
    if not dated.month:
        return str(dated.year)
    return date_format(datetime.date(dated.year, dated.month, 1), "YEAR_MONTH_FORMAT")
