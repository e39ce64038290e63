"""The member organizations: who they are, what they take, and by what names they are found."""

import re
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Cos, Lower, Radians, Sin
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from members.markdown import MarkdownField, RenderedField
from members.models.history import History
from members.models.querysets import OrganizationQuerySet
from members.models.regions import Region
from members.models.versions import Versioned
from members.models.words import words_of, words_of_other_name

web_address = URLValidator(schemes=["http", "https"])

# What is compared when the facts are confirmed: how to reach it, and what it takes from where.
FACTS = {
    *("city", "region", "postal_address", "phone", "email", "website", "intake_url"),
    *("intake_state", "intake_note", "who_may_write", "languages", "how_to_ask"),
    *("cases_taken", "cases_not_taken", "coverage"),
}


def in_place(city, wide):
    """A city with its state or country, but for those that name it: Washington, D.C., Singapore."""
    return wide if f"{wide}, ".startswith(f"{city}, ") else ", ".join(filter(None, [city, wide]))


class Organization(Versioned):
    """An organization that is, was or will be a member of the Network."""

    class Kind(models.TextChoices):
        NONPROFIT = "nonprofit", _("Independent nonprofit")
        LAW_SCHOOL = "law_school", _("Law school or other educational institution")
        PUBLIC_DEFENDER = "public_defender", _("Unit of a public defender office")
        LAW_FIRM = "law_firm", _("Pro bono section of a law firm")

    class Writer(models.TextChoices):
        UNKNOWN = "unknown", _("Not known")
        PRISONER = "prisoner", _("The person in prison")
        FAMILY = "family", _("The person in prison or the family")
        ANYONE = "anyone", _("Anyone")

    class Intake(models.TextChoices):
        UNKNOWN = "unknown", _("Not known whether open to new requests")
        OPEN = "open", _("Open to new requests")
        LONG_WAIT = "long_wait", _("Open, with a long wait")
        CLOSED = "closed", _("Closed to new requests")

    class Confirmation(models.TextChoices):
        TELEPHONE = "telephone", _("by telephone")
        LETTER = "letter", _("by letter")
        EMAIL = "email", _("by e-mail")
        WEBSITE = "website", _("on its website")

    name = models.CharField(_("name"), max_length=200)
    short_name = models.CharField(
        _("short name"),
        max_length=60,
        blank=True,
        help_text=_("As people call it. Search finds it."),
    )
    slug = models.SlugField(
        _("page address"),
        max_length=100,
        unique=True,
        help_text=_(
            "The end of its page's web address: small letters, digits and hyphens. If you change "
            "it, add the old one below under the other names: links to it then still work."
        ),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    host_institution = models.CharField(
        _("host institution"),
        max_length=200,
        blank=True,
        help_text=_("The university, office or firm that it belongs to or works with."),
    )
    founded = models.PositiveSmallIntegerField(
        _("founded in"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1900), MaxValueValidator(2200)],
    )
    summary = models.TextField(
        _("summary"), blank=True, max_length=600, help_text=_("One to three plain sentences.")
    )

    city = models.CharField(_("office city"), max_length=120, blank=True)
    region = models.ForeignKey(
        Region, models.PROTECT, related_name="offices", verbose_name=_("office region")
    )
    latitude = models.FloatField(
        _("latitude"),
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
        help_text=_("Taken from the city when left empty."),
    )
    longitude = models.FloatField(
        _("longitude"),
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )
    # The office as a unit vector: the nearest offices are those with the largest dot product.
    x = models.GeneratedField(
        expression=Cos(Radians(F("latitude"))) * Cos(Radians(F("longitude"))),
        output_field=models.FloatField(),
        db_persist=True,
    )
    y = models.GeneratedField(
        expression=Cos(Radians(F("latitude"))) * Sin(Radians(F("longitude"))),
        output_field=models.FloatField(),
        db_persist=True,
    )
    z = models.GeneratedField(
        expression=Sin(Radians(F("latitude"))), output_field=models.FloatField(), db_persist=True
    )

    postal_address = models.TextField(
        _("postal address"), blank=True, max_length=500, help_text=_("As on an envelope.")
    )
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    website = models.URLField(_("website"), blank=True, max_length=300, validators=[web_address])
    intake_url = models.URLField(
        _("application page"),
        blank=True,
        max_length=300,
        validators=[web_address],
        help_text=_("Its page for people who ask for help."),
    )

    intake_state = models.CharField(
        _("open to requests"), max_length=12, choices=Intake, default=Intake.UNKNOWN
    )
    intake_state_on = models.DateField(_("as of"), null=True, blank=True)
    intake_note = models.CharField(_("note on requests"), max_length=300, blank=True)
    who_may_write = models.CharField(
        _("who may write"), max_length=12, choices=Writer, default=Writer.UNKNOWN
    )
    languages = models.CharField(
        _("languages"), max_length=200, blank=True, help_text=_("In words: English, Spanish")
    )
    how_to_ask = MarkdownField(_("how to ask for help"), blank=True)
    how_to_ask_html = RenderedField(source="how_to_ask")
    cases_taken = MarkdownField(_("cases it takes"), blank=True)
    cases_taken_html = RenderedField(source="cases_taken")
    cases_not_taken = MarkdownField(_("cases it does not take"), blank=True)
    cases_not_taken_html = RenderedField(source="cases_not_taken")

    published = models.BooleanField(_("published"), default=False)
    confirmed_on = models.DateField(_("facts confirmed on"), null=True, blank=True)
    confirmed_by = models.CharField(_("confirmed by"), max_length=120, blank=True)
    confirmed_how = models.CharField(
        _("confirmed how"), max_length=12, choices=Confirmation, blank=True
    )

    objects = OrganizationQuerySet.as_manager()
    history = History()

    class Meta:
        ordering = [Lower("name"), "pk"]
        permissions = [
            ("publish_organization", _("Can publish and withdraw organizations")),
            ("import_organization", _("Can import organizations")),
        ]
        indexes = [
            # The order of the directory, and where the finder looks for offices nearby.
            models.Index(
                Lower("name"), "id", condition=Q(published=True), name="organization_by_name"
            ),
            models.Index(
                fields=["latitude", "longitude"],
                condition=Q(published=True),
                name="organization_by_office",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(
                    # Said apart, for a check that comes out as NULL passes.
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                name="organization_coordinates",
                violation_error_message=_("Give both coordinates, or neither."),
            ),
            models.CheckConstraint(
                condition=Q(confirmed_on__isnull=True) | ~Q(confirmed_how=""),
                name="organization_confirmed_how",
                violation_error_message=_("Say how the facts were confirmed."),
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{field: ""})
                    | Q(**{f"{field}__startswith": "https://"})
                    | Q(**{f"{field}__startswith": "http://"}),
                    name=f"organization_{field}_is_http",
                    violation_error_message=_("A web address begins with https:// or http://."),
                )
                for field in ("website", "intake_url")
            ),
        ]

    def __str__(self):
        return self.name

    @transaction.atomic
    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        self.words.filter(other_name=None).keep(words_of(self))

    def get_absolute_url(self):
        return reverse("members:organization", args=[self.slug])

    def clean(self):
        if FormerName.objects.filter(slug=self.slug).exclude(organization=self.pk).exists():
            raise ValidationError(
                {"slug": _("This address is kept for a former name of another organization.")}
            )

    def publish(self):
        self.published = True
        self.save()

    def withdraw(self):
        self.published = False
        self.save()

    def confirm(self, on, by, how):
        """Notes that the facts were right on the day ``on``: who says so, and how they know."""
        self.confirmed_on, self.confirmed_by, self.confirmed_how = on, by, how
        self.save()

    def not_confirmed_anew(self, changed):
        """In words, if facts among the fields in ``changed`` were confirmed as they were before."""
        if self.confirmed_on is None or FACTS.isdisjoint(changed):
            return ""
        words = _(
            "Facts of this record were confirmed on %(date)s, before this change. If what is new "
            "is checked, too, press “Facts confirmed”."
        )
        return words % {"date": date_format(self.confirmed_on, "j F Y")}

    @property
    def website_name(self):
        """The website as people say it: the host, without "www."."""
        return (urlsplit(self.website).hostname or "").removeprefix("www.")

    @property
    def phone_link(self):
        """The telephone number as a ``tel:`` address has it."""
        return re.sub(r"[^\d+]", "", self.phone)

    @property
    def office(self):
        """Where the office is, in words: "Boise, Idaho", "Lyon, France"."""
        return in_place(
            self.city,
            self.region.name if self.region.country_id == "US" else self.region.country.name,
        )

    @property
    def envelope(self):
        """Name and postal address in the lines of an envelope; empty without an address."""
        if not self.postal_address or self.postal_address.startswith(self.name):
            return self.postal_address
        return f"{self.name}\n{self.postal_address}"

    @property
    def has_contact(self):
        """Whether anything is known by which the organization can be reached."""
        return any((self.postal_address, self.phone, self.email, self.website, self.intake_url))


class FormerName(models.Model):
    """Another name of an organization: it is found by it, and its old address redirects."""

    class Standing(models.TextChoices):
        FORMER = "former", _("former name")
        LATER = "later", _("newer name, not yet taken over here")

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="other_names")
    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(_("page address"), max_length=100, unique=True)
    standing = models.CharField(
        _("standing"), max_length=8, choices=Standing, default=Standing.FORMER
    )
    until = models.PositiveSmallIntegerField(
        _("year of the change"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1900), MaxValueValidator(2200)],
    )

    history = History()

    class Meta:
        ordering = ["organization", "until", "name"]
        verbose_name = _("other name")

    def __str__(self):
        return self.name

    @transaction.atomic
    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        self.words.all().keep(words_of_other_name(self))

    def clean(self):
        # Its own old address may still be the present one, until both are saved.
        others = Organization.objects.exclude(pk=self.organization_id)
        if others.filter(slug=self.slug).exists():
            raise ValidationError({"slug": _("This is the address of another organization.")})
