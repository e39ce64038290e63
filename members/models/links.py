"""What became of the links that the public pages show, when they were last followed."""

import datetime

from django.db import models, transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models.organizations import Organization

# A link is called failing when it failed in every check over this long. A daily timer that starts
# a little early still counts as the next day.
A_DAY = datetime.timedelta(hours=20)
MAX_URL = 3000  # of a redirect; longer ones are not followed


class Problem(models.TextChoices):
    """Why a link could not be followed, in words for those who mend it."""

    ADDRESS = "address", _("This is not a valid web address")
    LOGIN = "login", _("The address holds a user name or a password")
    PORT = "port", _("An unusual port is not checked: open the link yourself")
    NO_NAME = "no_name", _("The name does not exist")
    LOOKUP = "lookup", _("The name cannot be looked up")
    PRIVATE = "private", _("The name leads to an address that is not on the public internet")
    NETWORK = "network", _("Our own server has no connection to there")
    REFUSED = "refused", _("The server refuses connections")
    UNREACHABLE = "unreachable", _("The server cannot be reached")
    DROPPED = "dropped", _("The server breaks off the connection")
    TIME = "time", _("No answer in time")
    CERTIFICATE = "certificate", _("Its certificate is not valid")
    ISSUER = "issuer", _("The issuer of its certificate is not known; browsers may still show it")
    ENCRYPTION = "encryption", _("No secure connection can be made")
    ANSWER = "answer", _("What answers there is not a website")
    REDIRECTS = "redirects", _("It redirects again and again; browsers may still show it")
    GONE = "gone", _("The page is gone")
    SERVER = "server", _("The server reports an error")
    TURNED_AWAY = "turned_away", _("The server turns programs away: open the link yourself")


# A person may well see the page: to call these links broken would be a false alarm every time.
UNCLEAR = {
    *(Problem.ISSUER, Problem.NETWORK, Problem.PORT, Problem.REDIRECTS, Problem.TURNED_AWAY),
}


class LinkCheckQuerySet(models.QuerySet):
    def working(self):
        return self.filter(problem="")

    def unclear(self):
        """Those that answered in a way from which a program cannot tell what a person sees."""
        return self.filter(problem__in=UNCLEAR)

    def failed(self):
        """Those that failed the last check, be it for the first time."""
        return self.filter(failing_since__isnull=False)

    def failing(self):
        """Those that failed every check over a day or more."""
        return self.filter(failing_since__lte=F("checked_at") - A_DAY)

    def with_organization(self):
        """Each with the key of an ``organization`` whose record holds it, if one does."""
        is_used = Q(website=OuterRef("url")) | Q(intake_url=OuterRef("url"))
        users = Organization.objects.filter(is_used).order_by("pk")
        return self.annotate(organization=Subquery(users.values("pk")[:1]))

    def due(self, urls, *, days=0, at=None):
        """Those of ``urls`` last checked ``days`` calendar days ago or earlier, by urgency.

        The never checked come first, then those unchecked for longest.
        """
        newest = timezone.localdate(at) - datetime.timedelta(days=days)
        checked = dict(self.values_list("url", "checked_at"))
        known = [url for url in urls if url in checked]
        return [url for url in urls if url not in checked] + sorted(
            (url for url in known if timezone.localdate(checked[url]) <= newest), key=checked.get
        )

    @transaction.atomic
    def record(self, url, outcome, *, found_in="", at=None):
        """Keeps what became of ``url``: ``outcome`` is problem, status, and where it leads."""
        at = at or timezone.now()
        # Two runs may meet, one from a timer and one by hand.
        check, _new = self.select_for_update().get_or_create(url=url, defaults={"checked_at": at})
        check.found_in = found_in
        check.take(outcome, at)
        check.save()
        return check

    def forget_all_but(self, urls):
        """Deletes what is known of other links; returns of how many."""
        return self.exclude(url__in=list(urls)).delete()[0]


class LinkCheck(models.Model):
    """The last check of one link, however many pages show it."""

    url = models.URLField(_("link"), max_length=500, unique=True)
    found_in = models.TextField(_("found in"), blank=True)
    checked_at = models.DateTimeField(_("checked"))
    problem = models.CharField(_("problem"), max_length=12, choices=Problem, blank=True)
    status = models.PositiveSmallIntegerField(_("status"), null=True, blank=True)
    leads_to = models.URLField(_("redirects to"), max_length=MAX_URL, blank=True)
    failing_since = models.DateTimeField(_("fails since"), null=True, blank=True)
    failures = models.PositiveIntegerField(_("failed checks in a row"), default=0)

    objects = LinkCheckQuerySet.as_manager()

    class Meta:
        ordering = [F("failing_since").asc(nulls_last=True), "found_in", "url"]
        verbose_name = _("link check")
        constraints = [
            models.CheckConstraint(
                condition=Q(failing_since__isnull=True, failures=0)
                | Q(
                    # Said apart, for a check that comes out as NULL passes.
                    failing_since__isnull=False,
                    failing_since__lte=F("checked_at"),
                    failures__gte=1,
                )
                & ~Q(problem=""),
                name="link_fails_since_a_failure",
            ),
        ]

    def __str__(self):
        return self.url

    @property
    def in_words(self):
        """What the last check found: "The page is gone (404)"."""
        words = self.get_problem_display() or _("Works")
        return f"{words} ({self.status})" if self.problem and self.status else str(words)

    def take(self, outcome, at):
        """Takes over what a check found; only clear failures, one after the other, add up."""
        self.problem, self.status, self.leads_to = outcome
        self.checked_at = at
        if self.problem and self.problem not in UNCLEAR:
            self.failing_since = min(self.failing_since or at, at)
            self.failures += 1
        else:
            self.failing_since = None
            self.failures = 0
