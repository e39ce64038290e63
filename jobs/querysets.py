"""Which openings the public sees: each subset is named once, and every page and feed uses it."""

import datetime

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.utils.translation import gettext_lazy as _

from jobs.days import day_at_desk, last_day
from members.models import Organization
from members.names import search_key

# A page outlives its opening, for those who hold a link, by this many whole days: the page of one
# that closed or was filled on day 0 is there until day 90 has ended everywhere on earth.
PAGE_KEPT = datetime.timedelta(days=90)
# From how many days before its closing date on lists and the desk warn of it.
SOON = 7


class State(models.TextChoices):
    """What becomes of an opening, derived from its dates and never stored."""

    DRAFT = "draft", _("Draft")
    SCHEDULED = "scheduled", _("Not yet shown")
    UNLISTED = "unlisted", _("Organization not listed")
    OPEN = "open", _("Open")
    FILLED = "filled", _("Filled")
    CLOSED = "closed", _("Closed")
    GONE = "gone", _("Over, page gone")


class JobOpeningQuerySet(models.QuerySet):
    def shown(self, at=None):
        """Published, posted on a day that has come or is not known, of a listed organization."""
        today = day_at_desk(at)
        listed = Organization.objects.listed(today).filter(pk=OuterRef("organization"))
        return self.filter(
            Q(posted_on__isnull=True) | Q(posted_on__lte=today), Exists(listed), published=True
        )

    def open(self, at=None):
        """Shown, not filled, and not past the closing date: all that any list or feed has."""
        return self.shown(at).filter(
            Q(filled_on__isnull=True) | Q(filled_on__gt=day_at_desk(at)),
            Q(closes_on__isnull=True) | Q(closes_on__gte=last_day(at)),
        )

    def kept(self, at=None):
        """Shown, and open or not over for long: those that still have a page."""
        first = last_day(at) - PAGE_KEPT
        return self.shown(at).filter(
            Q(filled_on__isnull=True) | Q(filled_on__gte=first),
            Q(closes_on__isnull=True) | Q(closes_on__gte=first),
        )

    def closing_soon(self, at=None):
        """Open, and to be applied for in the next seven days at most."""
        last = day_at_desk(at) + datetime.timedelta(days=SOON)
        return self.open(at).filter(closes_on__lte=last)

    def undated(self, at=None):
        """Open, with neither a day of posting nor a closing date: nothing tells when to end it."""
        return self.open(at).filter(posted_on=None, closes_on=None)

    def over(self, at=None):
        """Filled or closed, and still with a page that says so."""
        return self.kept(at).exclude(pk__in=self.model.objects.open(at).values("pk"))

    def with_state(self, at=None):
        """Each with its ``state``, as the subsets above have it."""
        this = self.model.objects.filter(pk=OuterRef("pk"))
        today = day_at_desk(at)
        states = [
            (Q(published=False), State.DRAFT),
            (Q(posted_on__gt=today), State.SCHEDULED),
            (~Exists(this.shown(at)), State.UNLISTED),
            (Exists(this.open(at)), State.OPEN),
            (~Exists(this.kept(at)), State.GONE),
            (Q(filled_on__lte=today), State.FILLED),
        ]
        return self.annotate(
            state=Case(
                *(When(condition, then=Value(state)) for condition, state in states),
                default=Value(State.CLOSED),
                output_field=models.CharField(),
            )
        )

    def with_place(self):
        """What a row of a list shows, without the long texts; one query."""
        return self.select_related("organization", "region__country").only(
            *("title", "city", "workplace", "employment_type", "summary"),
            *("pay_minimum", "pay_maximum", "pay_currency", "pay_per"),
            *("posted_on", "closes_on", "created_at", "updated_at"),
            *("organization__name", "organization__slug"),
            *("region__name", "region__country__name"),
        )

    def by_closing_date(self):
        """The next to close first, those without a closing date last."""
        return self.order_by(F("closes_on").asc(nulls_last=True), *self.model._meta.ordering)

    def in_region(self, region):
        """Openings in the region or in a part of it."""
        return self.filter(region__path__startswith=region.path)

    def matching(self, text):
        """Openings with ``text`` in title, organization, city or summary.

        Compared as the finder compares names, since databases differ over case and accents.
        """
        wanted = search_key(text)
        if not wanted:
            return self.none()
        texts = self.order_by().values_list(
            *("pk", "title", "city", "summary", "organization__name", "organization__short_name")
        )
        found = [pk for pk, *words in texts if any(wanted in search_key(one) for one in words)]
        return self.filter(pk__in=found)
