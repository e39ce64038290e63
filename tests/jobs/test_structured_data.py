import datetime
import json

import pytest

from jobs.structured_data import job_posting
from tests.pages import Page

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2026, 3, 10)
SITE = "https://fictional.example"


def read(page):
    """The JSON-LD of a page."""
    (block,) = page.find("script", type="application/ld+json")
    return json.loads(block.text)


def test_a_posting_has_every_field_that_is_known(client, now, make_opening, make_member):
    opening = make_opening(
        "Staff attorney",
        organization=make_member("Fictional Legal Clinic", website="https://www.example.org/"),
        employment_type="full_time",
        workplace="on_site",
        city="Austin",
        region_id="US-TX",
        description="Some *text*.",
        pay_minimum="72000",
        pay_maximum="88000.50",
        pay_currency="USD",
        pay_per="year",
        closes_on=datetime.date(2026, 4, 30),
    )
    assert read(Page(client.get(opening.get_absolute_url()))) == {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "title": "Staff attorney",
        "description": "<p>Some <em>text</em>.</p>\n",
        "datePosted": "2026-03-01",
        "validThrough": "2026-04-30T23:59:59-12:00",
        "url": f"http://testserver{opening.get_absolute_url()}",
        "employmentType": "FULL_TIME",
        "identifier": {
            "@type": "PropertyValue",
            "name": "Fictional Legal Clinic",
            "value": str(opening.pk),
        },
        "hiringOrganization": {
            "@type": "Organization",
            "name": "Fictional Legal Clinic",
            "sameAs": "https://www.example.org/",
        },
        "jobLocation": {
            "@type": "Place",
            "address": {
                "@type": "PostalAddress",
                "addressLocality": "Austin",
                "addressRegion": "Texas",
                "addressCountry": "US",
            },
        },
        "baseSalary": {
            "@type": "MonetaryAmount",
            "currency": "USD",
            "value": {
                "@type": "QuantitativeValue",
                "minValue": 72000,
                "maxValue": 88000.5,
                "unitText": "YEAR",
            },
        },
        "directApply": False,
    }


def test_what_is_not_known_is_left_out(make_opening):
    opening = make_opening(city="")
    posting = job_posting(opening, SITE)
    assert not {"validThrough", "employmentType", "baseSalary", "jobLocationType"} & set(posting)
    assert posting["jobLocation"]["address"] == {
        "@type": "PostalAddress",
        "addressRegion": "Virginia",
        "addressCountry": "US",
    }
    page = f"{SITE}{opening.organization.get_absolute_url()}"
    assert posting["hiringOrganization"]["sameAs"] == page


@pytest.mark.parametrize(
    ("region", "required"),
    [
        ("US", {"@type": "Country", "name": "United States"}),
        ("US-TX", {"@type": "State", "name": "Texas, United States"}),
        ("TW", {"@type": "Country", "name": "Taiwan"}),
    ],
)
def test_remote_work_is_telecommuting_for_people_of_a_place(make_opening, region, required):
    posting = job_posting(make_opening(workplace="remote", region_id=region), SITE)
    assert posting["jobLocationType"] == "TELECOMMUTE"
    assert posting["applicantLocationRequirements"] == required
    assert "jobLocation" not in posting


@pytest.mark.parametrize("workplace", ["on_site", "hybrid", "not_stated"])
def test_other_work_has_a_place_also_hybrid_work(make_opening, workplace):
    posting = job_posting(make_opening(workplace=workplace, region_id="GB-ENG"), SITE)
    address = posting["jobLocation"]["address"]
    assert (address["addressRegion"], address["addressCountry"]) == ("England", "GB")
    assert not {"jobLocationType", "applicantLocationRequirements"} & set(posting)


@pytest.mark.parametrize(
    ("pay", "value"),
    [
        ({"pay_minimum": 22, "pay_maximum": 22}, {"value": 22}),
        ({"pay_minimum": 22}, {"minValue": 22}),
        ({"pay_maximum": 30}, {"maxValue": 30}),
        ({"pay_minimum": 0, "pay_maximum": 30}, {"minValue": 0, "maxValue": 30}),
    ],
)
def test_pay_is_given_as_far_as_it_is_known(make_opening, pay, value):
    opening = make_opening(**pay, pay_currency="EUR", pay_per="hour")
    assert job_posting(opening, SITE)["baseSalary"] == {
        "@type": "MonetaryAmount",
        "currency": "EUR",
        "value": {"@type": "QuantitativeValue", **value, "unitText": "HOUR"},
    }


@pytest.mark.parametrize("fields", [{"posted_on": None}, {"region_id": None}])
@pytest.mark.parametrize("workplace", ["on_site", "remote"])
def test_without_a_posting_date_or_a_place_there_is_no_posting(
    client, now, make_opening, fields, workplace
):
    opening = make_opening(workplace=workplace, **fields)
    assert job_posting(opening, SITE) is None
    assert not Page(client.get(opening.get_absolute_url())).find("script")


def test_no_text_ends_the_block_or_is_changed_in_it(client, now, make_opening):
    title = "</script><script>alert(1)</script><!-- & 'x' \" \u2028"
    opening = make_opening(title, city="]]>&lt;", description=title)
    page = Page(client.get(opening.get_absolute_url()))
    posting = read(page)
    assert posting["title"] == title
    assert posting["jobLocation"]["address"]["addressLocality"] == "]]>&lt;"
    assert "<script" not in posting["description"]
    assert page.html.count("</script>") == 1
