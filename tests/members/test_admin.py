import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.urls import reverse

from members.models import Coverage, FormerName, LinkCheck, Organization, Region
from statements.models import Page as Text
from tests.members.desk_forms import ADD, organization_data, page_of, problems, rule, typed
from tests.pages import Page

pytestmark = pytest.mark.django_db

REGIONS = {"app_label": "members", "model_name": "coverage", "field_name": "region"}


# Lists and forms ---------------------------------------------------------------------------------


MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_list_is_there_and_searched(desk, model):
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
    assert desk.get(reverse(name)).status_code == 200
    assert desk.get(reverse(name), {"q": "virginia"}).status_code == 200


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_form_to_add_is_there_but_for_what_is_only_looked_up(desk, model):
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}_add"
    status = 403 if model in (Group, LinkCheck, Region, Text) else 200
    assert desk.get(reverse(name)).status_code == status


@pytest.mark.parametrize("code", ["001", "US", "US-VA", "US-VA-013"])
def test_a_region_is_shown_and_not_changed(desk, code):
    address = reverse("admin:members_region_change", args=[code])
    assert desk.get(address).status_code == 200
    assert desk.post(address, {"name": "Fictional"}).status_code == 403
    view_on_site = desk.get(address).context["absolute_url"]
    assert desk.get(view_on_site).status_code == 302


def test_every_organization_can_be_opened(desk):
    for pk in Organization.objects.values_list("pk", flat=True)[:5]:
        address = reverse("admin:members_organization_change", args=[pk])
        assert desk.get(address).status_code == 200


def test_without_an_account_there_is_only_the_way_in(client):
    response = client.get(ADD)
    assert (response.status_code, response["Location"]) == (302, f"/admin/login/?next={ADD}")


# Adding an organization --------------------------------------------------------------------------


def test_staff_add_an_organization_with_all_that_belongs_to_it(desk, client):
    response = desk.post(
        ADD,
        organization_data(
            rules=[rule("US-VA"), rule("US-VA-013", "excludes")],
            periods=[{"joined_on": "2020-01-01", "left_on": "", "known_on": "2020-06-30"}],
            names=[{"name": "Fictional Old Name", "slug": "old-name", "standing": "former"}],
            how_to_ask="Please *write*.",
        ),
    )
    assert response.status_code == 302
    organization = Organization.objects.get(slug="fictional-legal-clinic")
    assert not organization.published
    organization.publish()
    assert (organization.latitude, organization.longitude) == pytest.approx(
        (37.55, -77.46), abs=0.1
    )
    assert organization.coverage.count() == 2
    assert client.get("/members/old-name/").status_code == 301
    page = Page(client.get(organization.get_absolute_url()))
    assert "Takes cases from Virginia except Arlington County." in page.text()
    assert "<em>write</em>" in page.html
    assert organization.slug in Page(client.get("/regions/us-va/")).slugs("covering")


def test_an_office_that_moves_is_found_again_and_one_set_by_hand_stays(desk, make_member):
    organization = make_member(city="Richmond", latitude=37.55, longitude=-77.46)
    address = page_of(organization)
    assert desk.post(address, typed(desk.get(address)) | {"city": "Norfolk"}).status_code == 302
    organization.refresh_from_db()
    assert organization.latitude == pytest.approx(36.85, abs=0.1)
    by_hand = {"city": "Roanoke", "latitude": "37.1", "longitude": "-79.1"}
    assert desk.post(address, typed(desk.get(address)) | by_hand).status_code == 302
    organization.refresh_from_db()
    assert (organization.latitude, organization.longitude) == (37.1, -79.1)


def test_a_city_that_is_not_known_leaves_the_office_off_the_map(desk, client):
    assert desk.post(ADD, organization_data(city="Qwxzvkj")).status_code == 302
    organization = Organization.objects.get(slug="fictional-legal-clinic")
    assert organization.latitude is organization.longitude is None


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"rules": [rule("US", "excludes", "dna")]}, "An exclusion is for all evidence"),
        ({"rules": [rule("XX")]}, "Select a valid choice"),
        ({"website": "javascript:alert(1)"}, "Enter a valid URL"),
        ({"website": "ftp://fictional.example/"}, "Enter a valid URL"),
        ({"slug": "innocence-project"}, "already exists"),
        ({"slug": "colorado-innocence-project"}, "kept for a former name"),
        ({"latitude": "37.5"}, "Give both coordinates, or neither"),
        ({"how_to_ask": "x" * 20_001}, "at most 20000 characters"),
        (
            {"periods": [{"joined_on": "2020-01-02", "left_on": "2020-01-01"}]},
            "cannot end before it begins",
        ),
        (
            {"names": [{"name": "x", "slug": "innocence-project", "standing": "former"}]},
            "address of another organization",
        ),
        (
            {"names": [{"name": n, "slug": "same", "standing": "former"} for n in "xy"]},
            "correct the duplicate",
        ),
    ],
)
def test_what_is_wrong_is_said_in_words_and_nothing_is_saved(desk, fields, message):
    rules = Coverage.objects.count()
    assert message in problems(desk.post(ADD, organization_data(**fields)))
    assert not Organization.objects.filter(name="Fictional Legal Clinic").exists()
    assert Coverage.objects.count() == rules


def test_a_new_form_has_rows_ready_of_which_empty_places_are_left_out(desk):
    rows = typed(desk.get(ADD))
    assert (rows["coverage-TOTAL_FORMS"], rows["memberships-TOTAL_FORMS"]) == (2, 1)
    fields = {"name": "Fictional Legal Clinic", "slug": "fictional", "kind": "nonprofit"}
    assert desk.post(ADD, rows | fields | {"region": "US-VA"}).status_code == 302
    organization = Organization.objects.get(slug="fictional")
    assert not organization.coverage.exists()
    assert organization.memberships.on().count() == 1, "since when is often not known"


# Choosing a region -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("term", "first"),
    [
        ("virginia", ["US-VA", "US-WV"]),
        ("orange", None),
        ("US-TX", ["US-TX"]),
        ("canada", ["CA"]),
        ("washington", ["US-WA"]),
        ("montana", ["US-MT", "BG-12"]),
        ("kansas", ["US-KS", "US-AR"]),
    ],
)
def test_the_wider_regions_are_offered_first_and_what_begins_so_and_the_states(desk, term, first):
    response = desk.get("/admin/autocomplete/", {**REGIONS, "term": term})
    codes = [result["id"] for result in response.json()["results"]]
    depths = [len(Region.objects.get(code=code).lineage) for code in codes]
    assert depths == sorted(depths)
    assert codes
    if first:
        assert codes[: len(first)] == first


# Security ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/admin/", ADD, "/admin/members/region/"])
def test_the_admin_runs_its_own_scripts_and_no_other(desk, address):
    response = desk.get(address)
    policy = response["Content-Security-Policy"]
    assert "script-src 'self';" in f"{policy};"
    assert "unsafe" not in policy
    scripts = Page(response).find("script")
    assert all(script["src"] or script["type"] == "application/json" for script in scripts)


@pytest.mark.parametrize("address", ["/", "/members/", "/find/?place=Texas"])
def test_public_pages_run_none_even_for_staff(desk, address):
    response = desk.get(address)
    assert "script-src" not in response["Content-Security-Policy"]
    assert not Page(response).find("script")


def renamed(organization, **fields):
    """The organization with a new name and address, checked as the admin checks it."""
    for field, value in fields.items():
        setattr(organization, field, value)
    organization.full_clean()
    organization.save()


def test_a_member_is_renamed_and_keeps_its_old_address(client, make_member):
    organization = make_member("Old Fictional Project", slug="old-fictional")
    former = FormerName(organization=organization, name=organization.name, slug="old-fictional")
    former.full_clean()
    renamed(organization, name="New Fictional Project", slug="new-fictional")
    former.save()
    assert client.get("/members/old-fictional/")["Location"] == "/members/new-fictional/"


def test_a_newer_name_is_taken_over_and_no_longer_shown_beside_itself(client, make_member):
    organization = make_member("Old Fictional Project")
    later = FormerName.objects.create(
        organization=organization,
        name="New Fictional Project",
        slug="new-fictional",
        standing=FormerName.Standing.LATER,
    )
    renamed(organization, name=later.name, slug=later.slug)
    later.full_clean()
    page = client.get("/members/new-fictional/").content.decode()
    assert "Also known as" not in page
