"""Openings at member organizations: who is looked for, and until when."""

from urllib.parse import urlsplit

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from jobs.days import day_at_desk, last_day
from jobs.pay import pay_in_words
from jobs.querysets import SOON, JobOpeningQuerySet
from members.markdown import MarkdownField, RenderedField
from members.models import Organization, Region
from members.models.history import History
from members.models.organizations import in_place, web_address
from members.models.versions import Versioned


class JobOpening(Versioned):
    """A job, fellowship or internship at one organization, which hires for itself."""

    class Workplace(models.TextChoices):
        NOT_STATED = "not_stated", _("Not stated")
        ON_SITE = "on_site", _("On site")
        HYBRID = "hybrid", _("Hybrid")
        REMOTE = "remote", _("Remote")

    class Kind(models.TextChoices):
        ATTORNEY = "attorney", _("Attorney")
        INVESTIGATOR = "investigator", _("Investigator or paralegal")
        INTAKE = "intake", _("Intake and client support")
        COMMUNICATIONS = "communications", _("Communications, development and policy")
        LEADERSHIP = "leadership", _("Leadership and administration")
        FELLOWSHIP = "fellowship", _("Fellowship or internship")
        OTHER = "other", _("Other")

    class Employment(models.TextChoices):
        NOT_STATED = "not_stated", _("Not stated")
        FULL_TIME = "full_time", _("Full time")
        PART_TIME = "part_time", _("Part time")
        TEMPORARY = "temporary", _("Temporary")
        CONTRACT = "contract", _("Contract")
        INTERNSHIP = "internship", _("Internship")
        VOLUNTEER = "volunteer", _("Volunteer")

    class Per(models.TextChoices):
        HOUR = "hour", _("an hour")
        DAY = "day", _("a day")
        WEEK = "week", _("a week")
        MONTH = "month", _("a month")
        YEAR = "year", _("a year")

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="job_openings")
    title = models.CharField(_("title"), max_length=120)
    kind = models.CharField(_("kind of work"), max_length=16, choices=Kind)
    employment_type = models.CharField(
        _("employment type"), max_length=12, choices=Employment, default=Employment.NOT_STATED
    )
    summary = models.CharField(
        _("summary"),
        max_length=300,
        blank=True,
        help_text=_("One or two sentences, for the feed and for search engines."),
    )
    description = MarkdownField(_("description"))
    description_html = RenderedField(source="description")

    workplace = models.CharField(
        _("workplace"), max_length=12, choices=Workplace, default=Workplace.NOT_STATED
    )
    city = models.CharField(_("city"), max_length=120, blank=True)
    region = models.ForeignKey(
        Region,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="job_openings",
        limit_choices_to={"kind__in": [Region.Kind.COUNTRY, Region.Kind.SUBDIVISION]},
        verbose_name=_("state or country"),
        help_text=_("Of the place of work. For remote work: where people must live to apply."),
    )

    pay_minimum = models.DecimalField(
        _("pay from"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    pay_maximum = models.DecimalField(
        _("pay to"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    pay_currency = models.CharField(
        _("currency"),
        max_length=3,
        blank=True,
        validators=[RegexValidator(r"^[A-Z]{3}\Z", _("Three capital letters: USD."))],
        help_text=_("Three capital letters, as USD, CAD, EUR or TWD."),
    )
    pay_per = models.CharField(_("for"), max_length=5, choices=Per, blank=True)

    posted_on = models.DateField(
        _("posted on"),
        null=True,
        blank=True,
        help_text=_("On a day to come, the opening is shown from that day on."),
    )
    closes_on = models.DateField(
        _("closes on"),
        null=True,
        blank=True,
        help_text=_(
            "The last day to apply; it ends when it has ended everywhere on earth. "
            "Empty: open until filled."
        ),
    )
    filled_on = models.DateField(
        _("filled on"),
        null=True,
        blank=True,
        help_text=_("From this day on the opening is in no list."),
    )
    apply_url = models.URLField(
        _("link to apply"), blank=True, max_length=300, validators=[web_address]
    )
    apply_email = models.EmailField(_("e-mail to apply to"), blank=True)

    published = models.BooleanField(_("published"), default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = JobOpeningQuerySet.as_manager()
    history = History()

    class Meta:
        ordering = [F("posted_on").desc(nulls_last=True), "-pk"]
        verbose_name = _("job opening")
        permissions = [
            ("publish_jobopening", _("Can publish and withdraw job openings")),
            ("import_jobopening", _("Can import job openings")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(pay_minimum__isnull=True)
                | Q(pay_maximum__isnull=True)
                | Q(pay_maximum__gte=F("pay_minimum")),
                name="job_pay_range",
                violation_error_message=_("The pay cannot end below where it begins."),
            ),
            models.CheckConstraint(
                condition=(Q(pay_minimum__isnull=True) | Q(pay_minimum__gte=0))
                & (Q(pay_maximum__isnull=True) | Q(pay_maximum__gte=0)),
                name="job_pay_is_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(
                    pay_minimum__isnull=True,
                    pay_maximum__isnull=True,
                    pay_currency="",
                    pay_per="",
                )
                | (Q(pay_minimum__isnull=False) | Q(pay_maximum__isnull=False))
                & ~Q(pay_currency="")
                & ~Q(pay_per=""),
                name="job_pay_is_whole",
                violation_error_message=_(
                    "Say of the pay an amount, the currency and what it is for, or nothing."
                ),
            ),
            models.CheckConstraint(
                condition=Q(closes_on__isnull=True)
                | Q(posted_on__isnull=True)
                | Q(closes_on__gte=F("posted_on")),
                name="job_closes_after_it_is_posted",
                violation_error_message=_("An opening cannot close before it is posted."),
            ),
            models.CheckConstraint(
                condition=Q(filled_on__isnull=True)
                | Q(posted_on__isnull=True)
                | Q(filled_on__gte=F("posted_on")),
                name="job_filled_after_it_is_posted",
                violation_error_message=_("An opening cannot be filled before it is posted."),
            ),
            models.CheckConstraint(
                condition=Q(apply_url="")
                | Q(apply_url__startswith="https://")
                | Q(apply_url__startswith="http://"),
                name="job_apply_url_is_http",
                violation_error_message=_("A web address begins with https:// or http://."),
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        # A title without a Latin letter has no slug.
        slug = slugify(self.title)[:80].strip("-_") or "opening"
        return reverse("jobs:opening", args=[self.pk, slug])

    def publish(self):
        self.published = True
        self.save()

    def withdraw(self):
        self.published = False
        self.save()

    def is_filled(self, at=None):
        return bool(self.filled_on and self.filled_on <= day_at_desk(at))

    def is_closed(self, at=None):
        return bool(self.closes_on and self.closes_on < last_day(at))

    @property
    def place(self):
        """Where the work is, in words: "Boise, Idaho", "Lyon, France"; empty when not stated."""
        if not self.region:
            return self.city
        wide = self.region if self.region.country_id == "US" else self.region.country
        return in_place(self.city, wide.name)

    @property
    def pay(self):
        return pay_in_words(
            self.pay_minimum, self.pay_maximum, self.pay_currency, self.get_pay_per_display()
        )

    @property
    def apply_host(self):
        return (urlsplit(self.apply_url).hostname or "").removeprefix("www.")

    @property
    def deadline(self):
        """Until when one can apply, in words. Without any date nothing is claimed."""
        if self.closes_on:
            return gettext("Closes %(date)s") % {"date": date_format(self.closes_on, "j F Y")}
        return gettext("Open until filled") if self.posted_on else gettext("Dates not stated")

    def days_left(self, at=None):
        """From today to the closing date, as the Support Unit counts; None without such a date.

        It is 0 on the closing date, and afterwards while the day lasts elsewhere on earth.
        """
        if not self.closes_on:
            return None
        return max((self.closes_on - day_at_desk(at)).days, 0)

    def closes_soon(self, at=None):
        days = self.days_left(at)
        return days is not None and days <= SOON

    def closes_in(self, at=None):
        """How long there is to apply, in words."""
        days = self.days_left(at)
        if self.closes_on < day_at_desk(at):
            # Over here, and not yet everywhere.
            return gettext("Closes within hours")
        if days == 0:
            return gettext("Closes today")
        if days == 1:
            return gettext("Closes tomorrow")
        return ngettext("Closes in %(days)d day", "Closes in %(days)d days", days) % {"days": days}
