"""Where a conviction can have happened: regions, cities, ZIP codes, and the names they go by."""

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from members.names import search_key

WORLD = "001"


class RegionQuerySet(models.QuerySet):
    def with_page(self):
        """Countries and their subdivisions; the world and US counties have no page."""
        return self.filter(kind__in=[Region.Kind.COUNTRY, Region.Kind.SUBDIVISION])

    def states(self):
        """The US states, the District of Columbia and the territories."""
        return self.filter(kind=Region.Kind.SUBDIVISION, parent="US")

    def countries(self):
        return self.filter(kind=Region.Kind.COUNTRY)

    def with_offices(self, organizations):
        """The countries in which one of the organizations has its office."""
        offices = organizations.filter(region__country=OuterRef("pk"))
        return self.filter(Exists(offices), kind=Region.Kind.COUNTRY)

    def countries_and_nations(self):
        """The countries, and the nations of the United Kingdom, which people know as countries."""
        return self.filter(
            Q(kind=Region.Kind.COUNTRY) | Q(parent="GB", kind=Region.Kind.SUBDIVISION)
        )


class Region(models.Model):
    """A jurisdiction, under the code that the standards give it.

    ``001`` is the world, two letters a country (ISO 3166-1), ``US-VA`` a subdivision (ISO 3166-2),
    ``US-VA-013`` a US county (state and FIPS code). ``path`` lists the codes from the world down
    to the region itself, each followed by a slash.
    """

    class Kind(models.TextChoices):
        WORLD = "world", _("world")
        COUNTRY = "country", _("country")
        SUBDIVISION = "subdivision", _("subdivision")
        COUNTY = "county", _("US county")

    code = models.CharField(_("code"), max_length=12, primary_key=True)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="children"
    )
    country = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="+", help_text=_("or itself")
    )
    path = models.CharField(_("path"), max_length=60)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)

    objects = RegionQuerySet.as_manager()

    class Meta:
        ordering = ["name", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(parent__isnull=False) | Q(code=WORLD), name="region_has_parent"
            ),
            models.CheckConstraint(
                condition=Q(country__isnull=False) | Q(code=WORLD), name="region_has_country"
            ),
        ]

    def __str__(self):
        if self.country_id and self.country_id != self.code:
            return f"{self.name} ({self.code})"
        return self.name

    def get_absolute_url(self):
        """A county is shown on the page of its state, and the world as the list of regions."""
        if self.kind == self.Kind.WORLD:
            return reverse("members:regions")
        code = self.parent_id if self.kind == self.Kind.COUNTY else self.code
        return reverse("members:region", args=[code.lower()])

    @cached_property
    def lineage(self):
        """The codes of the region and of all that it lies in, from the world down."""
        return self.path.rstrip("/").split("/")

    def lies_in(self, other):
        """Whether the region is ``other`` or a part of it."""
        return other.code in self.lineage

    @property
    def paged(self):
        """The region itself, or the state of a US county: what has a page of its own."""
        return self.parent if self.kind == Region.Kind.COUNTY else self

    @property
    def initial(self):
        """The letter under which an alphabetical list has the region: Åland stands under A."""
        return search_key(self.name)[:1].upper()

    @property
    def in_words(self):
        """The name as it stands inside a sentence: "the United States", "Virginia"."""
        takes_article = self.name.startswith(("United ", "District of "))
        if takes_article or self.code in NAMES_WITH_ARTICLE:
            return gettext("the %(name)s") % {"name": self.name}
        return self.name

    @property
    def in_heading(self):
        """The name as it stands alone: "Victoria, Australia", but "Virginia" and "Scotland"."""
        is_known_alone = self.kind != self.Kind.SUBDIVISION or self.country_id in {"GB", "US"}
        return self.in_words if is_known_alone else f"{self.in_words}, {self.country.name}"


# The Bahamas, the Gambia and the like; those that begin with "United" need no mention here.
NAMES_WITH_ARTICLE = {
    *("AX", "BS", "CC", "CD", "CF", "CG", "CK", "DO", "FK", "FO", "GM", "IM", "KM", "KY", "MH"),
    *("MV", "NL", "PH", "SB", "SC", "TC", "US-MP", "US-VI", "VA", "VG", "CA-NT"),
}


class Place(models.Model):
    """A city, or a US ZIP code: ``name`` is the ZIP then, and ``locality`` the post office."""

    class Kind(models.TextChoices):
        CITY = "city", _("city")
        ZIP = "zip", _("ZIP code")

    kind = models.CharField(_("kind"), max_length=4, choices=Kind)
    name = models.CharField(_("name"), max_length=120)
    locality = models.CharField(_("locality"), max_length=120, blank=True)
    region = models.ForeignKey(Region, models.CASCADE, related_name="places")
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    population = models.PositiveIntegerField(_("population"), default=0)

    class Meta:
        ordering = ["name", "-population", "pk"]
        indexes = [
            models.Index(fields=["name"], condition=Q(kind="zip"), name="place_zip"),
        ]

    def __str__(self):
        return f"{self.name}, {self.region.name}"


class SearchName(models.Model):
    """A name under which a region or a city is found.

    ``key`` is its ``search_key``, ``head`` the first two letters and ``length`` the length of
    that key; ``weight`` is about how many people live in what the name means.
    """

    class Standing(models.IntegerChoices):
        CODE = 0, _("code")
        NAME = 1, _("name")
        ALIAS = 2, _("other name")
        LOOSE = 3, _("only when nothing else fits")

    key = models.CharField(_("key"), max_length=120, db_index=True)
    head = models.CharField(max_length=2)
    length = models.PositiveSmallIntegerField()
    standing = models.PositiveSmallIntegerField(choices=Standing)
    weight = models.PositiveIntegerField()
    region = models.ForeignKey(Region, models.CASCADE, null=True, blank=True, related_name="names")
    # Places are only replaced as a whole, after their names: no need to look for these row by row.
    place = models.ForeignKey(Place, models.DO_NOTHING, null=True, blank=True, related_name="names")

    class Meta:
        ordering = ["key", "-weight", "pk"]
        indexes = [
            models.Index(fields=["head", "length"], name="name_head_length"),
            models.Index(
                fields=["length"], condition=Q(weight__gte=300_000), name="name_prominent"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(region__isnull=True) ^ Q(place__isnull=True), name="name_of_one_thing"
            ),
        ]

    def __str__(self):
        return self.key


class GazetteerLoad(models.Model):
    """Which gazetteer files the tables above were filled from: the digest of the newest load."""

    digest = models.CharField(max_length=64)
    loaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        get_latest_by = "loaded_at"
        ordering = ["-loaded_at"]

    def __str__(self):
        return f"{self.digest[:12]} ({self.loaded_at:%Y-%m-%d %H:%M})"
