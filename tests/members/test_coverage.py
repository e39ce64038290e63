import datetime

import pytest

from members import coverage
from members.coverage import (
    Level,
    counts_by_region,
    distance_km,
    nearest_others,
    ruled_parts,
    unit_vector,
    who_covers,
)
from members.models import Coverage, Organization, Region
from members.reasons import as_sentence, reason, rule_sentences

pytestmark = pytest.mark.django_db


def region(code):
    return Region.objects.select_related("parent", "country").get(code=code)


def covering(code, **options):
    answer = who_covers(region(code), **options)
    return [one.organization.slug for group in answer.groups for one in group.members]


def names(answer):
    return [one.organization.name for group in answer.groups for one in group.members]


# On the starter content -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "point",
    [
        *[(31.0, -99.0), (21.3, -157.8), (50.0, 9.0), (-17.7, 178.0), (0.0, -179.9)],
        *[(89.9, 10.0), (-90.0, 0.0), (61.2, -149.9), (-36.8, 174.8)],
    ],
)
def test_among_many_the_nearest_are_the_same(point):
    place, listed = region("US-TX"), Organization.objects.listed()
    nearest = nearest_others(place, None, listed, point)
    assert len(nearest) == 5
    assert nearest_others(place, None, listed, point, among_many=True) == nearest


def test_among_many_the_nearest_leave_out_who_covers_a_part(make_member):
    make_member("Inside", covers=["US-VA-013"], latitude=38.9, longitude=-77.1)
    place, listed, point = region("US-VA"), Organization.objects.listed(), (38.9, -77.1)
    for among_many in (False, True):
        nearest = nearest_others(place, ruled_parts(place), listed, point, among_many=among_many)
        assert len(nearest) == 5
        assert "Inside" not in {near.organization.name for near in nearest}


@pytest.mark.parametrize("code", ["US-TX", "FR", "US-VA-013"])
def test_most_places_have_no_part_with_a_rule(code):
    assert ruled_parts(region(code)) is None


@pytest.mark.parametrize(("code", "part"), [("CA", "CA-BC"), ("US", "US-TX"), ("GB", "GB-ENG")])
def test_a_part_with_a_rule_is_known(code, part):
    assert part in {one.pk for one in ruled_parts(region(code))}


def test_among_many_an_office_near_the_date_line_is_found_across_it(make_member):
    make_member(latitude=-17.0, longitude=179.9)
    nearest = nearest_others(
        region("US-TX"), None, Organization.objects.listed(), (-17.0, -179.9), among_many=True
    )
    assert nearest[0].kilometres == 21


def test_texas_lists_its_three_members_before_the_nationwide():
    answer = who_covers(region("US-TX"))
    dedicated, nationwide = answer.groups
    assert {one.organization.slug for one in dedicated.members} == {
        "innocence-project-of-texas",
        "thurgood-marshall-innocence-project",
        "ut-actual-innocence-clinic",
    }
    assert {one.organization.slug for one in nationwide.members} == {
        "center-on-wrongful-convictions",
        "centurion",
        "innocence-project",
        "the-exoneration-project",
    }


@pytest.mark.parametrize("code", ["US-AZ", "US-CA", "US-IL", "US-MI", "US-OH", "US-CA-037"])
def test_a_member_that_excludes_a_place_is_named_nowhere(code):
    answer = who_covers(region(code))
    assert "innocence-project" not in covering(code)
    assert "innocence-project" not in [near.organization.slug for near in answer.nearest]


@pytest.mark.parametrize("code", ["US-NJ", "US-NM", "US-SC", "US-GU"])
def test_a_state_without_a_member_of_its_own_says_so_and_lists_the_nationwide(code):
    answer = who_covers(region(code))
    assert answer.lacks_dedicated
    assert answer.total == 4


def test_where_members_do_not_share_a_country_out_nothing_is_lacking():
    assert not who_covers(region("IT-62")).lacks_dedicated
    assert covering("IT-62") == ["italy-innocence-project"]


def test_british_columbia_lists_its_own_member_before_the_canadian_ones():
    slugs = ["ubc-innocence-project", "innocence-canada", "centurion"]
    assert covering("CA-BC") == slugs


def test_canada_lists_members_of_a_part_apart_and_offers_the_provinces():
    answer = who_covers(region("CA"))
    assert covering("CA") == ["innocence-canada", "centurion"]
    assert [(part.organization.slug, part.places) for part in answer.parts] == [
        ("ubc-innocence-project", "British Columbia")
    ]
    assert "CA-BC" in [part.code for part in answer.subdivisions]


def test_scotland_is_not_covered_by_the_project_for_england_and_wales():
    answer = who_covers(region("GB-SCT"))
    assert answer.total == 0
    assert not answer.groups
    assert len(answer.nearest) == 5


def test_referral_only_comes_last_of_the_dedicated():
    answer = who_covers(region("US-NY"))
    assert answer.groups[0].level == Level.DEDICATED
    assert answer.groups[0].members[-1].organization.slug == "oad-reinvestigation-project"
    assert "referral" in answer.groups[0].members[-1].reason


def test_reasons_say_which_cases_and_what_is_left_out():
    reasons = {
        one.organization.slug: one.reason
        for group in who_covers(region("US-TX")).groups
        for one in group.members
    }
    assert reasons["innocence-project-of-texas"] == "takes cases from all of Texas"
    assert reasons["innocence-project"] == (
        "takes DNA cases from the United States except "
        "Arizona, California, Illinois, Michigan and Ohio"
    )


def test_a_public_note_takes_the_place_of_all_of():
    (one,) = [
        one
        for group in who_covers(region("US-CA")).groups
        for one in group.members
        if one.organization.slug == "california-innocence-project"
    ]
    assert one.reason == "takes cases from California"
    assert one.note == "The ten southern counties."


def test_a_city_is_measured_from_and_answered_by_its_county():
    answer = who_covers(region("US-TX-201"), point=(29.76, -95.37))
    assert covering("US-TX-201") == covering("US-TX")
    assert answer.nearest[0].organization.slug == "innocence-project-new-orleans"
    assert 490 < answer.nearest[0].kilometres < 530
    assert answer.nearest[0].miles == round(answer.nearest[0].kilometres / 1.609344)


# The rule, on fictional members -----------------------------------------------------------------


@pytest.mark.usefixtures("no_members")
class TestRule:
    def test_the_most_specific_region_wins(self, make_member):
        make_member("Wide", covers=["US", {"region_id": "US-VA", "effect": "excludes"}])
        make_member(
            "County",
            covers=[
                "US",
                {"region_id": "US-VA", "effect": "excludes"},
                {"region_id": "US-VA-013", "evidence": "dna"},
            ],
        )
        assert names(who_covers(region("US-MD"))) == ["County", "Wide"]
        assert names(who_covers(region("US-VA"))) == []
        assert names(who_covers(region("US-VA-013"))) == ["County"]

    def test_county_state_nation_and_world_come_in_this_order(self, make_member):
        make_member("A world", covers=["001"])
        make_member("B nation", covers=["US"])
        make_member("C state", covers=["US-VA"])
        make_member("D county", covers=["US-VA-013"])
        answer = who_covers(region("US-VA-013"))
        assert names(answer) == ["D county", "C state", "B nation", "A world"]
        assert [group.level for group in answer.groups] == [
            Level.DEDICATED,
            Level.NATIONWIDE,
            Level.WORLDWIDE,
        ]

    def test_referral_only_is_last_in_its_group_but_before_the_next(self, make_member):
        make_member("A", covers=[{"region_id": "US-VA", "effect": "referral_only"}])
        make_member("B", covers=["US-VA"])
        make_member("C", covers=["US"])
        assert names(who_covers(region("US-VA"))) == ["B", "A", "C"]

    def test_a_member_at_home_comes_before_one_from_abroad(self, make_member):
        make_member("A guest", covers=["CA"], region_id="US-VA")
        make_member("B host", covers=["CA"], region_id="CA-ON")
        assert names(who_covers(region("CA"))) == ["B host", "A guest"]

    def test_a_place_of_no_member_names_the_nearest_only(self, make_member):
        make_member("Near", covers=["US-MD"], latitude=39.0, longitude=-77.0)
        answer = who_covers(region("US-VA"))
        assert answer.total == 0
        assert [near.organization.name for near in answer.nearest] == ["Near"]

    def test_nearest_leaves_out_who_covers_a_part_of_the_place(self, make_member):
        make_member("Inside", covers=["US-VA-013"], latitude=38.9, longitude=-77.1)
        answer = who_covers(region("US-VA"))
        assert [part.organization.name for part in answer.parts] == ["Inside"]
        assert answer.nearest == []

    def test_a_long_list_of_parts_is_cut_and_says_how_many_are_left_out(
        self, make_member, monkeypatch
    ):
        monkeypatch.setattr(coverage, "PARTS_SHOWN", 2)
        monkeypatch.setattr(coverage, "RULES_READ", 5)
        for number in range(4):
            make_member(f"Fictional {number}", covers=["CA-BC", "CA-ON"])
            answer = who_covers(region("CA"))
            shown = min(number + 1, 2)
            assert [part.places for part in answer.parts] == [
                "British Columbia and Ontario"
            ] * shown
            assert answer.parts_left_out == number + 1 - shown

    def test_only_listed_members_count_anywhere(self, make_member):
        make_member("Draft", covers=["US-VA"], published=False, latitude=38.0, longitude=-77.0)
        make_member("Never joined", covers=["US"], member=False, latitude=38.0, longitude=-77.0)
        answer = who_covers(region("US-VA"))
        assert (answer.total, answer.parts, answer.nearest) == (0, [], [])
        assert counts_by_region([region("US-VA")], Organization.objects.listed()) == {"US-VA": 0}

    def test_who_covered_a_place_can_be_asked_of_another_day(self, make_member):
        organization = make_member("Past", covers=["US-VA"])
        organization.memberships.update(
            joined_on=datetime.date(2001, 1, 1), left_on=datetime.date(2003, 12, 31)
        )
        assert names(who_covers(region("US-VA"), at=datetime.date(2003, 12, 31))) == ["Past"]
        assert names(who_covers(region("US-VA"), at=datetime.date(2004, 1, 1))) == []

    @pytest.mark.parametrize("size", [9, 10, 11, 13])
    def test_a_list_comes_in_pages_and_each_knows_how_long_it_is(self, size, make_member):
        for number in range(size):
            make_member(f"Member {number:02}", covers=["US" if number == size - 1 else "US-VA"])
        pages = [who_covers(region("US-VA"), page=page) for page in ("1", "2")[: 1 + (size > 10)]]
        shown = [name for page in pages for name in names(page)]
        assert shown == [f"Member {number:02}" for number in range(size)]
        assert {(page.total, page.dedicated) for page in pages} == {(size, size - 1)}

    @pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 400, None])
    def test_any_page_number_gives_a_page(self, page, make_member):
        make_member("Only", covers=["US-VA"])
        assert names(who_covers(region("US-VA"), page=page)) == ["Only"]

    def test_counts_follow_the_same_rule(self, make_member):
        make_member("Nation but one", covers=["US", {"region_id": "US-VA", "effect": "excludes"}])
        make_member("State", covers=["US-VA"])
        make_member("World but one", covers=["001", {"region_id": "CA", "effect": "excludes"}])
        make_member("Province", covers=["CA-BC"])
        codes = ["US", "US-VA", "US-MD", "CA", "CA-BC", "CA-ON", "FR"]
        regions = [region(code) for code in codes]
        counts = counts_by_region(regions, Organization.objects.listed())
        assert counts == dict(zip(codes, [3, 2, 2, 1, 1, 0, 1], strict=True))
        for one in regions:
            if one.code not in {"US", "CA"}:
                assert counts[one.code] == who_covers(one).total


def test_rules_of_a_member_are_said_with_their_exceptions():
    organization = Organization.objects.get(slug="innocence-project")
    (rule,) = rule_sentences(organization)
    assert rule["sentence"].endswith("except Arizona, California, Illinois, Michigan and Ohio.")
    assert [region.code for region in rule["regions"]] == ["US"]


def test_rules_that_differ_only_in_their_region_are_one_sentence(make_member):
    organization = make_member(
        covers=[
            *("US-WA", "US-OR", "US-ID"),
            {"region_id": "US-MT", "evidence": "dna"},
            {"region_id": "US-UT", "note": "Some courts."},
            "CA",
            {"region_id": "CA-BC", "effect": "excludes"},
        ]
    )
    assert [rule["sentence"] for rule in rule_sentences(organization)] == [
        "Takes cases from Canada except British Columbia.",
        "Takes cases from all of Idaho, Oregon and Washington.",
        "Takes DNA cases from all of Montana.",
        "Takes cases from Utah.",
    ]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"evidence": "non_dna"}, "takes non-DNA cases from all of Virginia"),
        ({"effect": "referral_only"}, "by referral only, takes cases from all of Virginia"),
        (
            {"effect": "referral_only", "evidence": "dna", "note": "Some courts."},
            "by referral only, takes DNA cases from Virginia",
        ),
    ],
)
def test_every_kind_of_rule_has_its_words(rule, words):
    assert reason(Coverage(region=region("US-VA"), **{"evidence": "any"} | rule)) == words


def test_a_rule_for_the_world_has_words_too():
    assert reason(Coverage(region=region("001"))) == "takes cases from all over the world"


def test_a_sentence_ends_with_one_full_stop():
    assert as_sentence("from Washington, D.C.") == "From Washington, D.C."
    assert as_sentence("from Ohio") == "From Ohio."


@pytest.mark.parametrize(
    ("a", "b", "kilometres"),
    [
        ((38.9072, -77.0369), (38.9072, -77.0369), 0),
        ((0, 0), (0, 180), 20015),
        ((51.5074, -0.1278), (40.7128, -74.0060), 5570),
    ],
)
def test_distance_is_the_great_circle(a, b, kilometres):
    assert distance_km(a, b) == pytest.approx(kilometres, abs=2)
    assert sum(value**2 for value in unit_vector(*a)) == pytest.approx(1)
