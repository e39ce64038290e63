"""What needs attention: each line counts records, and leads to the list of exactly these."""

from dataclasses import dataclass
from functools import cached_property

from django.contrib.admin.utils import quote
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from jobs.models import JobOpening
from members.models import Coverage, LinkCheck, Organization, Region
from statements.models import Edition


@dataclass(frozen=True)
class Line:
    """``query`` is how the list of the model is asked for the ``records``."""

    records: QuerySet
    query: dict
    some: str  # ngettext_lazy: it follows the count
    none: str
    hint: str = ""
    is_named: bool = False
    # A page of the desk that goes with it: its words and its name.
    page: tuple[str, str] | None = None

    @property
    def model(self):
        return self.records.model

    @cached_property
    def named(self):
        """Where names tell more than a count: the name of each record, and its address."""
        if not self.is_named:
            return []
        page = f"{self.pages}_change"
        return [(one.name, reverse(page, args=[quote(one.pk)])) for one in self.records]

    @cached_property
    def count(self):
        return len(self.named) if self.is_named else self.records.count()

    @property
    def words(self):
        return self.some % self.count

    @property
    def address(self):
        return reverse(f"{self.pages}_changelist", query=self.query)

    @property
    def pages(self):
        """What the names of the admin's pages of the model begin with."""
        return f"admin:{self.model._meta.app_label}_{self.model._meta.model_name}"


@dataclass(frozen=True)
class Group:
    heading: str
    lines: list[Line]


def groups(may_open, at=None):
    """The lines on the models for which ``may_open(model)``, as they stand at the moment ``at``."""
    everything = [
        Group(_("Listings on the site"), listings(at)),
        Group(_("States and countries"), places(at)),
        Group(_("Job openings"), openings(at)),
        Group(_("Not published"), drafts()),
    ]
    allowed = [
        Group(group.heading, [line for line in group.lines if may_open(line.model)])
        for group in everything
    ]
    return [group for group in allowed if group.lines]


def listings(at=None):
    day = timezone.localdate(at)
    listed = Organization.objects.listed(day)
    public = {"standing": "public"}
    return [
        Line(
            listed.confirmation_due(day),
            public | {"confirmation": "due"},
            ngettext_lazy(
                "listing not confirmed in the last 180 days",
                "listings not confirmed in the last 180 days",
            ),
            _("Every listing was confirmed in the last 180 days."),
            hint=_("Never confirmed first, then the longest ago."),
            page=(_("List to print"), "admin:members_organization_due"),
        ),
        Line(
            listed.without_contact(),
            public | {"attention": "without_contact"},
            ngettext_lazy("listing without any contact", "listings without any contact"),
            _("Every listing says how to reach the organization."),
            hint=_("No address, telephone, e-mail or website is known."),
        ),
        Line(
            listed.without_address(),
            public | {"attention": "without_address"},
            ngettext_lazy("listing without a postal address", "listings without a postal address"),
            _("Every listing has a postal address."),
            hint=_("People in prison can write to nothing else."),
        ),
        Line(
            listed.without_coverage(),
            public | {"attention": "without_coverage"},
            ngettext_lazy("listing without coverage", "listings without coverage"),
            _("Every listing has coverage."),
            hint=_("The finder offers such a listing for no place."),
        ),
        Line(
            Organization.objects.with_contradictory_coverage(),
            {"attention": "with_contradictory_coverage"},
            ngettext_lazy(
                "organization with contradictory coverage",
                "organizations with contradictory coverage",
            ),
            _("No coverage contradicts itself."),
        ),
        Line(
            LinkCheck.objects.failed(),
            {"state": "failed"},
            ngettext_lazy(
                "link on the site that failed the last check",
                "links on the site that failed the last check",
            ),
            _("No link on the site failed the last check."),
            hint=_("The list says since when: what failed only once may be right again tomorrow."),
        ),
    ]


def places(at=None):
    """Nationwide and worldwide members may take cases from these places all the same."""
    rules = Coverage.objects.of(Organization.objects.listed(timezone.localdate(at)))
    dedicated = rules.not_excluding()
    return [
        Line(
            dedicated.leave_out(Region.objects.states()),
            {"member": "no_state"},
            ngettext_lazy(
                "US state or territory without a member of its own",
                "US states and territories without a member of their own",
            ),
            _("Every US state and territory has a member of its own."),
            hint=_("Members that take cases from the whole country are not counted here."),
            is_named=True,
        ),
        Line(
            dedicated.leave_out(Region.objects.countries()),
            {"member": "no_country"},
            ngettext_lazy(
                "country without a member of its own", "countries without a member of their own"
            ),
            _("Every country has a member of its own."),
            hint=_("Members that take cases from the whole world are not counted here."),
        ),
    ]


def openings(at=None):
    return [
        Line(
            JobOpening.objects.closing_soon(at),
            {"state": "closing_soon"},
            ngettext_lazy(
                "opening closes in the next seven days", "openings close in the next seven days"
            ),
            _("No opening closes in the next seven days."),
        ),
        Line(
            JobOpening.objects.over(at),
            {"state": "over"},
            ngettext_lazy(
                "opening is over and still has a page", "openings are over and still have a page"
            ),
            _("No page of an opening that is over is left."),
            hint=_("In no list any more. The page says so, and goes by itself after 90 days."),
        ),
        Line(
            JobOpening.objects.undated(at),
            {"state": "undated"},
            ngettext_lazy("opening is open without any date", "openings are open without any date"),
            _("No opening is open without any date."),
            hint=_("Such an opening never ends by itself: ask whether it is still open."),
        ),
    ]


def drafts():
    return [
        Line(
            Organization.objects.filter(published=False),
            {"standing": "draft"},
            ngettext_lazy("organization: draft or withdrawn", "organizations: drafts or withdrawn"),
            _("No organization waits to be published."),
        ),
        Line(
            JobOpening.objects.filter(published=False),
            {"state": "draft"},
            ngettext_lazy("job opening: draft or withdrawn", "job openings: drafts or withdrawn"),
            _("No job opening waits to be published."),
        ),
        Line(
            Edition.objects.filter(published=False),
            {"published__exact": "0"},
            ngettext_lazy("draft of an edition", "drafts of editions"),
            _("No edition of a statement waits to be published."),
        ),
    ]
