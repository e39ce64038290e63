"""Which organizations the public and the desk see: each subset is named once."""

import datetime

from django.db import models
from django.db.models import Count, Exists, F, Max, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone

from members.models.coverage import Coverage
from members.models.memberships import MembershipPeriod
from members.names import search_key

# For how long facts count as checked.
CONFIRMATION_HOLDS = datetime.timedelta(days=180)


class OrganizationQuerySet(models.QuerySet):
    def listed(self, at=None):
        """Published, and a member on the day ``at`` (today): all that any public page shows."""
        return self.filter(
            Exists(MembershipPeriod.objects.filter(organization=OuterRef("pk")).on(at)),
            published=True,
        )

    def covering(self, region):
        """Organizations whose most specific rule for ``region`` does not exclude it."""
        return self.filter(pk__in=Coverage.objects.taking(region).values("organization"))

    def without_address(self):
        return self.filter(postal_address="")

    def without_contact(self):
        """Those of which nothing is known by which they can be reached."""
        return self.without_address().filter(phone="", email="", website="", intake_url="")

    def without_coverage(self):
        """Those without a rule: the finder offers them for no place."""
        return self.filter(~Exists(Coverage.objects.filter(organization=OuterRef("pk"))))

    def with_contradictory_coverage(self):
        """Organizations with a rule that takes back nothing, or says what a wider one says."""
        return self.filter(pk__in=Coverage.objects.contradictory().values("organization"))

    def confirmation_due(self, at=None):
        """Those whose facts nobody confirmed in the 180 days before ``at`` (today).

        Never confirmed first, then the longest ago.
        """
        last = (at or timezone.localdate()) - CONFIRMATION_HOLDS
        due = self.filter(Q(confirmed_on__isnull=True) | Q(confirmed_on__lt=last))
        return due.order_by(F("confirmed_on").asc(nulls_first=True), Lower("name"), "pk")

    def census(self, at=None):
        """How many organizations these are, by where their office is, and for which day.

        ``as_of`` is the newest day on which one of their memberships was known to be right (None
        if there are none): the date that a public count carries.
        """
        return self.aggregate(
            total=Count("pk"),
            us=Count("pk", filter=Q(region__country="US")),
            elsewhere=Count("pk", filter=~Q(region__country="US")),
            countries=Count("region__country", distinct=True),
        ) | MembershipPeriod.objects.filter(organization__in=self).on(at).aggregate(
            as_of=Max("known_on")
        )

    def named(self, text):
        """Organizations with ``text`` in a name of theirs or of their host institution.

        Compared as the finder compares names, since databases differ over case and accents:
        "hawaii" finds "Hawai'i".
        """
        wanted = search_key(text)
        if not wanted:
            return self.none()
        names = self.order_by().values_list(
            "pk", "name", "short_name", "host_institution", "other_names__name"
        )
        found = {pk for pk, *name in names if any(wanted in search_key(one or "") for one in name)}
        return self.filter(pk__in=found)
