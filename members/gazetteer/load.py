"""Fills regions, places and search names from the files in ``members/data/gazetteer``.

The files are made by ``members.gazetteer.build``; their columns are described in the README
beside them.
"""

import csv
import gzip
import hashlib
from inspect import getfile
from pathlib import Path

from django.db import connection, transaction

from members.models import (
    WORLD,
    FormerName,
    GazetteerLoad,
    Organization,
    Place,
    Region,
    SearchName,
    Word,
)
from members.models.words import renew
from members.names import search_key

DATA = Path(__file__).resolve().parent.parent / "data" / "gazetteer"
FILES = ("regions.tsv.gz", "region_names.tsv.gz", "places.tsv.gz", "zips.tsv.gz")
BATCH = 2000
PLACE_COLUMNS = (
    "id",
    "kind",
    "name",
    "locality",
    "region_id",
    "latitude",
    "longitude",
    "population",
)
NAME_COLUMNS = ("key", "head", "length", "standing", "weight", "region_id", "place_id")

# About how many people somebody may mean who types a name, where the population does not tell.
COUNTRY_WEIGHT = 10_000_000
STATE_WEIGHT = 20_000_000
SUBDIVISION_WEIGHT = 300_000
COUNTY_WEIGHT = 10_000
# Another name of a city counts less than the name itself of another city.
ALIAS_SHARE = 0.3
# Countries whose first-level parts have courts, and names, that people know like countries.
FEDERAL = {"US", "CA", "GB", "AU"}
STANDINGS = {
    "code": SearchName.Standing.CODE,
    "name": SearchName.Standing.NAME,
    "alias": SearchName.Standing.ALIAS,
    "loose": SearchName.Standing.LOOSE,
}


def digest():
    """What tells one gazetteer from another: the files, and how names and weights are made."""
    total = hashlib.sha256()
    for path in (*(DATA / name for name in FILES), Path(__file__), Path(getfile(search_key))):
        total.update(path.read_bytes())
    return total.hexdigest()


def is_loaded():
    """Whether the newest load was from the files as they are now."""
    return GazetteerLoad.objects.filter(digest=digest()).exists()


def load(report=lambda message: None):
    """Loads all files in one transaction; ``report`` is told of each step.

    Regions are brought up to date and never deleted, since coverage refers to them; places and
    names are replaced.
    """
    with transaction.atomic():
        regions = load_regions()
        report(f"{len(regions):,} regions")
        renew(Organization.objects.all(), FormerName.objects.all(), Word.objects.all())
        # Names go first: they refer to places, and nothing else does.
        SearchName.objects.all().delete()
        Place.objects.all().delete()
        cities, city_names = city_rows(start=1)
        places = insert(Place, PLACE_COLUMNS, cities)
        report(f"{places:,} cities")
        zips = insert(Place, PLACE_COLUMNS, zip_rows(start=places + 1))
        report(f"{zips:,} ZIP codes")
        names = [name for name in (*region_names(regions), *city_names) if name]
        report(f"{insert(SearchName, NAME_COLUMNS, names):,} names")
        GazetteerLoad.objects.all().delete()
        GazetteerLoad.objects.create(digest=digest())


def rows(name):
    """The rows of a data file as dictionaries."""
    with gzip.open(DATA / name, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def degrees(row):
    """Latitude and longitude of a row, both or neither."""
    known = row["latitude"] and row["longitude"]
    return (float(row["latitude"]), float(row["longitude"])) if known else (None, None)


def load_regions():
    """Saves all regions; returns the population of each, by code, with the region."""
    regions, populations = {}, {}
    for row in rows("regions.tsv.gz"):
        code, parent = row["code"], regions.get(row["parent"])
        latitude, longitude = degrees(row)
        regions[code] = Region(
            code=code,
            name=row["name"],
            kind=row["kind"],
            parent=parent,
            country_id=None if code == WORLD else code.partition("-")[0],
            path=f"{parent.path if parent else ''}{code}/",
            latitude=latitude,
            longitude=longitude,
        )
        populations[code] = int(row["population"] or 0)
    Region.objects.bulk_create(
        regions.values(),
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "kind", "parent", "country", "path", "latitude", "longitude"],
    )
    return {code: (region, populations[code]) for code, region in regions.items()}


def region_weight(region, population, standing):
    """How likely somebody means the region who types its name, or another name of it."""
    if region.kind == Region.Kind.COUNTRY:
        # "Granada" is a city in Spain rather than Grenada in Spanish.
        is_alias = standing == SearchName.Standing.ALIAS
        return max(population, COUNTRY_WEIGHT // 10 if is_alias else COUNTRY_WEIGHT)
    if region.kind == Region.Kind.COUNTY:
        return max(population, COUNTY_WEIGHT)
    if region.parent_id in FEDERAL:
        return population + STATE_WEIGHT
    return max(population, SUBDIVISION_WEIGHT)


def search_name(name, standing, weight, *, region=None, place=None):
    """A row of ``SearchName`` in the order of NAME_COLUMNS, or None for a name without a letter."""
    key = search_key(name)[:120]
    return (key, key[:2], len(key), standing, weight, region, place) if key else None


def region_names(regions):
    """Rows for all names of the regions but the world, which nobody is convicted in."""
    for row in rows("region_names.tsv.gz"):
        if row["code"] != WORLD:
            standing = STANDINGS[row["standing"]]
            weight = region_weight(*regions[row["code"]], standing)
            yield search_name(row["name"], standing, weight, region=row["code"])


def city_rows(start):
    """Rows for the cities, numbered from ``start``, and for their names."""
    cities, names = [], []
    for number, row in enumerate(rows("places.tsv.gz"), start):
        population = int(row["population"] or 0)
        cities.append(
            (number, Place.Kind.CITY, row["name"], "", row["region"], *degrees(row), population)
        )
        weight = max(population, 1)
        names.append(search_name(row["name"], SearchName.Standing.NAME, weight, place=number))
        weight = max(round(weight * ALIAS_SHARE), 1)
        for other in filter(None, row["names"].split("|")):
            names.append(search_name(other, SearchName.Standing.ALIAS, weight, place=number))
    return cities, names


def zip_rows(start):
    """Rows for the ZIP codes, numbered from ``start``."""
    return [
        (number, Place.Kind.ZIP, row["zip"], row["locality"], row["region"], *degrees(row), 0)
        for number, row in enumerate(rows("zips.tsv.gz"), start)
    ]


def insert(model, columns, values):
    """Inserts rows without making a model instance of each, which would take thrice as long."""
    table, values = connection.ops.quote_name(model._meta.db_table), list(values)
    names = ", ".join(columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in values:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 (no data) # nosec
            cursor.executemany(statement, values)
    return len(values)
