import pytest

from members.contradictions import contradictions
from members.models import Coverage, Organization, Region
from tests.members.desk_forms import (
    ADD,
    organization_data,
    page_of,
    problems,
    rule,
    typed,
    with_row,
)
from tests.pages import Page

pytestmark = pytest.mark.django_db

EXCLUDED = {"effect": "excludes"}


def excluded(region):
    return {"region_id": region, **EXCLUDED}


# What cannot be meant ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "sentence"),
    [
        ([rule("US-VA"), rule("US-VA")], "Virginia has two rows"),
        ([rule("US-VA"), rule("US-VA", "excludes")], "Virginia has two rows"),
        ([rule("US-VA", "excludes")], "Virginia is excluded, but nothing wider is covered"),
        ([rule("US-CA"), rule("US-VA", "excludes")], "nothing wider is covered: leave this row"),
        ([rule("US-VA"), rule("US", "excludes")], "The United States is excluded, but nothing"),
        (
            [rule("US"), rule("US-VA", "excludes"), rule("US-VA-013", "excludes")],
            "Arlington County is excluded already, with Virginia",
        ),
        (
            [rule("US", note="Murder only."), rule("US-VA", note="Murder only.")],
            "The row for the United States says the same of Virginia",
        ),
        ([rule("001"), rule("001", "excludes")], "The whole world cannot be excluded"),
        ([rule("US"), rule("US-VA", "excludes", "dna")], "An exclusion is for all evidence"),
        ([rule("XX")], "Select a valid choice"),
        ([rule("", note="Murder only.")], "This field is required"),
        ([rule("US-VA", note="a\0b")], "Null characters are not allowed"),
    ],
)
def test_rules_that_cannot_be_meant_are_refused_in_plain_sentences(desk, rules, sentence):
    said = problems(desk.post(ADD, organization_data(rules=rules)))
    assert sentence in said
    assert "duplicate" not in said
    assert not Organization.objects.filter(name="Fictional Legal Clinic").exists()


@pytest.mark.parametrize(
    "rules",
    [
        [rule("US"), rule("US-CA", "excludes")],
        [rule("001"), rule("US", "excludes"), rule("US-VA")],
        [rule("US", evidence="dna"), rule("US-VA")],
        [rule("US"), rule("US-VA", note="Our home.")],
        [rule("US-VA", evidence="non_dna"), rule("US-MD", evidence="non_dna")],
        [rule("US", "referral_only"), rule("US-CA", "excludes")],
    ],
)
def test_what_can_be_meant_is_saved_and_contradicts_nothing(desk, rules):
    assert desk.post(ADD, organization_data(rules=rules)).status_code == 302
    organization = Organization.objects.get(name="Fictional Legal Clinic")
    assert organization.coverage.count() == len(rules)
    assert organization not in Organization.objects.with_contradictory_coverage()


def test_a_row_that_is_deleted_no_longer_holds_another_up(desk, make_member):
    organization = make_member(covers=["US", excluded("US-CA")])
    address = page_of(organization)
    rows = typed(desk.get(address))
    wide = next(n for n in (0, 1) if rows[f"coverage-{n}-region"] == "US")
    said = problems(desk.post(address, rows | {f"coverage-{wide}-DELETE": "on"}))
    assert "California is excluded, but nothing wider is covered" in said
    assert organization.coverage.count() == 2
    both = {f"coverage-{n}-DELETE": "on" for n in (0, 1)}
    assert desk.post(address, rows | both).status_code == 302
    assert not organization.coverage.exists()


def test_a_region_that_has_a_row_already_gets_no_second_one(desk, make_member):
    organization = make_member(covers=["US-VA"])
    address = page_of(organization)
    data = with_row(typed(desk.get(address)), "coverage", **rule("US-VA", "referral_only"))
    assert "Virginia has two rows" in problems(desk.post(address, data))
    assert organization.coverage.get().effect == "covers"


@pytest.mark.parametrize("deleted", [False, True])
def test_rows_that_exchange_their_regions_are_refused(desk, make_member, deleted):
    organization = make_member(covers=["US-VA", "US-MD"])
    address = page_of(organization)
    data = typed(desk.get(address))
    first, second = data["coverage-0-region"], data["coverage-1-region"]
    data |= {"coverage-0-region": second}
    data |= {"coverage-1-DELETE": "on"} if deleted else {"coverage-1-region": first}
    assert "has a row already: change that row instead" in problems(desk.post(address, data))


def test_a_row_for_what_another_row_deletes_is_saved(desk, make_member):
    organization = make_member(covers=["US-VA"])
    data = typed(desk.get(page_of(organization))) | {"coverage-0-DELETE": "on"}
    data = with_row(data, "coverage", **rule("US-VA", "referral_only"))
    assert desk.post(page_of(organization), data).status_code == 302
    assert organization.coverage.get().effect == "referral_only"


def test_contradictions_that_are_there_do_not_stop_other_changes(desk, make_member):
    organization = make_member(covers=[excluded("US-CA")])
    address = page_of(organization)
    data = typed(desk.get(address)) | {"phone": "555 0100"}
    assert desk.post(address, data).status_code == 302
    assert Organization.objects.get(pk=organization.pk).phone == "555 0100"


@pytest.mark.parametrize(
    "rules",
    [
        [excluded("US-CA")],
        ["US-VA", excluded("US-CA")],
        ["US", excluded("US-CA"), excluded("US-CA-037")],
        ["US", "US-VA"],
        ["001", "US", excluded("US-VA-013"), excluded("US-VA")],
        ["US", "US-VA", "US-VA-013"],
        ["US-VA"],
        ["US", excluded("US-CA"), "US-CA-037"],
        ["001", {"region_id": "US", "evidence": "dna"}, "US-VA"],
    ],
)
def test_the_database_finds_the_same_contradictions_as_the_form(make_member, rules):
    organization = make_member(covers=rules)
    rules = list(organization.coverage.select_related("region"))
    by_form = {rules[place] for place in contradictions(rules)}
    assert set(Coverage.objects.contradictory().filter(organization=organization)) == by_form
    found = Organization.objects.with_contradictory_coverage().filter(pk=organization.pk)
    assert found.exists() == bool(by_form)


def test_the_starter_content_contradicts_itself_nowhere():
    assert not Organization.objects.with_contradictory_coverage().exists()


# What the public reads ---------------------------------------------------------------------------


def test_each_row_shows_the_sentence_that_the_public_reads(desk, client, make_member):
    organization = make_member(
        covers=["US", excluded("US-CA"), {"region_id": "CA", "note": "Murder only."}]
    )
    response = desk.get(page_of(organization))
    cells = Page(response).find("td", class_="field-public_reads")
    rows = [" ".join(cell.text.split()) for cell in cells]
    both = "Takes cases from the United States except California."
    canada = "Takes cases from Canada. Murder only."
    assert sorted(rows[:3]) == sorted([both, both, canada])
    top = response.content.decode().partition("coverage-group")[0]
    public = Page(client.get(organization.get_absolute_url())).text()
    for sentence in (both, canada):
        assert sentence in top
        assert sentence in public


def test_the_sentences_cost_no_more_with_more_rows(
    desk, make_member, django_assert_max_num_queries
):
    few = make_member("A", covers=["US-VA"])
    many = make_member("B", covers=["US-VA", "US-MD", "US-DC", "US-NC", "US-TN"])

    def asked(organization):
        with django_assert_max_num_queries(80) as queries:
            desk.get(page_of(organization))
        return [one["sql"] for one in queries if '"members_coverage"' in one["sql"]]

    assert len(asked(few)) == len(asked(many))


# Who covers a region -----------------------------------------------------------------------------


@pytest.mark.usefixtures("no_members")
def test_a_region_shows_who_covers_it_with_links(desk, make_member):
    whole = make_member("Fictional Whole", covers=["US-VA"])
    draft = make_member("Fictional Draft", covers=["US"], published=False)
    part = make_member("Fictional Part", covers=["US-VA-013"])
    not_there = make_member("Fictional Elsewhere", covers=["US", excluded("US-VA")])
    page = Page(desk.get("/admin/members/region/US-VA/change/"))
    for organization in (whole, draft, part, not_there):
        assert page_of(organization) in page.html
    text = page.text()
    assert "Fictional Whole Takes cases from all of Virginia." in text
    assert "Fictional Draft (not public)" in text
    assert "Fictional Part Arlington County" in text
    assert text.index("excludes it") < text.index("Fictional Elsewhere")


@pytest.mark.usefixtures("no_members")
def test_a_region_that_nobody_covers_says_so(desk):
    assert "Nobody" in Page(desk.get("/admin/members/region/FR/change/")).text()


def test_a_region_costs_no_more_with_more_members(desk, make_member, django_assert_max_num_queries):
    def asked():
        with django_assert_max_num_queries(60) as queries:
            desk.get("/admin/members/region/US-VA/change/")
        return len(queries)

    before = asked()
    for number in range(5):
        make_member(f"Fictional {number}", covers=["US-VA", excluded("US-VA-013")])
    assert asked() <= before + 1
    assert Region.objects.filter(code="US-VA").exists()
