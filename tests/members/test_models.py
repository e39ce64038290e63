import math
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from members.models import (
    Coverage,
    FormerName,
    MembershipPeriod,
    Milestone,
    Organization,
    Region,
    ReportedTotal,
    SearchName,
)

pytestmark = pytest.mark.django_db

DAY = date(2020, 6, 30)
BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)


def refuses(constraint):
    """That the database itself refuses, whatever code it is that writes."""
    return pytest.raises(IntegrityError, match=constraint)


# Constraints -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"latitude": 38.0}, "organization_coordinates"),
        ({"longitude": -78.5}, "organization_coordinates"),
        ({"latitude": 90.5, "longitude": 0.0}, "organization_coordinates"),
        ({"latitude": 0.0, "longitude": -180.5}, "organization_coordinates"),
        ({"website": "javascript:alert(1)"}, "organization_website_is_http"),
        ({"website": "//fictional.example"}, "organization_website_is_http"),
        ({"intake_url": "data:text/html,x"}, "organization_intake_url_is_http"),
        ({"confirmed_on": DAY}, "organization_confirmed_how"),
    ],
)
def test_the_database_refuses_wrong_facts_of_an_organization(make_member, fields, constraint):
    organization = make_member()
    with refuses(constraint), transaction.atomic():
        Organization.objects.filter(pk=organization.pk).update(**fields)


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"latitude": 38.0}, "__all__", "Give both coordinates, or neither."),
        ({"latitude": 90.5, "longitude": 0.0}, "latitude", "less than or equal to 90"),
        ({"website": "javascript:alert(1)"}, "website", "Enter a valid URL."),
        ({"website": "ftp://fictional.example/"}, "website", "Enter a valid URL."),
        ({"intake_url": "javascript://fictional.example/"}, "intake_url", "Enter a valid URL."),
        ({"confirmed_on": DAY}, "__all__", "Say how the facts were confirmed."),
        ({"founded": 1066}, "founded", "greater than or equal to 1900"),
        ({"how_to_ask": "x" * 20_001}, "how_to_ask", "at most 20000 characters"),
    ],
)
def test_wrong_facts_are_explained_in_words(make_member, fields, field, message):
    organization = make_member()
    for name, value in fields.items():
        setattr(organization, name, value)
    with pytest.raises(ValidationError) as error:
        organization.full_clean()
    assert message in " ".join(error.value.message_dict[field])


def test_right_facts_pass(make_member):
    organization = make_member(
        latitude=-90,
        longitude=180,
        website="https://fictional.example/",
        intake_url="http://fictional.example/ask?a=b",
        how_to_ask="x" * 20_000,
        confirmed_on=DAY,
        confirmed_how=Organization.Confirmation.LETTER,
    )
    organization.full_clean()


def test_an_organization_has_one_rule_a_region(make_member):
    organization = make_member(covers=["US-VA"])
    again = Coverage(organization=organization, region_id="US-VA", effect="excludes")
    with pytest.raises(ValidationError, match="has a rule for this region already"):
        again.full_clean()
    with refuses("(?i)unique"), transaction.atomic():
        again.save()


@pytest.mark.parametrize("evidence", ["dna", "non_dna"])
def test_an_exclusion_is_for_all_evidence(make_member, evidence):
    rule = Coverage(
        organization=make_member(), region_id="US-VA", effect="excludes", evidence=evidence
    )
    with pytest.raises(ValidationError, match="An exclusion is for all evidence"):
        rule.full_clean()
    with refuses("exclusion_is_whole"), transaction.atomic():
        rule.save()


def test_a_membership_cannot_end_before_it_begins(make_member):
    period = MembershipPeriod(organization=make_member(), joined_on=DAY, left_on=BEFORE)
    with pytest.raises(ValidationError, match="cannot end before it begins"):
        period.full_clean()
    with refuses("membership_ends_after_it_begins"), transaction.atomic():
        period.save()
    period.left_on = DAY
    period.full_clean()


@pytest.mark.parametrize("slug", ["fictional-legal-clinic", "fictional-0"])
def test_an_address_belongs_to_one_organization(no_members, make_member, slug):
    old, new = make_member(), make_member("Fictional Legal Clinic")
    FormerName.objects.create(organization=old, name="Legal Clinic", slug="fictional-legal-clinic")
    if slug == "fictional-0":
        taken = FormerName(organization=new, name="Another name", slug=slug)
    else:
        taken = new
        taken.slug = slug
    with pytest.raises(ValidationError) as error:
        taken.full_clean()
    assert list(error.value.message_dict) == ["slug"]


@pytest.mark.parametrize("target", ["both", "neither"])
def test_a_search_name_means_one_thing(target):
    both = SearchName.objects.filter(place__isnull=False)[:1].get()
    region = "US-VA" if target == "both" else None
    place = both.place_id if target == "both" else None
    with refuses("name_of_one_thing"), transaction.atomic():
        SearchName.objects.filter(pk=both.pk).update(region=region, place=place)


@pytest.mark.parametrize(("us", "elsewhere"), [(2, 2), (0, 0)])
def test_a_reported_total_adds_up(us, elsewhere):
    total = ReportedTotal(year=2020, total=3, us=us, elsewhere=elsewhere)
    with pytest.raises(ValidationError, match="must add up"):
        total.full_clean()
    with refuses("reported_total_adds_up"), transaction.atomic():
        total.save()


@pytest.mark.parametrize("month", [0, 13])
@pytest.mark.parametrize("model", [Milestone, ReportedTotal])
def test_there_are_twelve_months(model, month):
    fields = {"text": "Fictional."} if model is Milestone else {"total": 3}
    with refuses("month"), transaction.atomic():
        model.objects.create(year=2020, month=month, **fields)


def test_only_the_world_lies_in_nothing():
    for field in ("parent", "country"):
        with refuses(f"region_has_{field}"), transaction.atomic():
            Region.objects.filter(code="US-VA").update(**{field: None})
    assert Region.objects.get(parent=None).code == "001"


# Who is listed -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("joined_on", "left_on", "listed"),
    [
        (None, None, True),
        (DAY, None, True),
        (AFTER, None, False),
        (None, DAY, True),
        (None, BEFORE, False),
        (DAY, DAY, True),
        (BEFORE, BEFORE, False),
    ],
)
def test_listed_are_the_members_of_the_day(make_member, joined_on, left_on, listed):
    organization = make_member(member=False)
    organization.memberships.create(joined_on=joined_on, left_on=left_on)
    assert Organization.objects.listed(DAY).contains(organization) == listed


def test_not_listed_without_a_membership_or_before_publication(make_member):
    without, draft = make_member(member=False), make_member(published=False)
    assert not Organization.objects.listed(DAY).filter(pk__in=[without.pk, draft.pk]).exists()


def test_a_member_of_two_times_is_listed_once(make_member):
    organization = make_member(member=False)
    organization.memberships.create(left_on=DAY)
    organization.memberships.create(joined_on=DAY)
    organization.memberships.create(joined_on=AFTER)
    assert Organization.objects.listed(DAY).filter(pk=organization.pk).count() == 1


def test_the_day_of_a_listing_is_today_unless_it_is_said(make_member, monkeypatch):
    organization = make_member(member=False)
    organization.memberships.create(joined_on=DAY, left_on=DAY)
    for today, listed in ((BEFORE, False), (DAY, True), (AFTER, False)):
        monkeypatch.setattr("django.utils.timezone.localdate", lambda day=today: day)
        assert Organization.objects.listed().contains(organization) == listed


# Counts ------------------------------------------------------------------------------------------


def test_the_starter_content_counts_67_members_as_of_june_2020():
    census = Organization.objects.listed().census()
    assert census == {"total": 67, "us": 55, "elsewhere": 12, "countries": 12, "as_of": DAY}


@pytest.mark.parametrize(
    ("slug", "us", "elsewhere"), [("innocence-project", 54, 12), ("innocence-canada", 55, 11)]
)
def test_the_count_follows_the_memberships(slug, us, elsewhere):
    MembershipPeriod.objects.filter(organization__slug=slug).update(left_on=DAY)
    assert Organization.objects.listed(DAY).census(DAY)["total"] == 67
    census = Organization.objects.listed(AFTER).census(AFTER)
    assert (census["total"], census["us"], census["elsewhere"]) == (us + elsewhere, us, elsewhere)


def test_the_date_of_a_count_is_the_newest_of_what_it_counts(no_members, make_member):
    counted, ended, draft = make_member(), make_member(), make_member(published=False)
    counted.memberships.update(known_on=DAY)
    ended.memberships.update(known_on=AFTER, left_on=DAY)
    draft.memberships.update(known_on=AFTER)
    assert Organization.objects.listed(AFTER).census(AFTER)["as_of"] == DAY


def test_a_count_of_nobody_has_no_date(no_members):
    assert set(Organization.objects.listed().census().values()) == {0, None}


# Names -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["legal clinic", "FLC", "Old Name", "old"])
def test_found_by_every_name(no_members, make_member, text):
    organization = make_member("Fictional Legal Clinic", short_name="FLC")
    organization.other_names.create(name="Fictional Old Name", slug="old-name")
    organization.other_names.create(name="Fictional Older Name", slug="older-name")
    make_member("Fictional Bureau")
    assert list(Organization.objects.named(text)) == [organization]


# Regions -----------------------------------------------------------------------------------------


def test_a_region_lies_in_all_of_its_lineage():
    county, state, other = (
        Region.objects.get(code=code) for code in ("US-VA-013", "US-VA", "US-WV")
    )
    assert county.lineage == ["001", "US", "US-VA", "US-VA-013"]
    assert county.lies_in(state)
    assert state.lies_in(state)
    assert not state.lies_in(county)
    assert not county.lies_in(other)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("US-VA", "Virginia"),
        ("US", "the United States"),
        ("GB", "the United Kingdom"),
        ("NL", "the Netherlands"),
        ("US-DC", "Washington, D.C."),
        ("FR", "France"),
    ],
)
def test_a_region_inside_a_sentence(code, words):
    assert Region.objects.get(code=code).in_words == words


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("US-VA", "Virginia"),
        ("GB-SCT", "Scotland"),
        ("US", "the United States"),
        ("AU-VIC", "Victoria, Australia"),
        ("CA-NT", "the Northwest Territories, Canada"),
    ],
)
def test_a_region_that_is_named_alone_is_told_from_others(code, words):
    assert Region.objects.get(code=code).in_heading == words


@pytest.mark.parametrize(("code", "letter"), [("AX", "A"), ("US-VA", "V"), ("ST", "S")])
def test_a_region_stands_under_its_letter(code, letter):
    assert Region.objects.get(code=code).initial == letter


# Texts of an organization ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("city", "region", "office"),
    [
        ("Singapore", "SG", "Singapore"),
        ("Washington, D.C.", "US-DC", "Washington, D.C."),
        ("Boise", "US-ID", "Boise, Idaho"),
        ("Washington", "US-DC", "Washington, D.C."),
        ("San Juan", "US-PR", "San Juan, Puerto Rico"),
        ("Lyon", "FR-ARA", "Lyon, France"),
        ("London", "GB-ENG", "London, United Kingdom"),
        ("", "US-ID", "Idaho"),
        ("", "NZ", "New Zealand"),
    ],
)
def test_the_office_in_words(city, region, office):
    organization = Organization(city=city, region=Region.objects.get(code=region))
    assert organization.office == office


@pytest.mark.parametrize(
    ("address", "envelope"),
    [
        ("1 Main Street\nTown", "Fictional Clinic\n1 Main Street\nTown"),
        ("Fictional Clinic\n1 Main Street", "Fictional Clinic\n1 Main Street"),
        ("", ""),
    ],
)
def test_an_envelope_names_the_organization_once(address, envelope):
    organization = Organization(name="Fictional Clinic", postal_address=address)
    assert organization.envelope == envelope


def test_the_phone_number_and_the_website_in_short():
    organization = Organization(
        phone="+1 (555) 010-0199", website="https://www.fictional.example/a/b?c"
    )
    assert organization.phone_link == "+15550100199"
    assert organization.website_name == "fictional.example"
    assert Organization().website_name == ""


@pytest.mark.parametrize("field", ["postal_address", "phone", "email", "website", "intake_url"])
def test_one_fact_is_contact_enough(field):
    assert Organization(**{field: "something"}).has_contact
    assert not Organization().has_contact


# The office as a vector --------------------------------------------------------------------------


@pytest.mark.parametrize(("latitude", "longitude"), [(38.03, -78.48), (-36.85, 174.76), (0, 180)])
def test_the_database_computes_the_unit_vector(make_member, latitude, longitude):
    organization = make_member(latitude=latitude, longitude=longitude)
    organization.refresh_from_db()
    lat, lng = math.radians(latitude), math.radians(longitude)
    vector = (math.cos(lat) * math.cos(lng), math.cos(lat) * math.sin(lng), math.sin(lat))
    assert (organization.x, organization.y, organization.z) == pytest.approx(vector)
    assert math.hypot(*vector) == pytest.approx(1)


def test_no_vector_without_coordinates(make_member):
    organization = make_member()
    organization.refresh_from_db()
    assert (organization.x, organization.y, organization.z) == (None, None, None)
