"""Cities and towns with the names people search, and US ZIP codes."""

import csv
import heapq
import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from operator import mul
from pathlib import Path

from members.gazetteer.region_names import MEMBER_COUNTRIES, is_latin
from members.gazetteer.regions import TERRITORIES, Atlas, degrees, unit_vector
from members.gazetteer.sources import City, PostalCode
from members.names import search_key

EARTH_RADIUS = 6371.009
# From how many people a place is listed; all that the sources know in the US, for its small courts.
MEMBER_MINIMUM, WORLD_MINIMUM = 5_000, 15_000
# From how many people a place is searched by its other names, and by those in other scripts.
OTHER_NAMES_MINIMUM, OTHER_SCRIPTS_MINIMUM = 100_000, 300_000
SCRIPTS = (
    "CYRILLIC",
    "ARABIC",
    "HEBREW",
    "DEVANAGARI",
    "BENGALI",
    "GURMUKHI",
    "CJK",
    "HIRAGANA",
    "KATAKANA",
    "HANGUL",
)
SCRIPTS += ("GREEK", "ETHIOPIC", "THAI")
# From which share of its population on another place keeps its name for itself.
NAMESAKE_SHARE = 0.1
SAME_PLACE_KM = 10
SAME_TOWN_KM = 40
# Sorting ZIPs into states: the freely associated states use US mail but are countries.
FREELY_ASSOCIATED = {"FM", "MH", "PW"}
# How many cities around a ZIP tell whether its county can be right, and which city it is named for.
IN_SIGHT, IN_REACH = 12, 60
MILITARY = re.compile(r"(APO|FPO|DPO)\b")


@dataclass
class Place:
    """One row of places.tsv."""

    name: str
    region: str
    latitude: float
    longitude: float
    population: int
    names: list[str] = field(default_factory=list)
    # All names of the source: too many to search by, but they tell that two rows are one place.
    known_as: set[str] = field(default_factory=set)

    def kilometres_to(self, other: "Place | PostalCode") -> float:
        here, there = (
            unit_vector(self.latitude, self.longitude),
            unit_vector(other.latitude, other.longitude),
        )
        cosine = sum(a * b for a, b in zip(here, there, strict=True))
        return EARTH_RADIUS * math.acos(max(-1.0, min(1.0, cosine)))


def is_listed(city: City) -> bool:
    if city.country == "US" or city.country in TERRITORIES:
        return True
    minimum = MEMBER_MINIMUM if city.country in MEMBER_COUNTRIES else WORLD_MINIMUM
    return city.population >= minimum


def is_searched(name: str, population: int) -> bool:
    """Whether one of GeoNames' other names is worth searching.

    They carry no language. Airport codes are three capitals; what begins with a small letter is a
    transcription from another script that nobody types ("niu yue").
    """
    if re.search(r"[\d,;/()|\t]", name) or len(name) > 40:
        return False
    if is_latin(name):
        return (
            name[:1].isupper()
            and not re.fullmatch(r"[A-Z]{1,4}", name)
            and len(search_key(name)) > 3
        )
    letters = [unicodedata.name(character, "") for character in name if character.isalpha()]
    return population >= OTHER_SCRIPTS_MINIMUM and all(
        letter.startswith(SCRIPTS) for letter in letters
    )


def other_names(city: City) -> Iterator[str]:
    """Other names to search a large city by, each once by its search key."""
    if city.population >= OTHER_NAMES_MINIMUM:
        said = {search_key(city.name)}
        for name in city.other_names:
            if is_searched(name, city.population) and (key := search_key(name)) not in said:
                said.add(key)
                yield name


def drop_names_of_others(places: Iterable[Place], well_known: set[str]) -> None:
    """Drops other names that rather mean another place.

    GeoNames has "Puerto Rico" for San Juan and former names: "Manchester" for Richmond, Virginia.
    But "Cologne" stays with Köln, which is far larger than its namesakes.
    """
    largest = Counter()
    for place in places:
        key = search_key(place.name)
        largest[key] = max(largest[key], place.population)
    for place in places:
        limit = place.population * NAMESAKE_SHARE
        keys = {name: search_key(name) for name in place.names}
        place.names = [
            name for name, key in keys.items() if key not in well_known and largest[key] < limit
        ]


def make_places(cities: Iterable[tuple[City, str]]) -> list[Place]:
    """The listed cities, with those at the same spot under the same name merged."""
    same_name = defaultdict(list)
    for city, region in cities:
        if is_listed(city) and search_key(city.name):
            place = Place(
                city.name,
                region,
                city.latitude,
                city.longitude,
                city.population,
                list(other_names(city)),
            )
            place.known_as = {search_key(name) for name in (city.name, *city.other_names)}
            same_name[region, search_key(city.name)].append(place)
    places = []
    for group in same_name.values():
        group.sort(key=lambda place: -place.population)
        kept: list[Place] = []
        for place in group:
            if all(place.kilometres_to(other) > SAME_PLACE_KM for other in kept):
                kept.append(place)
        places += kept
    return places


def add_aliases(places: list[Place], path: Path, atlas: Atlas) -> None:
    """Adds city_aliases.tsv to the most populous place of that name in that region."""
    by_key = defaultdict(list)
    for place in places:
        by_key[search_key(place.name)].append(place)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            there = [
                p
                for p in by_key[search_key(row["place"])]
                if row["region"] in atlas.ancestors(p.region)
            ]
            if not there:
                raise SystemExit(f"{path.name}: no place {row['place']} in {row['region']}.")
            place = max(there, key=lambda place: place.population)
            said = {search_key(name) for name in (place.name, *place.names)}
            if search_key(row["alias"]) not in said:
                place.names.insert(0, row["alias"])


class Neighbours:
    """Cities of each state with their regions, to ask which are near."""

    def __init__(self, places: Iterable[Place], atlas: Atlas):
        self.cities = defaultdict(list)
        for place in places:
            if place.region.startswith("US-"):
                vector = unit_vector(place.latitude, place.longitude)
                self.cities[atlas.state_of(place.region)].append(
                    (vector, search_key(place.name), place.region)
                )

    def nearest(self, state: str, code: PostalCode, count: int) -> list[tuple[str, str]]:
        """Names and regions of the nearest cities."""
        spot = unit_vector(code.latitude, code.longitude)
        near = heapq.nlargest(
            count, self.cities[state], key=lambda city: sum(map(mul, spot, city[0]))
        )
        return [(name, region) for _vector, name, region in near]


def zip_region(code: PostalCode, atlas: Atlas, neighbours: Neighbours) -> str:
    """The region of a ZIP: its county, else its state or territory; the US for military mail."""
    if code.country in FREELY_ASSOCIATED or code.state in FREELY_ASSOCIATED:
        return code.state or code.country
    if code.country == "US" and not code.state:
        return "US"
    state = f"US-{code.state or code.country}"
    county = f"{state}-{code.county}"
    # Territories come without a county or with its name, Connecticut here and there with a county
    # of before 2022: there the nearest city tells.
    former = state == "US-CT" and county in atlas.regions and not atlas.regions[county].people
    if county not in atlas.regions or former:
        near = neighbours.nearest(state, code, 1)
        return near[0][1] if near else state
    # Some hundred ZIPs, mostly of post boxes, carry a county at the other end of the state. It is
    # an error if the county is not in sight but the city that the ZIP is named for is.
    near = neighbours.nearest(state, code, IN_REACH)
    named_for = [region for name, region in near if name == search_key(code.locality)]
    wrong = named_for and all(region != county for _name, region in near[:IN_SIGHT])
    return named_for[0] if wrong else county


def make_zips(
    codes: Iterable[PostalCode], neighbours: Neighbours, atlas: Atlas
) -> dict[str, tuple[PostalCode, str]]:
    """ZIPs with their regions; of a ZIP that both sources have, the first."""
    zips = {}
    for code in codes:
        if code.code not in zips:
            zips[code.code] = (code, zip_region(code, atlas, neighbours))
    return zips


def is_military(code: PostalCode) -> bool:
    return code.country == "US" and (not code.state or bool(MILITARY.match(code.locality)))


def make_localities(
    zips: Iterable[tuple[PostalCode, str]], places: list[Place], atlas: Atlas
) -> list[Place]:
    """Post towns that are in no list of cities: hamlets with a ZIP of their own.

    The mail writes "Mc Lean" and "Saint Louis", and names boroughs and former villages: those that
    a city of the state is known by are left out.
    """
    towns = defaultdict(list)
    for code, region in zips:
        if code.country == "US" and code.state and not is_military(code):
            towns[f"US-{code.state}", search_key(code.locality)].append((code, region))
    listed, known = set(), defaultdict(list)
    for place in places:
        state = atlas.state_of(place.region)
        listed.add((state, joined(search_key(place.name))))
        for key in place.known_as | {search_key(name) for name in place.names}:
            known[state, joined(key)].append(place)
    localities = []
    for (state, key), codes in sorted(towns.items()):
        [(region, _count)] = Counter(region for _code, region in codes).most_common(1)
        sums = [
            sum(axis)
            for axis in zip(*(unit_vector(c.latitude, c.longitude) for c, _ in codes), strict=True)
        ]
        place = Place(codes[0][0].locality, region, *degrees(*sums), population=0)
        near = (place.kilometres_to(other) < SAME_TOWN_KM for other in known[state, joined(key)])
        if (state, joined(key)) not in listed and not any(near):
            localities.append(place)
    return localities


def joined(key: str) -> str:
    return key.replace(" ", "")
