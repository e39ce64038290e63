"""From what a visitor typed to the places that it may mean. Knows nothing of requests.

The steps, each only if the one before found nothing: a region's code; a postal code; names, with
or without the state or country behind them; misspellings, which are offered and never followed.
"""

import re
from dataclasses import dataclass, field, replace

from django.db.models import Case, Value, When
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from members import postcodes
from members.matches import (
    SHORT,
    Candidate,
    Match,
    as_matches,
    candidate,
    place_match,
    point_of,
    region_match,
    subdivision_of,
    with_targets,
)
from members.misspellings import SUGGESTIONS, misspelt
from members.models import Place, Region, SearchName
from members.names import search_key

Standing = SearchName.Standing

CODE = re.compile(r"[a-z]{2}-[a-z0-9]{1,3}(-[0-9]{3})?", re.IGNORECASE | re.ASCII)
# Nobody doubts a place that is meant ten times as often as the next one.
DOUBT = 10
# What is meant this much more rarely than the answer is not even offered beside it.
NEGLIGIBLE = 300
# Where nothing larger is called so, a misspelt larger place may be meant instead.
SMALL = 300_000
# States and countries weigh at least this much.
LARGE = 10_000_000
OFFERED = 4
CHOICES = 30
# Longer texts are sentences or addresses: only names of up to six words are looked for in them.
WORDS, SPAN = 24, 6
DIRECTIONS = set(
    "north south east west northern southern eastern western central upper lower".split()
)
# Words of sentences that read like names of countries, to a computer.
COMMON = DIRECTIONS | set(
    "prison jail court federal county state nation island city town where help unit".split()
)
# Post offices of the US forces, whose codes look like those of countries.
MILITARY = {"apo", "fpo", "dpo"}
# How many single words are looked at for a misspelt region; two queries each.
LAST_WORDS = 2


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
    if MILITARY.intersection(words):
        # US soldiers abroad; "AE" in such an address is no country.
        return Lookup(typed, match=region_match(*regions(["US"])))
    # "1600 Example Street, Washington DC": the last words that are a place.
    endings = (names.resolve(words[start:]) for start in range(len(words)))
    candidates = next(filter(None, endings), [])
    by_words = decide(typed, candidates) if candidates else None
    by_zip = zip_place(postcodes.zip_code(code))
    if by_zip:
        return with_zip(typed, by_zip, by_words)
    # A form that several countries use says less than the words.
    says_more = len(postcodes.regions_of(code)) == 1 or not by_words
    return by_postcode(code) if code and says_more else by_words


def with_zip(typed, by_zip, by_words):
    """The ZIP where it agrees with the words, else what they mean, with the ZIP offered.

    Half the world writes five digits behind a city: "Berlin 10115" is not in New York.
    """
    if by_words is None:
        return Lookup(typed, match=by_zip)
    if by_words.match:
        around = by_words.match.region
        if by_zip.region.lies_in(subdivision_of(around) or around):
            return Lookup(typed, match=by_zip)
        return replace(by_words, others=[by_zip, *by_words.others])
    if any(by_zip.region.lies_in(choice.region) for choice in by_words.choices):
        return Lookup(typed, match=by_zip)
    return replace(by_words, choices=[*by_words.choices, by_zip])


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
            # The same thing under two standings (Guam, code and name) counts by the better one.
            meanings = found.setdefault(name.key, {})
            target = (name.region_id, name.place_id)
            if target not in meanings or name.standing < meanings[target].standing:
                meanings[target] = candidate(name)
        return found

    def exact(self, words):
        """What the words name as a whole."""
        return list(self.meanings.get(" ".join(words), {}).values())

    def resolve(self, words):
        """What the words may mean: a name, or a name with the region that it lies in."""
        key = tuple(words)
        if key not in self.resolved:
            found = strict(self.exact(words), counties=True)
            self.resolved[key] = found or self.within_a_region(words)
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


def strict(candidates, *, counties=False):
    """The candidates without loose names, unless there are only such.

    Counties abroad ("Kent") stay behind the better ones. Those of the US, which people call "Kent
    County", count with ``counties`` where nothing of the name is nearly as large: "Hennepin".
    """
    better = [one for one in candidates if one.standing != Standing.LOOSE]
    if not better:
        return candidates
    largest = max(one.weight for one in better)
    behind = [one for one in candidates if one.standing == Standing.LOOSE]
    return [
        *better,
        *(
            replace(one, tier=one.tier + 1)
            for one in behind
            if one.region.kind == Region.Kind.SUBDIVISION
        ),
        *(
            one
            for one in behind
            if counties and one.region.kind == Region.Kind.COUNTY and one.weight > DOUBT * largest
        ),
    ]


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
            replace(one, tier=int(tier_below))
            for one in inside
            if not any(one.region == other.region and one.place == other.place for other in found)
        ]
    return found


def by_name(typed, names):
    """The text as a name; numbers in it that are no postal code ("Dublin 7") do not count."""
    words = names.words
    candidates = names.resolve(words) or names.resolve(
        [word for word in words if not word.isdecimal()]
    )
    if not candidates:
        return None
    lookup = decide(typed, candidates)
    if lookup.match and max(one.likelihood for one in candidates) < SMALL:
        if part := part_of_a_region(names):
            # "East Texas" is a village in Pennsylvania, and what Texans call a part of their state.
            return Lookup(typed, choices=as_matches([*part, *candidates]))
        # "Huston" is a village in Idaho, and what people write who mean Houston.
        alike = misspelt(" ".join(words), beginnings=False)
        larger = [one for one in alike if one.weight >= SMALL]
        lookup = replace(lookup, others=[*as_matches(larger[:OFFERED]), *lookup.others])
    return lookup


def part_of_a_region(names):
    """The state or country in a text such as "East Texas" or "South Wales"; mostly nothing."""
    if names.words[0] not in DIRECTIONS:
        return []
    return [
        one
        for one in names.exact(names.words[1:])
        if not one.place and one.weight >= LARGE and one.standing == Standing.NAME
    ]


def decide(typed, candidates):
    """An answer where nobody doubts which of the candidates is meant, else the choice of them."""
    first_tier = min(one.tier for one in candidates)
    ranked = sorted(candidates, key=lambda one: (one.tier, -one.likelihood))
    # "New York": the state answers for its city too, so it goes first.
    around = (
        one
        for one in regions_in(ranked)
        if one.weight >= LARGE and one.tier == first_tier and ranked[0].region.lies_in(one.region)
    )
    top = next(around, ranked[0])
    ranked.remove(top)
    ranked.insert(0, top)
    rivals = [
        one
        for one in ranked[1:]
        if one.tier == first_tier
        and (one.likelihood * DOUBT > top.likelihood or (one.is_country and top.is_country))
        and one.is_rival_of(top)
    ]
    if rivals:
        # A city in a region that is offered already would say the same twice.
        apart = [
            one
            for place, one in enumerate(ranked)
            if not any(one.region.lies_in(wider.region) for wider in regions_in(ranked[:place]))
        ]
        apart.sort(key=lambda one: -one.likelihood)
        return Lookup(typed, choices=as_matches(apart[:CHOICES]))
    # A region around the answer, of the same name, adds nothing to it; nor does a hamlet.
    others = [
        one
        for one in ranked[1:]
        if (one.place or not top.region.lies_in(one.region))
        and one.likelihood * NEGLIGIBLE > top.likelihood
    ]
    others.sort(key=lambda one: -one.likelihood)
    match, *others = as_matches([top, *others[:OFFERED]])
    return Lookup(typed, match=match, others=others)


def regions_in(candidates):
    return [one for one in candidates if not one.place]


# Misspellings -----------------------------------------------------------------------------------


def by_guess(typed, names):
    """Suggestions for a text that names nothing as it stands."""
    whole = misspelt(" ".join(names.words))
    found = (
        part_of_a_region(names)
        or [*whole, *misspelt_within_a_region(names)]
        or named_inside(names)
        or misspelt_inside(names)
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
                    if (one.weight >= 20_000 or length > 1) and one.standing != Standing.LOOSE
                ]
        if found:
            return sorted(found, key=lambda one: -one.weight)[:SUGGESTIONS]
    return []


def misspelt_inside(names):
    """Regions that single words of the text read like: "in Texes"."""
    if len(names.words) == 1:
        return []
    found = []
    for word in reversed(names.words[-LAST_WORDS:]):
        if len(word) > SHORT + 1 and word not in COMMON:
            found += [one for one in misspelt(word, beginnings=False) if not one.place]
        if found:
            break
    return found
