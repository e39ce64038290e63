"""Rules of one organization that cannot be meant together, in words for who writes them."""

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from members.models import Coverage

EXCLUDES = Coverage.Effect.EXCLUDES


def contradictions(rules):
    """A sentence for each of the ``rules`` (of one organization) that cannot stand, by its place.

    What ``Coverage.objects.contradictory()`` finds in the database, and two rules for one region.
    """
    found = {}
    for place, rule in enumerate(rules):
        names = {"region": capfirst(rule.region.in_words)}
        if any(other.region_id == rule.region_id for other in rules[:place]):
            found[place] = (
                _("%(region)s has two rows: keep one of them and delete the other.") % names
            )
            continue
        wider = next_wider(rule, rules)
        if rule.effect == EXCLUDES:
            if wider is None:
                found[place] = (
                    _("%(region)s is excluded, but nothing wider is covered: leave this row out.")
                    % names
                )
            elif wider.effect == EXCLUDES:
                found[place] = _(
                    "%(region)s is excluded already, with %(wider)s: leave this row out."
                ) % (names | {"wider": wider.region.in_words})
        elif wider and said(wider) == said(rule):
            found[place] = _(
                "The row for %(wider)s says the same of %(region)s: leave this row out, or say in "
                "its public note what differs."
            ) % {"region": rule.region.in_words, "wider": wider.region.in_words}
    return found


def next_wider(rule, rules):
    """The rule for the smallest region around that of ``rule``, or None."""
    around = [
        other
        for other in rules
        if other.region_id != rule.region_id and rule.region.lies_in(other.region)
    ]
    return max(around, key=lambda other: len(other.region.lineage), default=None)


def said(rule):
    return rule.effect, rule.evidence, rule.note
