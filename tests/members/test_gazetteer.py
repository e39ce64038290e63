import gzip

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Count, F, Q

from members.gazetteer import load
from members.models import WORLD, Coverage, GazetteerLoad, Organization, Place, Region, SearchName
from members.names import search_key
from members.tiles import GRID

pytestmark = pytest.mark.django_db

MEGABYTE = 1024 * 1024


# The files ---------------------------------------------------------------------------------------


def test_the_files_are_small():
    files = [path for path in load.DATA.iterdir() if path.is_file()]
    assert {path.name for path in files} >= set(load.FILES)
    assert sum(path.stat().st_size for path in files) <= 4 * MEGABYTE


@pytest.mark.parametrize("name", load.FILES)
def test_the_files_are_whole_and_hold_no_time_stamp(name):
    data = (load.DATA / name).read_bytes()
    assert data[4:8] == bytes(4), "the time in the header would make every build a new file"
    header, *rows = gzip.decompress(data).decode().splitlines()
    assert {row.count("\t") for row in rows} == {header.count("\t")}


# Loading -----------------------------------------------------------------------------------------


def test_the_same_files_are_not_loaded_again(capsys, django_assert_max_num_queries):
    assert load.is_loaded()
    with django_assert_max_num_queries(1):
        call_command("load_gazetteer")
    assert capsys.readouterr().out == "Gazetteer: up to date.\n"


def test_new_files_replace_the_places_and_keep_what_staff_have_written(monkeypatch, capsys):
    counts = [model.objects.count() for model in (Region, Place, SearchName)]
    rules, organizations = list(Coverage.objects.values()), list(Organization.objects.values())
    Region.objects.filter(code="US-VA").update(name="Fictional")
    old = {"parent_id": "US", "country_id": "US", "path": "001/US/US-XX/"}
    Region.objects.create(code="US-XX", name="Old", kind="subdivision", **old)
    Place.objects.filter(name="10001").update(region="US-VA")
    monkeypatch.setattr(load, "digest", lambda: "fictional")
    assert not load.is_loaded()

    call_command("load_gazetteer")

    assert "loaded in" in capsys.readouterr().out
    assert load.is_loaded()
    assert GazetteerLoad.objects.count() == 1
    assert Region.objects.get(code="US-VA").name == "Virginia"
    assert Region.objects.filter(code="US-XX").exists(), "a rule may still refer to it"
    assert Place.objects.get(name="10001").region_id == "US-NY-061"
    counts[0] += 1
    assert [model.objects.count() for model in (Region, Place, SearchName)] == counts
    assert list(Coverage.objects.values()) == rules
    assert list(Organization.objects.values()) == organizations


def test_the_digest_follows_the_files(monkeypatch, tmp_path):
    before = load.digest()
    for name in load.FILES:
        (tmp_path / name).write_bytes((load.DATA / name).read_bytes())
    monkeypatch.setattr(load, "DATA", tmp_path)
    assert load.digest() == before
    (tmp_path / "zips.tsv.gz").write_bytes(b"other")
    assert load.digest() != before


def test_the_sqlite_file_stays_small():
    if connection.vendor != "sqlite":
        pytest.skip("the size of the SQLite file")
    with connection.cursor() as cursor:
        pages, size = (
            cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size")
        )
    assert pages * size <= 50 * MEGABYTE


# Regions -----------------------------------------------------------------------------------------


def test_the_us_are_fifty_states_a_district_and_territories():
    states = set(Region.objects.states().values_list("code", flat=True))
    territories = {f"US-{code}" for code in ("AS", "GU", "MP", "PR", "UM", "VI")}
    assert territories | {"US-DC"} < states
    assert len(states - territories - {"US-DC"}) == 50
    assert set(GRID) == states - {"US-UM"}


def test_there_are_the_regions_of_the_standards():
    kinds = dict(Region.objects.values_list("kind").annotate(Count("pk")).order_by())
    assert kinds["world"] == 1
    assert 240 <= kinds["country"] <= 250
    assert 4_500 <= kinds["subdivision"] <= 5_500
    assert 3_200 <= kinds["county"] <= 3_300


def test_every_region_has_a_name_and_the_path_that_its_parents_give_it():
    regions = Region.objects.in_bulk()
    for code, region in regions.items():
        above = regions[region.parent_id].path if region.parent_id else ""
        assert region.path == f"{above}{code}/"
        assert region.name.strip() == region.name != ""
        assert region.country_id == (None if code == WORLD else region.lineage[1])


def test_every_region_but_the_world_is_found_by_its_name():
    named = SearchName.objects.filter(region__isnull=False).values_list("region", "key")
    keys = {}
    for code, key in named:
        keys.setdefault(code, set()).add(key)
    missing = [
        region.code
        for region in Region.objects.exclude(code=WORLD)
        if search_key(region.name) not in keys.get(region.code, ())
    ]
    assert not missing


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("deutschland", "DE"),
        ("holland", "NL"),
        ("va", "US-VA"),
        ("dc", "US-DC"),
        ("puerto rico", "US-PR"),
        ("england", "GB-ENG"),
        ("cote divoire", "CI"),
        ("台灣", "TW"),
    ],
)
def test_other_names_of_a_region(key, code):
    assert SearchName.objects.filter(key=key, region=code).exists()


# Places ------------------------------------------------------------------------------------------


def test_every_place_has_its_deepest_known_region_and_both_coordinates_or_neither():
    assert not Place.objects.filter(region__kind="world").exists()
    half = Q(latitude=None, longitude__isnull=False) | Q(latitude__isnull=False, longitude=None)
    assert not Place.objects.filter(half).exists()
    off_the_globe = ~Q(latitude__range=(-90, 90)) | ~Q(longitude__range=(-180, 180))
    assert not Place.objects.exclude(latitude=None).filter(off_the_globe).exists()
    us_cities = Place.objects.filter(kind="city", region__country="US")
    assert us_cities.filter(region__kind="county").count() > 0.95 * us_cities.count()


def test_every_city_has_a_name_and_no_zip_does():
    assert not Place.objects.filter(kind="city", names=None).exists()
    assert not SearchName.objects.filter(place__kind="zip").exists()


def test_search_names_are_in_their_normal_form():
    names = SearchName.objects.values_list("key", "head", "length")
    wrong = [
        key
        for key, head, length in names.iterator()
        if not key or search_key(key) != key or key[:2] != head or len(key) != length
    ]
    assert not wrong


def test_zip_codes_are_five_digits_and_each_is_there_once():
    zips = list(Place.objects.filter(kind="zip").values_list("name", flat=True))
    assert len(zips) == len(set(zips)) > 40_000
    assert all(len(name) == 5 and name.isdecimal() for name in zips)
    # Palau, Micronesia and the Marshall Islands are served by the US mail.
    countries = Place.objects.filter(kind="zip").values_list("region__country").distinct()
    assert {code for (code,) in countries} <= {"US", "PW", "FM", "MH"}


@pytest.mark.parametrize(
    ("code", "region", "locality"),
    [
        ("10001", "US-NY-061", "New York"),
        ("22903", "US-VA-540", "Charlottesville"),
        ("20500", "US-DC", "Washington"),
        ("00901", "US-PR-127", "San Juan"),
        ("96910", "US-GU", "Hagatna"),
        ("09012", "US", "APO AE"),
    ],
)
def test_where_a_zip_code_is(code, region, locality):
    place = Place.objects.get(kind="zip", name=code)
    assert (place.region_id, place.locality) == (region, locality)


@pytest.mark.parametrize(
    ("city", "lies_in"),
    [
        ("London", "GB-ENG"),
        ("Springfield", "US-MO"),
        ("Dublin", "IE"),
        ("Taipei", "TW"),
        ("Buenos Aires", "AR"),
        ("Auckland", "NZ"),
    ],
)
def test_the_largest_city_of_a_name(city, lies_in):
    largest = Place.objects.filter(kind="city", name=city).order_by("-population")[0]
    assert lies_in in largest.region.lineage


def test_a_name_weighs_what_its_city_has_in_people():
    names = SearchName.objects.filter(standing=SearchName.Standing.NAME, place__population__gt=0)
    assert not names.exclude(weight=F("place__population")).exists()
