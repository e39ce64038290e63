"""Since when an organization belongs to the Network, and until when."""

import datetime

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models.history import History


class MembershipPeriodQuerySet(models.QuerySet):
    def on(self, day=None):
        """Periods that include ``day`` (today); an unknown beginning or end does not bound."""
        day = day or timezone.localdate()
        return self.filter(
            Q(joined_on__isnull=True) | Q(joined_on__lte=day),
            Q(left_on__isnull=True) | Q(left_on__gte=day),
        )


class MembershipPeriod(models.Model):
    """A time of membership. Both ends may be unknown; ``left_on`` is the last day of it."""

    organization = models.ForeignKey(
        "members.Organization", models.CASCADE, related_name="memberships"
    )
    joined_on = models.DateField(
        _("member from"), null=True, blank=True, help_text=_("1 January if only the year is known.")
    )
    left_on = models.DateField(
        _("until"), null=True, blank=True, help_text=_("The last day; empty while a member.")
    )
    known_on = models.DateField(
        _("known to be right on"),
        default=datetime.date.today,
        help_text=_("The public count of members carries the newest of these dates."),
    )

    objects = MembershipPeriodQuerySet.as_manager()
    history = History()

    class Meta:
        ordering = ["organization", F("joined_on").asc(nulls_first=True)]
        constraints = [
            models.CheckConstraint(
                condition=Q(joined_on__isnull=True)
                | Q(left_on__isnull=True)
                | Q(left_on__gte=F("joined_on")),
                name="membership_ends_after_it_begins",
                violation_error_message=_("A membership cannot end before it begins."),
            ),
        ]

    def __str__(self):
        return f"{self.joined_on or '?'} – {self.left_on or ''}"
