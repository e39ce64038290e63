"""Files of the members: what stands in them, and that reading is the reverse of writing."""

import datetime
import re

import pytest
from django.forms.models import model_to_dict
from hypothesis import example, given, settings
from hypothesis import strategies as st

from members.exports import OrganizationResource
from members.exports.cells import escaped, plain, unescaped
from members.exports.files import read, written
from members.exports.grammar import read_coverage, read_names, write_coverage, write_names
from members.models import Coverage, FormerName, MembershipPeriod, Organization, Region
from tests.members.exchange import EXPORT, confirmed, exported, sent
from tests.pages import Page

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
signs = st.text("'\"=+-@\t\r\n ;,a=’\u200b＝", max_size=6)
generated = settings(deadline=None, derandomize=True, max_examples=200)


# Cells -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        *("=1+1", "+1 540-555-0100", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "  =1", "\u00a0=1"),
        *('"=1', "'=1", "''=1", "' =1", "“=1", "\ufeff=1", "\u200b=1", "＝1", "\ttext", "\r"),
    ],
)
def test_what_a_spreadsheet_could_calculate_gets_an_apostrophe(text):
    assert escaped(text) == f"'{text}"
    assert unescaped(escaped(text)) == text


@pytest.mark.parametrize("text", ["", "a=1", "1-2", "'tis", "'", "O'Brien", "(+1)", "a\n=1"])
def test_other_text_stays_as_it_is(text):
    assert escaped(text) == text == unescaped(text)


@generated
@given(texts | signs)
def test_what_is_escaped_is_restored(text):
    cell = escaped(text)
    assert unescaped(cell) == text
    assert not re.match(r"\s*[=+\-@]", cell)


@generated
@given(st.lists(st.tuples(texts | signs, texts), min_size=1, max_size=4))
@example([("a,b", 'c"d'), ("e\nf", "g\r\nh")])
def test_a_file_is_read_as_it_was_written(rows):
    rows = [(f"x{one}", two) for one, two in rows]
    sheet = read(written(["one", "two"], rows).decode("utf-8-sig"), ["one", "two"], [])
    assert [tuple(cells) for _line, cells in sheet.rows] == rows


# Several rows in a cell --------------------------------------------------------------------------

codes = st.from_regex(r"[A-Z]{2}(-[A-Z0-9]{1,3}){0,2}", fullmatch=True)
rules = st.tuples(
    codes, st.sampled_from(Coverage.Effect.values), st.sampled_from(Coverage.Evidence.values), texts
)
names = st.tuples(
    st.from_regex(r"[a-z0-9_-]{1,8}", fullmatch=True),
    st.sampled_from(FormerName.Standing.values),
    st.none() | st.integers(0, 9999),
    texts.filter(bool),
)


@generated
@given(st.lists(rules, max_size=5))
@example([("US-VA", "covers", "any", 'a "quoted" word, and\na line')])
def test_coverage_is_read_as_it_is_written(some):
    assert read_coverage(write_coverage(some)) == sorted(some)


@generated
@given(st.lists(names, max_size=5, unique_by=lambda name: (name[0], name[3])))
def test_other_names_are_read_as_they_are_written(some):
    assert sorted(read_names(write_names(some)), key=repr) == sorted(some, key=repr)


def test_coverage_reads_as_people_would_write_it():
    some = [
        ("US-VA", "covers", "non_dna", "Not from the city courts."),
        ("US", "referral_only", "any", ""),
        ("US-CA", "excludes", "any", ""),
    ]
    assert write_coverage(some) == (
        "US: by referral only\n"
        "US-CA: excludes\n"
        'US-VA: covers, non-DNA only, "Not from the city courts."'
    )


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("us-va:covers", ("US-VA", "covers", "any", "")),
        ("  US-VA :  Covers , DNA  Only ", ("US-VA", "covers", "dna", "")),
        ("\n\nUS-VA: covers\n\n", ("US-VA", "covers", "any", "")),
        ("US-VA: referral_only, any", ("US-VA", "referral_only", "any", "")),
        ('US-VA: covers "A note."', ("US-VA", "covers", "any", "A note.")),
        ("US-VA: covers, “A note.”", ("US-VA", "covers", "any", "A note.")),
    ],
)
def test_coverage_written_by_hand_is_understood(text, rule):
    assert read_coverage(text) == [rule]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Virginia", "“Virginia” cannot be read."),
        ("US: covers\nVirginia, all of it", "“Virginia, all of it” cannot be read."),
        ('US: covers, "open', 'US: covers, "open” cannot be read'),
        ('US: covers, "a" b', "cannot be read"),
        ("US:", "US: after the colon stands one of: covers, by referral only, excludes."),
        ("US: takes", "US: after the colon stands one of"),
        ("US: covers, murder", "US: “murder” is not one of: any, DNA only, non-DNA only. A note"),
        ("US: covers, any, DNA only", "US: after the colon"),
        ("x" * 30_000, "…” cannot be read."),
        ("US: covers" + " " * 20_000 + '"', "cannot be read."),
    ],
)
def test_coverage_that_cannot_be_read_is_named(text, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        read_coverage(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("old-name: former", "“old-name”: the name is missing"),
        ('old-name: earlier, "Old"', "“old-name”: after the colon stands one of: former, later."),
        ('old-name: former, soon, "Old"', "“old-name”: “soon” is no year as 1998."),
    ],
)
def test_names_that_cannot_be_read_are_named(text, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        read_names(text)


# The file of the members -------------------------------------------------------------------------

ROWS = (Coverage, FormerName)
TOO_LARGE = "This file is too large to be imported again in one piece"


def content(model):
    """All that a file holds of the rows of a model, however they are numbered."""
    left_out = {
        *("id", "organization", "published", "version"),
        *("confirmed_on", "confirmed_by", "confirmed_how"),
    }
    found = []
    for row in model.objects.all():
        values = model_to_dict(row, exclude=left_out)
        values["of"] = getattr(row, "organization", row).slug
        values |= {name: getattr(row, name) for name in vars(row) if name.endswith("_html")}
        found.append(repr(sorted((name, plain(str(one))) for name, one in values.items())))
    return sorted(found)


@pytest.mark.django_db
def test_an_import_of_an_export_changes_nothing(desk):
    Organization.objects.update(postal_address="1 Fictional Street\r\nRichmond, VA 23218")
    before = list(Organization.objects.order_by("pk").values()), Organization.history.count()
    rows = Coverage.history.count(), FormerName.history.count()
    response = sent(desk, desk.post(EXPORT).content)
    assert response.context["outcome"].unchanged == Organization.objects.count() == 67
    assert response.context["previewed"] is None
    assert "nothing to import" in response.content.decode()
    after = list(Organization.objects.order_by("pk").values()), Organization.history.count()
    assert after == before
    assert (Coverage.history.count(), FormerName.history.count()) == rows


@pytest.mark.django_db
def test_a_file_with_the_longest_coverage_that_a_form_takes_comes_back(
    desk, no_members, make_member
):
    codes = Region.objects.filter(kind=Region.Kind.COUNTRY).values_list("pk", flat=True)[:150]
    note = '"' * Coverage._meta.get_field("note").max_length
    make_member(covers=[{"region_id": code, "note": note} for code in codes])
    (row,) = exported(desk)
    assert len(row["coverage"]) > 60_000
    response = sent(desk, [row])
    assert response.context["outcome"].unchanged == 1
    assert TOO_LARGE not in Page(desk.get(EXPORT)).text("content")


@pytest.mark.django_db
@pytest.mark.parametrize("limit", ["ROWS", "BYTES"])
def test_the_page_says_of_what_file_an_import_would_take_only_parts(
    desk, no_members, make_member, monkeypatch, limit
):
    for name in ("Fictional First", "Fictional Second"):
        make_member(name)
    size = {"ROWS": 2, "BYTES": len(desk.post(EXPORT).content)}[limit]
    monkeypatch.setattr(f"members.exports.resources.{limit}", size)
    assert TOO_LARGE not in Page(desk.get(EXPORT)).text("content")
    monkeypatch.setattr(f"members.exports.resources.{limit}", size - 1)
    assert TOO_LARGE in Page(desk.get(EXPORT)).text("content")
    assert TOO_LARGE not in Page(desk.get(f"{EXPORT}?q=second")).text("content")


@pytest.mark.django_db
def test_an_import_into_an_emptied_table_gives_the_same_rows(desk):
    before = [content(model) for model in (Organization, *ROWS)]
    assert all(before)
    file = desk.post(EXPORT).content
    Organization.objects.all().delete()
    response = sent(desk, file)
    assert "nothing is stored under this address" in response.content.decode()
    assert not Organization.objects.exists()
    assert confirmed(desk, response).status_code == 302
    assert [content(model) for model in (Organization, *ROWS)] == before
    assert not Organization.objects.filter(published=True).exists()
    assert not MembershipPeriod.objects.exists()


@pytest.mark.django_db
def test_a_file_says_what_is_stored(desk, no_members, make_member):
    organization = make_member(
        "Fictional Innocence Project",
        slug="fictional",
        phone="+1 540-555-0100",
        postal_address="1 Fictional Street\r\nRichmond, VA 23218",
        founded=1998,
        intake_state="long_wait",
        intake_state_on=datetime.date(2020, 6, 30),
        how_to_ask="=Please *write*.",
        covers=["US", {"region_id": "US-CA", "effect": "excludes"}],
    )
    FormerName.objects.create(organization=organization, name="Old", slug="old", until=2019)
    (row,) = exported(desk)
    assert list(row) == OrganizationResource().columns
    assert {name: cell for name, cell in row.items() if cell} == {
        "slug": "fictional",
        "version": str(organization.version),
        "name": "Fictional Innocence Project",
        "kind": "nonprofit",
        "founded": "1998",
        "region": "US-VA",
        "postal_address": "1 Fictional Street\nRichmond, VA 23218",
        "phone": "'+1 540-555-0100",
        "intake_state": "long_wait",
        "intake_state_on": "2020-06-30",
        "who_may_write": "unknown",
        "how_to_ask": "'=Please *write*.",
        "coverage": "US: covers\nUS-CA: excludes",
        "other_names": 'old: former, 2019, "Old"',
    }


@pytest.mark.django_db
def test_a_file_holds_no_field_that_the_list_of_columns_does_not_name():
    fields = {field.name for field in Organization._meta.fields}
    assert fields - set(OrganizationResource().columns) == {
        *("id", "latitude", "longitude", "x", "y", "z"),
        *("how_to_ask_html", "cases_taken_html", "cases_not_taken_html"),
        *("published", "confirmed_on", "confirmed_by", "confirmed_how"),
    }


@pytest.mark.django_db
def test_only_what_is_public_is_exported_and_what_is_withdrawn_is_gone_at_once(
    desk, no_members, make_member
):
    organization = make_member("Fictional Public Project")
    make_member("Fictional Draft", published=False)
    make_member("Fictional Former Member", member=False)
    assert [row["name"] for row in exported(desk)] == ["Fictional Public Project"]
    assert "holds the 1 record" in Page(desk.get(EXPORT)).text("content")
    organization.withdraw()
    assert not exported(desk)
    assert "nothing to export" in Page(desk.get(EXPORT)).text("content")


@pytest.mark.django_db
def test_the_filters_of_the_list_narrow_the_file(desk, no_members, make_member):
    make_member("Fictional Clinic", kind="law_school")
    make_member("Fictional Nonprofit")
    for filters, found in [
        ("?kind__exact=law_school", ["Fictional Clinic"]),
        ("?q=nonprofit", ["Fictional Nonprofit"]),
        ("?standing=draft", []),
        ("", ["Fictional Clinic", "Fictional Nonprofit"]),
    ]:
        assert [row["name"] for row in exported(desk, filters=filters)] == found
    (link,) = [
        one
        for one in Page(desk.get("/admin/members/organization/?q=clinic")).links("content-main")
        if "export" in one
    ]
    assert link == f"{EXPORT}?q=clinic"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("filters", "statuses"),
    [
        ("?kind__exact=%00", {400}),
        ("?q=%00", {400}),
        ("?founded=x", {302}),
        ("?p=x", {200, 302}),
        ("?region__password=x", {302, 400}),
    ],
)
def test_filters_that_make_no_sense_are_no_error(desk, filters, statuses):
    assert desk.get(EXPORT + filters).status_code in statuses


@pytest.mark.django_db
def test_an_export_asks_as_much_for_many_as_for_one(
    desk, no_members, make_member, django_assert_max_num_queries
):
    make_member(covers=["US-VA"])
    with django_assert_max_num_queries(20) as few:
        assert len(exported(desk)) == 1
    for number in range(120):
        organization = make_member(f"Fictional {number}", covers=["US-VA", "US-MD"])
        FormerName.objects.create(organization=organization, name="x", slug=f"x-{number}")
    with django_assert_max_num_queries(len(few)):
        assert len(exported(desk)) == 121


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["editor", "publisher", "manager"])
def test_who_may_look_may_export_and_a_stranger_may_not(sign_in, client, role):
    assert sign_in(role).get(EXPORT).status_code == 200
    assert sign_in(role).post(EXPORT).status_code == 200
    assert sign_in("editor", with_second_factor=False).post(EXPORT).status_code == 302
    assert client.post(EXPORT).status_code == 302
