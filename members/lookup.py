"""From what a visitor typed to the places that it may mean. Knows nothing of requests.

The steps, each only if the one before found nothing: a region's code; a postal code; names, with
or without the state or country behind them; misspellings, which are offered and never followed.
"""

import re
from dataclasses import dataclass, field

from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from rapidfuzz.distance import OSA

from members import postcodes
from members.models import Coverage, Place, Region, SearchName
from members.names import search_key

Standing = SearchName.Standing

CODE = re.compile(r"[a-z]{2}-[a-z0-9]{1,3}(-[0-9]{3})?", re.IGNORECASE | re.ASCII)
# Nobody doubts a place that is meant ten times as often as the next one.
DOUBT = 10
# A city is looked for rather where members are: there the Network can help.
MEMBER_COUNTRY = 10
OFFERED = 4
CHOICES = 30
SUGGESTIONS = 6
# How much worse than the best a suggestion may be, as ``likeness`` has it.
FAR_BEHIND = 1.5
# Longer texts are sentences or addresses: only names of up to six words are looked for in them.
WORDS, SPAN = 24, 6
SHORT = 3


@dataclass(frozen=True)
class Match:
    """A region or a place that the text may mean.

    ``name`` is for a heading, ``label`` tells it from others of the same name, and ``query`` finds
    it again, alone. ``point`` is its (latitude, longitude), or None.
    """

    region: Region
    name: str
    label: str
    query: str
    point: tuple[float, float] | None


@dataclass(frozen=True)
class Lookup:
    """What the text means: one ``match`` with ``others`` offered, or choices, or suggestions."""

    typed: str
    match: Match | None = None
    others: list[Match] = field(default_factory=list)
    choices: list[Match] = field(default_factory=list)
    suggestions: list[Match] = field(default_factory=list)


def look_up(text):
    """The ``Lookup`` for a text as typed; all its lists are empty where nothing was found."""
    typed = text.strip()
    words = search_key(typed).split()[:WORDS]
    if not words:
        return Lookup(typed)
    names = Names(words)
    return (
        by_code(typed)
        or by_postcode(typed)
        or by_address(typed, names)
        or by_name(typed, names)
        or by_guess(typed, names)
    )


# Regions and places as matches ------------------------------------------------------------------


@dataclass(frozen=True)
class Candidate:
    """One thing that a name may mean: a city (``place`` is set), or the region itself."""

    region: Region
    place: Place | None
    standing: int
    weight: int
    tier: int = 0

    def is_rival_of(self, other):
        """Whether the two are different places, neither of them a part of the other."""
        if self.place and other.place:
            return self.place != other.place
        return not (self.region.lies_in(other.region) or other.region.lies_in(self.region))


def subdivision_of(region):
    """The first-level part of its country in which the region lies, or None."""
    depth = len(region.lineage) - 1
    return {2: region, 3: region.parent}.get(depth)


def region_match(region):
    subdivision = subdivision_of(region)
    if region.kind == Region.Kind.COUNTRY:
        name, label = region.in_words, _("%(name)s (country)") % {"name": region.name}
    elif region == subdivision and region.country_id == "US":
        name = region.in_words
        label = us_label(region)
    elif region == subdivision or subdivision is None:
        name, label = region.name, f"{region.name}, {region.country.name}"
    elif region.country_id == "US":
        name = label = f"{region.name}, {subdivision.name}"
    else:
        name = f"{region.name}, {subdivision.name}"
        label = f"{name}, {region.country.name}"
    return Match(region, name, label, region.code, point_of(region))


def us_label(region):
    if region.code == "US-DC":
        return _("%(name)s (the District of Columbia)") % {"name": region.name}
    if region.code in {"US-AS", "US-GU", "US-MP", "US-PR", "US-UM", "US-VI"}:
        return _("%(name)s (US territory)") % {"name": region.name}
    return _("%(name)s (US state)") % {"name": region.name}


def place_match(place, with_county=False):
    if place.kind == Place.Kind.ZIP:
        town = ", ".join(filter(None, [place.locality, us_state_name(place.region)]))
        name = _("ZIP code %(code)s") % {"code": place.name}
        label = f"{name} ({town})" if town else name
        return Match(place.region, label, label, place.name, point_of(place))
    country, subdivision = place.region.country, subdivision_of(place.region)
    parts = [place.name]
    if with_county and place.region != subdivision:
        parts.append(place.region.name)
    if country.code == "US":
        parts.append(subdivision.name if subdivision else country.name)
        name = label = ", ".join(parts)
    else:
        wide = [country.name]
        if subdivision and (with_county or country.code in {"AU", "CA", "GB"}):
            wide.insert(0, subdivision.name)
        name = f"{place.name}, {wide[0]}"
        label = ", ".join(parts + wide)
    return Match(place.region, name, label, label, point_of(place))


def us_state_name(region):
    subdivision = subdivision_of(region)
    return subdivision.name if subdivision else ""


def point_of(thing):
    return None if thing.latitude is None else (thing.latitude, thing.longitude)


def as_match(candidate, with_county=False):
    if candidate.place:
        return place_match(candidate.place, with_county)
    return region_match(candidate.region)


def as_matches(candidates):
    """A match for each; cities that would read alike also name their county."""
    labels = [as_match(candidate).label for candidate in candidates]
    matches = [
        as_match(candidate, with_county=labels.count(label) > 1)
        for candidate, label in zip(candidates, labels, strict=True)
    ]
    # Two villages of one name in one county: the law of the place is the same, one is enough.
    return list({match.label: match for match in matches}.values())


# Codes and postal codes -------------------------------------------------------------------------


def by_code(typed):
    """A region by its full code: "US-VA", "gb-eng", "us-va-013"."""
    if not CODE.fullmatch(typed):
        return None
    region = regions([typed.upper()])
    return Lookup(typed, match=region_match(region[0])) if region else None


def regions(codes):
    """The regions with these codes, in the given order."""
    found = Region.objects.select_related("parent", "country").in_bulk(codes)
    return [found[code] for code in codes if code in found]


def by_postcode(typed):
    """A postal code alone. A ZIP is taken first, and countries with codes like it are offered."""
    zip_match = zip_place(postcodes.zip_code(typed))
    matches = [region_match(region) for region in regions(postcodes.regions_of(typed))]
    if zip_match:
        return Lookup(typed, match=zip_match, others=matches)
    if len(matches) == 1:
        return Lookup(typed, match=matches[0])
    return Lookup(typed, choices=matches) if matches else None


def zip_place(code):
    """The match for a US ZIP; a retired one counts for the state of its first three digits."""
    if not code:
        return None
    place = (
        Place.objects.filter(kind=Place.Kind.ZIP, name__range=(f"{code[:3]}00", f"{code[:3]}99"))
        .select_related("region__parent", "region__country")
        .order_by(Case(When(name=code, then=Value(0)), default=Value(1)), "name")
        .first()
    )
    if not place or place.name == code:
        return place and place_match(place)
    region = subdivision_of(place.region) or place.region
    name = _("ZIP code %(code)s (%(place)s)") % {"code": code, "place": region.name}
    return Match(region, name, name, code, point_of(region))


def by_address(typed, names):
    """An address with a postal code in it: the code decides, unless the words say otherwise."""
    parts = postcodes.split_address(typed)
    if not parts:
        return None
    code, rest = parts
    words = search_key(rest).split()
    # "1600 Example Street, Washington DC": the last words that are a place.
    endings = (names.resolve(words[start:]) for start in range(len(words)))
    candidates = next(filter(None, endings), [])
    by_zip = zip_place(postcodes.zip_code(code))
    if by_zip and (
        not candidates
        or any(
            by_zip.region.lies_in(subdivision_of(one.region) or one.region) for one in candidates
        )
    ):
        return Lookup(typed, match=by_zip)
    by_form = None if by_zip or not code else by_postcode(code)
    return by_form or (decide(typed, candidates) if candidates else None)


# Names ------------------------------------------------------------------------------------------


class Names:
    """All that the words of a text may name, from one query: every run of up to six words."""

    def __init__(self, words):
        self.words = words
        self.resolved = {}

    @cached_property
    def meanings(self):
        """The candidates by key, then by what they are; asked for once, and only if needed."""
        words, found = self.words, {}
        runs = {
            " ".join(words[start:end])
            for start in range(len(words))
            for end in range(start + 1, min(start + SPAN, len(words)) + 1)
        }
        for name in with_targets(SearchName.objects.filter(key__in=runs)):
            candidate = Candidate(
                region=name.region or name.place.region,
                place=name.place,
                standing=name.standing,
                weight=name.weight,
                tier=tier(name),
            )
            # The same thing under two standings (Guam, code and name) counts by the better one.
            meanings = found.setdefault(name.key, {})
            target = (name.region_id, name.place_id)
            if target not in meanings or candidate.standing < meanings[target].standing:
                meanings[target] = candidate
        return found

    def exact(self, words):
        """What the words name as a whole."""
        return list(self.meanings.get(" ".join(words), {}).values())

    def resolve(self, words):
        """What the words may mean: a name, or a name with the region that it lies in."""
        key = tuple(words)
        if key not in self.resolved:
            self.resolved[key] = strict(self.exact(words)) or self.within_a_region(words)
        return self.resolved[key]

    def within_a_region(self, words):
        """Names qualified by a region: behind them ("Springfield IL"), else before ("IL …")."""
        splits = [(words[:cut], words[cut:]) for cut in range(1, len(words))]
        for head, tail in [*splits, *((tail, head) for head, tail in reversed(splits))]:
            wider = self.regions(tail)
            heads = (self.exact(head) or self.resolve(head)) if wider else []
            if inside := strict(parts_of(wider, heads)):
                return inside
        return []

    def regions(self, words):
        """The regions that the words name, states before countries of the same code."""
        found = [one for one in strict(self.exact(words)) if not one.place]
        return [one.region for one in sorted(found, key=lambda one: (one.tier, -one.weight))]


def strict(candidates):
    """The candidates without loose names, unless there are only such."""
    return [one for one in candidates if one.standing != Standing.LOOSE] or candidates


def parts_of(regions, candidates):
    """Those candidates that lie in the first of the regions that has any; the rest come after.

    "Ontario, CA" is the city in California, with the Canadian province still to be offered.
    """
    found = []
    for region in regions:
        inside = [
            one
            for one in candidates
            if one.region.lies_in(region) and (one.place or one.region != region)
        ]
        tier_below = bool(found)
        found += [
            Candidate(one.region, one.place, one.standing, one.weight, tier_below)
            for one in inside
            if not any(one.region == other.region and one.place == other.place for other in found)
        ]
    return found


def tier(name):
    """Which meanings of a code of two or three letters come first: US states, then countries."""
    if name.length > SHORT:
        return 0
    if name.standing == Standing.CODE:
        if name.region.parent_id == "US":
            return 0
        return 1 if name.region.kind == Region.Kind.COUNTRY else 2
    return 1 if name.standing == Standing.NAME else 2


def with_targets(names):
    """The names with all that a match needs of their region or place, in one query."""
    return names.select_related(
        "region__parent", "region__country", "place__region__parent", "place__region__country"
    )


def by_name(typed, names):
    """The text as a name; numbers in it that are no postal code ("Dublin 7") do not count."""
    words = names.words
    candidates = names.resolve(words) or names.resolve(
        [word for word in words if not word.isdecimal()]
    )
    return decide(typed, candidates) if candidates else None


def decide(typed, candidates):
    """An answer where nobody doubts which of the candidates is meant, else the choice of them."""
    first_tier = min(one.tier for one in candidates)
    weigh = weights(candidates)
    ranked = sorted(candidates, key=lambda one: (one.tier, -weigh(one)))
    top = ranked[0]
    rivals = [
        one
        for one in ranked[1:]
        if one.tier == first_tier and weigh(one) * DOUBT > weigh(top) and one.is_rival_of(top)
    ]
    if rivals:
        # A city in a region that is offered already would say the same twice.
        apart = [
            one
            for place, one in enumerate(ranked)
            if not any(one.region.lies_in(wider.region) for wider in regions_in(ranked[:place]))
        ]
        return Lookup(typed, choices=as_matches(apart[:CHOICES]))
    # A region around the answer, of the same name, adds nothing to it.
    others = [one for one in ranked[1:] if one.place or not top.region.lies_in(one.region)]
    match, *others = as_matches([top, *others[:OFFERED]])
    return Lookup(typed, match=match, others=others)


def regions_in(candidates):
    return [one for one in candidates if not one.place]


def weights(candidates):
    """A function from a candidate to how many people may mean it, cities near members favoured."""
    countries = {one.region.country_id for one in candidates}
    if len(countries) > 1:
        rules = Coverage.objects.filter(region__country=OuterRef("pk"))
        countries = set(
            Region.objects.filter(Exists(rules), pk__in=countries).values_list("pk", flat=True)
        )

    def weigh(one):
        favoured = one.place and one.region.country_id in countries
        return one.weight * (MEMBER_COUNTRY if favoured else 1)

    return weigh


# Misspellings -----------------------------------------------------------------------------------


def by_guess(typed, names):
    """Suggestions for a text that names nothing as it stands."""
    whole = misspelt(" ".join(names.words))
    found = (
        [*whole, *misspelt_within_a_region(names)] or named_inside(names) or misspelt_inside(names)
    )
    return Lookup(typed, suggestions=as_matches(found)[:SUGGESTIONS])


def misspelt_within_a_region(names):
    """A known region behind an unknown town: towns there that read alike, and the region."""
    for cut in range(1, len(names.words)):
        regions = names.regions(names.words[cut:])
        if regions:
            region = regions[0]
            town = " ".join(names.words[:cut])
            whole = Candidate(region, None, Standing.NAME, 0)
            return [*misspelt(town, within=region)[: SUGGESTIONS - 1], whole]
    return []


def misspelt(key, within=None):
    """Candidates whose names read like ``key``, the likeliest first.

    Two nets, since no index finds every misspelling: names that begin with the same two letters,
    and, for a wrong beginning, the names of large places; each of about the same length.
    """
    if len(key) <= SHORT:
        return []
    names = SearchName.objects.filter(standing__in=[Standing.NAME, Standing.ALIAS])
    if within:
        names = names.filter(
            Q(place__region__path__startswith=within.path) | Q(region__path__startswith=within.path)
        )
    about_as_long = names.filter(length__range=(len(key) - 2, len(key) + 2))
    begins_alike = about_as_long.filter(head=key[:2])
    large = about_as_long.filter(weight__gte=300_000)
    longer = names.filter(head=key[:2], key__startswith=key, weight__gte=20_000)
    scores = {}
    for net in (begins_alike, large, longer):
        for pk, name, weight in net.values_list("pk", "key", "weight"):
            score = likeness(key, name, weight)
            if score:
                scores[pk] = score
    best = sorted(scores, key=scores.get, reverse=True)[: 3 * SUGGESTIONS]
    best = [pk for pk in best if scores[pk] > scores[best[0]] - FAR_BEHIND]
    found = with_targets(SearchName.objects).in_bulk(best)
    candidates = {}
    for pk in best:
        name = found[pk]
        candidates.setdefault(
            (name.region_id, name.place_id),
            Candidate(name.region or name.place.region, name.place, name.standing, name.weight),
        )
    return list(candidates.values())[:SUGGESTIONS]


def likeness(key, name, weight):
    """How likely ``key`` was meant to be ``name``: 0 for no, else the higher the likelier.

    The longer the name the more slips are allowed (a swap of two neighbours is one); among equal
    slips the place with more people comes first, and a thousandfold population makes up for one.
    """
    allowed = 1 + (len(key) > 5) + (len(key) > 9)
    slips = OSA.distance(key, name, score_cutoff=allowed)
    if slips > allowed:
        if not name.startswith(key):
            return 0
        # The beginning of a longer name: as good as one slip.
        slips = 1
    return 10 - slips + len(str(weight)) / 3


def named_inside(names):
    """Places named somewhere in a sentence: "convicted in Texas"."""
    words = names.words
    for length in range(min(SPAN, len(words)), 0, -1):
        found = []
        for start in range(len(words) - length, -1, -1):
            run = words[start : start + length]
            if len(" ".join(run)) > SHORT:
                found += [
                    one
                    for one in names.resolve(run)
                    if one.weight >= 100_000 and one.standing != Standing.LOOSE
                ]
        if found:
            return sorted(found, key=lambda one: -one.weight)[:SUGGESTIONS]
    return []


def misspelt_inside(names):
    """Regions that single words of the text read like: "in Texes"."""
    if len(names.words) == 1:
        return []
    found = []
    for word in reversed(names.words[-SPAN:]):
        if len(word) > SHORT + 1:
            found += [one for one in misspelt(word) if not one.place]
        if found:
            break
    return found
