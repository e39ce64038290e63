"""Regions and places as what a text may mean: how they are named, and told from each other."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from members.models import Coverage, Place, Region, SearchName

# A city is looked for rather where members are: there the Network can help.
MEMBER_COUNTRY = 10
# Names and codes of up to three letters are abbreviations, which mean many things.
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
class Candidate:
    """One thing that a name may mean: a city (``place`` is set), or the region itself."""

    region: Region
    place: Place | None
    standing: int
    weight: int
    tier: int = 0
    near_members: bool = False

    @property
    def likelihood(self):
        """How many people may mean it, cities in the members' countries favoured."""
        return self.weight * (MEMBER_COUNTRY if self.place and self.near_members else 1)

    @property
    def is_country(self):
        return not self.place and self.region.kind == Region.Kind.COUNTRY

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
        name, label = region.in_heading, f"{region.name}, {region.country.name}"
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


def tier(name):
    """Which meanings of a code of two or three letters come first: US states, then countries."""
    if name.standing == SearchName.Standing.CODE:
        if name.region.parent_id == "US":
            return 0
        return 1 if name.region.kind == Region.Kind.COUNTRY else 2
    if name.length > SHORT:
        return 0
    return 1 if name.standing == SearchName.Standing.NAME else 2


def with_targets(names):
    """The names with all that a match needs of their region or place, in one query."""
    country = Coalesce(OuterRef("region__country"), OuterRef("place__region__country"))
    return names.select_related(
        "region__parent", "region__country", "place__region__parent", "place__region__country"
    ).annotate(near_members=Exists(Coverage.objects.filter(region__country=country)))


def candidate(name):
    """What a ``SearchName``, fetched by ``with_targets``, means."""
    return Candidate(
        region=name.region or name.place.region,
        place=name.place,
        standing=name.standing,
        weight=name.weight,
        tier=tier(name),
        near_members=name.near_members,
    )
