"""Names that read like what was typed. They are offered, and never followed silently."""

from django.db.models import Q
from rapidfuzz import process
from rapidfuzz.distance import OSA

from members.matches import SHORT, candidate, with_targets
from members.models import Place, Region, SearchName

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
        # The other way round, the database looks up the region of every name in the nets.
        inside = Region.objects.filter(path__startswith=within.path).order_by().values("code")
        places = Place.objects.filter(kind=Place.Kind.CITY, region__in=inside).values("pk")
        names = names.filter(Q(place__in=places) | Q(region__in=inside))
    about_as_long = Q(length__range=(len(key) - 2, len(key) + 2))
    begins_alike = about_as_long & Q(head=key[:2])
    large = about_as_long & Q(weight__gte=300_000)
    longer = Q(head=key[:2], key__startswith=key, weight__gte=20_000)
    # Thousands: what few are left is put in order here.
    caught = names.filter(begins_alike | large | longer).order_by()
    ranked = []
    for name, weight, pk in alike(key, caught.values_list("key", "weight", "pk")):
        score = likeness(key, name, weight)
        if score and (beginnings or len(name) <= len(key) + 2):
            ranked.append((-score, name, -weight, pk))
    ranked.sort()
    best = [
        pk
        for score, _name, _weight, pk in ranked[: 3 * SUGGESTIONS]
        if score < ranked[0][0] + FAR_BEHIND
    ]
    found = with_targets(SearchName.objects).in_bulk(best)
    candidates = {}
    for pk in best:
        name = found[pk]
        candidates.setdefault((name.region_id, name.place_id), candidate(name))
    return list(candidates.values())[:SUGGESTIONS]


def alike(key, names):
    """Those of the names, tuples that begin with one, that are near ``key`` or begin with it.

    All are compared at once: one after the other takes five times as long.
    """
    names = list(names)
    keys = [name[0] for name in names]
    near = process.extract(
        key, keys, scorer=OSA.distance, score_cutoff=slips_allowed(key), limit=None
    )
    positions = {position for _name, _slips, position in near}
    positions.update(position for position, name in enumerate(keys) if name.startswith(key))
    return [names[position] for position in positions]


def slips_allowed(key):
    return 1 + (len(key) > 5) + (len(key) > 9)


def likeness(key, name, weight):
    """How likely ``key`` was meant to be ``name``: 0 for no, else the higher the likelier.

    The longer the name the more slips are allowed (a swap of two neighbours is one); among equal
    slips the place with more people comes first, and a thousandfold population makes up for one.
    """
    allowed = slips_allowed(key)
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
