"""The Network as a whole: its sister networks, and its history in dates and figures."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.models.history import History
from members.models.organizations import web_address
from members.models.regions import Region
from members.models.versions import Versioned

YEAR = [MinValueValidator(1900), MaxValueValidator(2200)]
MONTH = [MinValueValidator(1), MaxValueValidator(12)]


class SisterNetwork(Versioned):
    """A network of innocence organizations elsewhere in the world."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    website = models.URLField(_("website"), blank=True, max_length=300, validators=[web_address])
    countries = models.ManyToManyField(Region, blank=True, limit_choices_to={"kind": "country"})
    description = models.TextField(_("description"), blank=True, max_length=1000)

    history = History(m2m_fields=["countries"])

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name


class Milestone(Versioned):
    """A dated fact of the Network's history; the month may be unknown."""

    year = models.PositiveSmallIntegerField(_("year"), validators=YEAR)
    month = models.PositiveSmallIntegerField(_("month"), null=True, blank=True, validators=MONTH)
    text = models.CharField(_("text"), max_length=300)
    source = models.CharField(_("source"), max_length=300, blank=True)

    history = History()

    class Meta:
        ordering = ["year", F("month").asc(nulls_first=True), "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(month__isnull=True) | Q(month__range=(1, 12)), name="milestone_month"
            ),
        ]

    def __str__(self):
        return f"{self.year}: {self.text}"


class ReportedTotal(Versioned):
    """How many members the Network had, as it was reported at the time."""

    year = models.PositiveSmallIntegerField(_("year"), validators=YEAR)
    month = models.PositiveSmallIntegerField(_("month"), null=True, blank=True, validators=MONTH)
    total = models.PositiveSmallIntegerField(_("total"))
    us = models.PositiveSmallIntegerField(_("in the US"), null=True, blank=True)
    elsewhere = models.PositiveSmallIntegerField(_("elsewhere"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)

    history = History()

    class Meta:
        ordering = ["year", F("month").asc(nulls_first=True), "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(month__isnull=True) | Q(month__range=(1, 12)),
                name="reported_total_month",
            ),
            models.CheckConstraint(
                condition=Q(us__isnull=True, elsewhere__isnull=True)
                # Said apart, for a check that comes out as NULL passes.
                | Q(us__isnull=False, elsewhere__isnull=False, total=F("us") + F("elsewhere")),
                name="reported_total_adds_up",
                violation_error_message=_("The US and elsewhere must add up to the total."),
            ),
        ]

    def __str__(self):
        return f"{self.year}: {self.total}"


class StarterItem(models.Model):
    """A row of the starter files that was loaded once: whatever staff do with it is kept."""

    key = models.CharField(max_length=200, unique=True)
    loaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["key"]

    def __str__(self):
        return self.key
