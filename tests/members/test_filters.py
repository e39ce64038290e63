import datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from members.coverage import who_covers
from members.filters import MemberFilter, covered_regions
from members.models import FormerName, Organization, Region
from members.rows import first_with_rules, rows
from tests.pages import Page

pytestmark = pytest.mark.django_db


def directory(client, **query):
    return Page(client.get("/members/", query))


def found(client, **query):
    page = directory(client, **query)
    assert page.status == 200
    return page.slugs()


def chips(page):
    """The query behind each chip, as a dictionary, and the text on it."""
    (chips,) = page.find("ul", class_="chips")
    links = [link for link in page.find("a") if chips in link.inside]
    return [(parse_qs(urlsplit(link["href"]).query), link.text) for link in links]


# Filters -----------------------------------------------------------------------------------------


def test_without_filters_all_members_stand_on_one_page(client):
    page = directory(client)
    assert len(page.slugs()) == 67
    assert "67 members" in page.text()
    assert not page.find("ul", class_="chips")
    assert not page.find("nav", class_="pages")


@pytest.mark.parametrize(
    ("text", "slugs"),
    [
        ("innocence CANADA", ["innocence-canada"]),
        ("NCIP", ["northern-california-innocence-project"]),
        ("aidwyc", ["innocence-canada"]),
        ("Innocence Project Northwest", ["washington-innocence-project"]),
        ("Indiana Innocence", ["iu-mckinney-wrongful-conviction-clinic"]),
        (" Centurion Ministries ", ["centurion"]),
        ("Hawai'i", ["hawaii-innocence-project"]),
        ("%", []),
        ("_", []),
        ("'; DROP TABLE members_organization; --", []),
    ],
)
def test_a_name_is_any_name_it_ever_had(client, text, slugs):
    assert found(client, name=text) == slugs


@pytest.mark.parametrize("code", ["US-VA", "US-CA", "US-NJ", "CA", "CA-BC", "GB-ENG", "US-MI"])
def test_a_region_means_that_cases_are_taken_from_there(client, code):
    answer = who_covers(Region.objects.get(code=code))
    covering = [one.organization.slug for group in answer.groups for one in group.members]
    assert answer.total == len(covering)
    assert sorted(found(client, region=code)) == sorted(covering)


def test_an_excluded_region_is_not_covered(client):
    assert "innocence-project" in found(client, region="US-NJ")
    assert "innocence-project" not in found(client, region="US-CA")


@pytest.mark.parametrize("kind", Organization.Kind.values)
def test_a_kind_of_organization(client, kind):
    wanted = Organization.objects.filter(kind=kind).values_list("slug", flat=True)
    assert sorted(found(client, kind=kind)) == sorted(wanted)


def test_filters_narrow_each_other(client):
    assert found(client, region="US-TX", kind="nonprofit", name="of texas") == [
        "innocence-project-of-texas"
    ]


def test_every_state_can_be_chosen_and_no_county(client, make_member):
    make_member(covers=["US-VA-013"])
    choices = [option["value"] for option in directory(client).find("option")]
    assert {"US-NJ", "US-PR", "CA-BC", "GB-WLS", "ZA"} <= set(choices)
    assert "US-VA-013" not in choices
    choices = [choice for choice in choices if choice]
    assert len(choices) == len(set(choices))


def test_a_region_can_be_chosen_while_a_listed_member_covers_it(client, make_member):
    draft = make_member(covers=["DE"], published=False)
    assert not directory(client).find("option", value="DE")
    Organization.objects.filter(pk=draft.pk).update(published=True)
    assert directory(client).find("option", value="DE")


# Order -------------------------------------------------------------------------------------------


def test_the_order_is_by_name_whatever_the_case(client):
    names = Organization.objects.in_bulk(found(client), field_name="slug")
    names = [names[slug].name for slug in found(client)]
    assert len(names) == 67
    assert names == sorted(names, key=str.casefold)


def test_the_order_by_place_of_the_office(client):
    members = Organization.objects.select_related("region__country").in_bulk(field_name="slug")
    places = [
        (members[slug].region.country.name, members[slug].region.name)
        for slug in found(client, order="place")
    ]
    assert len(places) == 67
    assert places == sorted(places)


# Chips -------------------------------------------------------------------------------------------


def test_a_chip_takes_off_its_own_filter_and_keeps_the_others(client):
    query = {"name": "innocence", "region": "US-VA", "kind": "nonprofit", "order": "place"}
    *each, clear = chips(directory(client, **query, page="1"))
    assert [text.split("–")[0].split() for _, text in each] == [
        ["Name:", "innocence", "×"],
        ["Takes", "cases", "from:", "Virginia", "×"],
        ["Kind", "of", "organization:", "Independent", "nonprofit", "×"],
    ]
    for (kept, _), name in zip(each, ["name", "region", "kind"], strict=True):
        assert kept == {key: [value] for key, value in query.items() if key != name}
    assert clear == ({}, "Clear all")


def test_the_form_keeps_what_was_chosen(client):
    page = directory(client, name="innocence", region="US-VA", order="place")
    (name,) = page.find("input", name="name")
    assert name["value"] == "innocence"
    chosen = [option["value"] for option in page.find("option") if "selected" in option.attributes]
    assert {"US-VA", "place"} <= set(chosen)


# Nothing found, wrong values ---------------------------------------------------------------------


def test_where_nothing_fits_the_page_says_so_and_leads_on(client):
    page = directory(client, name="qwxzvkj", kind="law_firm")
    assert page.status == 200
    assert page.slugs() == []
    assert "0 members" in page.text()
    assert "No member fits all of these filters" in page.text()
    assert {"/members/", "/regions/"} <= set(page.links())
    assert len(chips(page)) == 3


def test_a_code_is_understood_in_small_letters(client):
    assert directory(client, region="us-va").slugs() == directory(client, region="US-VA").slugs()


def test_a_link_to_a_place_that_no_member_covers_any_more_helps(client):
    page = directory(client, region="DE")
    assert page.status == 200
    assert "No member fits all of these filters" in page.text()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("region", "XX"),
        ("region", "US-VA-013"),
        ("region", "001"),
        ("kind", "qwxzvkj"),
        ("order", "-password"),
        ("name", "x" * 101),
        ("name", "a\0b"),
    ],
)
def test_a_wrong_value_is_refused_beside_its_field_and_the_rest_is_kept(client, field, value):
    page = directory(client, **{"name": "typed text", "kind": "law_firm"} | {field: value})
    assert page.status == 400
    assert page.slugs() == []
    assert page.find("title")[0].text.startswith("Error")
    (control,) = [one for one in page.find(name=field) if one.tag in {"input", "select"}]
    assert control["aria-invalid"] == "true"
    described = control["aria-describedby"].split()
    assert any(page.text(one) for one in described if one.endswith("_error"))
    assert set(described) <= set(page.ids())
    if field != "name":
        assert page.find("input", name="name")[0]["value"] == "typed text"
    if field != "kind":
        assert "selected" in page.find("option", value="law_firm")[0].attributes


def test_an_unknown_field_changes_nothing(client):
    assert len(found(client, password="x", region__code="US")) == 67


# Pages -------------------------------------------------------------------------------------------


@pytest.fixture
def many_members(no_members, make_member):
    for number in range(105):
        make_member(f"Fictional {number:03}", covers=["US-VA"])


def test_a_page_holds_a_hundred_and_leads_to_the_next_with_its_filters(client, many_members):
    first = directory(client, name="fictional", region="US-VA", order="place")
    assert len(first.slugs()) == 100
    assert "105 members" in first.text()
    (following,) = first.find("a", rel="next")
    second = Page(client.get(f"/members/{following['href']}"))
    assert len(second.slugs()) == 5
    assert not set(second.slugs()) & set(first.slugs())
    (back,) = second.find("a", rel="prev")
    kept = {"name": ["fictional"], "region": ["US-VA"], "order": ["place"]}
    assert parse_qs(following["href"][1:]) == {**kept, "page": ["2"]}
    assert parse_qs(back["href"][1:]) == {**kept, "page": ["1"]}
    assert chips(second)[0][0] == {"region": ["US-VA"], "order": ["place"]}, "from the first page"


@pytest.mark.parametrize(
    ("number", "rows"),
    [
        *(("1", 100), ("2", 5), ("3", 5), (f"1{'0' * 400}", 5), ("9" * 5000, 100)),
        *(("0", 5), ("-1", 5), ("x", 100), ("", 100), ("\0", 100), ("1.5", 100), ("٢", 5)),
    ],
    ids=lambda value: ascii(value)[:12],
)
def test_any_page_number_gives_a_page(client, many_members, number, rows):
    assert len(found(client, page=number)) == rows


# Rows and menu -----------------------------------------------------------------------------------


@pytest.mark.parametrize("query", [{}, {"order": "place"}])
@pytest.mark.parametrize("covers", [[], [{"region_id": "US-CA", "effect": "excludes"}]])
def test_a_member_that_takes_cases_from_nowhere_has_a_row_without_places(
    client, no_members, make_member, covers, query
):
    make_member("Fictional", covers=covers)
    page = directory(client, **query)
    assert len(page.slugs()) == 1
    assert "Takes cases from:" not in page.text()


def test_the_regions_of_the_menu_stand_in_the_order_of_their_names():
    (_, states), (_, others) = covered_regions()
    assert [name for _, name in states][:2] == ["Alabama", "Alaska"]
    assert [name for _, name in states] == sorted(name for _, name in states)
    assert [code for code, _ in others] == [
        one.code for one in Region.objects.filter(pk__in=[code for code, _ in others])
    ]


def test_each_day_has_its_own_rows_and_menu(no_members, make_member):
    today = timezone.localdate()
    tomorrow = today + datetime.timedelta(1)
    make_member("Fictional Old", covers=["GL"]).memberships.update(left_on=today)
    make_member("Fictional New", covers=["FO"]).memberships.update(joined_on=tomorrow)
    for day, name, code in ((today, "Fictional Old", "GL"), (tomorrow, "Fictional New", "FO")):
        assert [row.name for row in rows(first_with_rules(day))] == [name]
        _states, (_group, others) = covered_regions(day)
        assert [region for region, _name in others] == [code]


# Inside ------------------------------------------------------------------------------------------


def test_no_filter_hides_a_member_or_shows_another(make_member):
    unlisted = make_member("Fictional", covers=["US-VA"], member=False)
    FormerName.objects.create(organization=unlisted, name="Fictional Old", slug="old")
    filterset = MemberFilter({"name": "fictional"}, queryset=Organization.objects.listed())
    assert not filterset.qs.exists()


def test_a_row_names_what_the_organization_excludes(client, no_members, make_member):
    excluding = {"effect": "excludes"}
    make_member(
        covers=["CA", "US", {"region_id": "US-OH"} | excluding, {"region_id": "US-AZ"} | excluding]
    )
    text = Page(client.get("/members/")).text()
    assert "Takes cases from: Canada; United States except Arizona and Ohio" in text
