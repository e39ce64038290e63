"""Names that read like what was typed. They are offered, and never followed silently."""

from django.db.models import Q
from rapidfuzz.distance import OSA

from members.matches import SHORT, candidate, with_targets
from members.models import SearchName

SUGGESTIONS = 6
# How much worse than the best a suggestion may be, as ``likeness`` has it.
FAR_BEHIND = 1.5


def misspelt(key, within=None, *, beginnings=True):
    """Candidates whose names read like ``key``, the likeliest first.

    Three nets, since no index finds every misspelling: names of about the same length that begin
    with the same two letters; for a wrong beginning, those of large places; and longer names that
    begin with all that was typed (``beginnings``). Two queries.
    """
    if len(key) <= SHORT:
        return []
    names = SearchName.objects.filter(
        standing__in=[SearchName.Standing.NAME, SearchName.Standing.ALIAS]
    )
    if within:
        names = names.filter(
            Q(place__region__path__startswith=within.path) | Q(region__path__startswith=within.path)
        )
    about_as_long = Q(length__range=(len(key) - 2, len(key) + 2))
    begins_alike = about_as_long & Q(head=key[:2])
    large = about_as_long & Q(weight__gte=300_000)
    longer = Q(head=key[:2], key__startswith=key, weight__gte=20_000)
    scores = {}
    for pk, name, weight in names.filter(begins_alike | large | longer).values_list(
        "pk", "key", "weight"
    ):
        score = likeness(key, name, weight)
        if score and (beginnings or len(name) <= len(key) + 2):
            scores[pk] = score
    best = sorted(scores, key=scores.get, reverse=True)[: 3 * SUGGESTIONS]
    best = [pk for pk in best if scores[pk] > scores[best[0]] - FAR_BEHIND]
    found = with_targets(SearchName.objects).in_bulk(best)
    candidates = {}
    for pk in best:
        name = found[pk]
        candidates.setdefault((name.region_id, name.place_id), candidate(name))
    return list(candidates.values())[:SUGGESTIONS]


def likeness(key, name, weight):
    """How likely ``key`` was meant to be ``name``: 0 for no, else the higher the likelier.

    The longer the name the more slips are allowed (a swap of two neighbours is one); among equal
    slips the place with more people comes first, and a thousandfold population makes up for one.
    """
    allowed = 1 + (len(key) > 5) + (len(key) > 9)
    slips = OSA.distance(key, name, score_cutoff=allowed)
    if slips > 1 and len(key) < 8 and weight < 1_000_000:
        # Half the short words there are lie two slips from some town.
        slips = allowed + 1
    if slips > allowed:
        if not name.startswith(key):
            return 0
        # The beginning of a longer name: as good as one slip.
        slips = 1
    return 10 - slips + len(str(weight)) / 3
