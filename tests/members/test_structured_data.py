import json

import pytest

from members.models import Coverage, Organization, Region
from members.structured_data import ngo
from tests.pages import Page

pytestmark = pytest.mark.django_db

KINDS = {"US-VA": "State", "CA": "Country", "CA-ON": "AdministrativeArea", "001": "Place"}
SITE = "https://fictional.example"


@pytest.fixture
def data_of(client):
    """The one JSON-LD block of an organization's page."""

    def read(organization):
        page = Page(client.get(organization.get_absolute_url()))
        (block,) = page.find("script", type="application/ld+json")
        return json.loads(block.text)

    return read


def test_an_organization_is_described_by_what_is_known_of_it(make_member):
    organization = make_member(
        short_name="FIP",
        founded=2001,
        phone="+1 555 0100",
        website="https://fictional.example/",
        postal_address="Box 1\nFictional Town",
    )
    regions = Region.objects.select_related("country").in_bulk(KINDS)
    assert ngo(organization, [regions[code] for code in KINDS], SITE) == {
        "@context": "https://schema.org",
        "@type": "NGO",
        "@id": f"{SITE}{organization.get_absolute_url()}#organization",
        "name": organization.name,
        "url": f"{SITE}{organization.get_absolute_url()}",
        "memberOf": {"@type": "NGO", "name": "Innocence Network", "url": f"{SITE}/"},
        "alternateName": "FIP",
        "foundingDate": "2001",
        "telephone": "+1 555 0100",
        "sameAs": "https://fictional.example/",
        "address": "Box 1, Fictional Town",
        "areaServed": [{"@type": kind, "name": regions[code].name} for code, kind in KINDS.items()],
    }


def test_what_is_not_known_is_left_out(make_member):
    data = ngo(make_member(), [], SITE)
    assert set(data) == {"@context", "@type", "@id", "name", "url", "memberOf"}


def test_the_page_names_where_cases_are_taken_from_and_not_what_is_excluded(make_member, data_of):
    excluded = {"region_id": "US-CA", "effect": Coverage.Effect.EXCLUDES}
    data = data_of(make_member(covers=["US", "TW", excluded]))
    assert [area["name"] for area in data["areaServed"]] == ["Taiwan", "United States"]


def test_every_starter_organization_has_its_data(data_of):
    for organization in Organization.objects.listed().order_by("pk")[:67:9]:
        data = data_of(organization)
        assert data["name"] == organization.name
        assert data["areaServed"]


def test_a_name_cannot_end_the_data(make_member, data_of):
    name = "Fictional </script><script>alert(1)</script>"
    assert data_of(make_member(name))["name"] == name
