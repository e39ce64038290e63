"""Which organizations the public and the desk see: each subset is named once."""

import datetime
from functools import lru_cache

from django.db import models
from django.db.models import Count, Exists, F, Max, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone

from members.models.coverage import Coverage
from members.models.memberships import MembershipPeriod
from members.models.words import Word, words_in

# For how long facts count as checked.
CONFIRMATION_HOLDS = datetime.timedelta(days=180)


@lru_cache(maxsize=4)
def is_member(day):
    """The condition that a membership includes the day: nearly every page asks it, some thrice."""
    return Exists(MembershipPeriod.objects.filter(organization=OuterRef("pk")).on(day))


class OrganizationQuerySet(models.QuerySet):
    def listed(self, at=None):
        """Published, and a member on the day ``at`` (today): all that any public page shows."""
        return self.filter(is_member(at or timezone.localdate()), published=True)

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

    def with_words(self, wanted, among=None):
        """Organizations with a word that begins so for each one wanted, ``among`` some or all."""
        words = Word.objects.order_by() if among is None else among.order_by()
        for one in wanted:
            self = self.filter(pk__in=words.filter(word__begins=one).values("organization"))
        return self

    def named(self, text):
        """Organizations with the words of a text in their names or their host institution's.

        A word is found by its beginning, and compared as the finder compares names, since
        databases differ over case and accents: "hawaii" finds "Hawai'i".
        """
        wanted = words_in(text)
        return self.with_words(wanted, Word.objects.of_names()) if wanted else self.none()
