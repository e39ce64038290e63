import csv
import re

import pytest
from django.core.management import call_command
from django.utils.text import slugify

from members import starter
from members.models import (
    Coverage,
    FormerName,
    MembershipPeriod,
    Milestone,
    Organization,
    Region,
    ReportedTotal,
    SisterNetwork,
    StarterItem,
)

pytestmark = pytest.mark.django_db

MODELS = [Coverage, FormerName, MembershipPeriod, Milestone, Organization, ReportedTotal]
MODELS += [SisterNetwork, StarterItem]


def everything():
    return {model: list(model.objects.order_by("pk").values()) for model in MODELS}


def organization(slug):
    return Organization.objects.get(slug=slug)


# Loading again -----------------------------------------------------------------------------------


def test_loading_again_changes_nothing():
    before = everything()
    assert not starter.load()
    assert everything() == before


def test_loading_again_keeps_what_staff_have_edited_added_and_deleted(make_member):
    renamed = organization("innocence-project-of-texas")
    renamed.slug, renamed.name, renamed.published = "fictional-slug", "Fictional name", False
    renamed.save()
    organization("alaska-innocence-project").delete()
    Coverage.objects.filter(organization__slug="innocence-project", effect="excludes").delete()
    MembershipPeriod.objects.filter(organization__slug="ohio-innocence-project").delete()
    FormerName.objects.filter(organization__slug="centurion").delete()
    Milestone.objects.all()[0].delete()
    ReportedTotal.objects.all().delete()
    SisterNetwork.objects.update(name="Fictional Sister Network")
    make_member(covers=["US-VA"])
    before = everything()
    assert not starter.load()
    assert everything() == before


def test_an_empty_database_gets_every_row_once(no_members):
    for model in MODELS:
        model.objects.all().delete()
    added = starter.load()
    assert added == {
        "organization": len(starter.rows("members.csv")),
        "milestone": len(starter.rows("milestones.csv")),
        "reported total": len(starter.rows("totals.csv")),
        "sister network": 1,
    }
    assert Organization.objects.count() == added["organization"] == 67
    assert Coverage.objects.count() == len(starter.rows("coverage.csv"))
    assert FormerName.objects.count() == len(starter.rows("former_names.csv"))


def test_the_command_says_what_it_did(capsys):
    call_command("load_starter_content")
    assert "nothing new; all edits are kept" in capsys.readouterr().out
    StarterItem.objects.filter(key__startswith="reported total:").delete()
    call_command("load_starter_content")
    assert "added 10 × reported total." in capsys.readouterr().out


# What is loaded ----------------------------------------------------------------------------------


def test_every_organization_is_published_a_member_and_covers_something():
    assert Organization.objects.listed().count() == 67
    taking = Coverage.objects.exclude(effect="excludes").values("organization")
    assert not Organization.objects.exclude(pk__in=taking).exists()


def test_every_office_is_on_the_map():
    assert not Organization.objects.filter(latitude=None).exists()


@pytest.mark.parametrize("name", ["members.csv", "coverage.csv"])
def test_every_region_of_the_files_is_known(name):
    codes = {row["region_code"] for row in starter.rows(name)}
    assert codes <= set(Region.objects.values_list("code", flat=True))


@pytest.mark.parametrize(
    ("slug", "name", "standing"),
    [
        ("korey-wise-innocence-project", "Colorado Innocence Project", "former"),
        ("washington-innocence-project", "Innocence Project Northwest", "former"),
        ("centurion", "Centurion Ministries", "former"),
        ("iu-mckinney-wrongful-conviction-clinic", "Indiana Innocence Project", "later"),
        ("innocence-delaware", "Innocence Project Delaware", "later"),
    ],
)
def test_names_before_and_after_the_date_of_the_files(slug, name, standing):
    other = organization(slug).other_names.get(name=name)
    assert (other.standing, other.slug) == (standing, slugify(name))


@pytest.mark.parametrize(
    ("address", "lines"),
    [
        ("1 Main Street, Town, ST 00000", "1 Main Street\nTown, ST 00000"),
        ("A School, P.O. Box 1, Town, ST 00000", "A School\nP.O. Box 1\nTown, ST 00000"),
        ("", ""),
    ],
)
def test_an_address_is_cut_into_the_lines_of_an_envelope(address, lines):
    assert starter.on_an_envelope(address) == lines


def test_addresses_of_the_files_end_in_city_state_and_zip():
    addresses = Organization.objects.exclude(postal_address="").values_list("postal_address")
    assert len(addresses) >= 15
    for (address,) in addresses:
        assert address.count("\n") in {1, 2, 3}
        assert re.fullmatch(r".+, [A-Z]{2} \d{5}", address.splitlines()[-1]), address


def test_what_is_not_known_stays_empty():
    for slug in ("france", "south-africa", "new-zealand"):
        assert not organization(f"innocence-project-{slug}").has_contact
    assert not Organization.objects.exclude(confirmed_on=None).exists()
    assert not Organization.objects.exclude(how_to_ask="").exists()


def test_where_the_facts_come_from_is_not_stored():
    provenance = set()
    for name in ("members.csv", "former_names.csv"):
        for row in starter.rows(name):
            provenance |= {row["source"]} if len(row["source"]) > 20 else set()
    assert len(provenance) > 60
    stored = {
        str(value)
        for model in (Organization, Coverage, FormerName, MembershipPeriod)
        for row in model.objects.values()
        for value in row.values()
    }
    assert not stored & (provenance | {"documented", "recalled", "unconfirmed"})


def test_the_readme_beside_the_files_names_each_of_them():
    readme = (starter.DATA / "README.md").read_text()
    names = {path.name for path in starter.DATA.glob("*.csv")}
    assert names == {
        "coverage.csv",
        "former_names.csv",
        "members.csv",
        "milestones.csv",
        "totals.csv",
    }
    assert all(name in readme for name in names)
    for name in names:
        with (starter.DATA / name).open(newline="", encoding="utf-8") as file:
            header, *rows = csv.reader(file)
        assert all(len(row) == len(header) for row in rows), name
