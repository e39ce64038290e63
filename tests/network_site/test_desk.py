"""The desk's first page: what it counts is what its links show, and to whom it shows that."""

import datetime

import pytest
from django.contrib.auth.models import Permission
from django.db.models import Q
from django.utils import timezone

from jobs.models import JobOpening
from members.models import Coverage, LinkCheck, Organization, Region
from network_site import desk as desk_page
from statements.models import Edition, Statement
from tests.pages import Page

pytestmark = pytest.mark.django_db

DESK = "/admin/"
DAY = datetime.timedelta(days=1)
LISTS = {
    "/admin/members/organization/?standing=public&confirmation=due": "not confirmed",
    "/admin/members/organization/?standing=public&attention=without_contact": "without any contact",
    "/admin/members/organization/?standing=public&attention=without_address": "postal address",
    "/admin/members/organization/?standing=public&attention=without_coverage": "without coverage",
    "/admin/members/organization/?attention=with_contradictory_coverage": "contradictory coverage",
    "/admin/members/linkcheck/?state=failed": "failed the last check",
    "/admin/members/region/?member=no_state": "US states and territories",
    "/admin/members/region/?member=no_country": "countries without",
    "/admin/jobs/jobopening/?state=closing_soon": "next seven days",
    "/admin/jobs/jobopening/?state=over": "still have a page",
    "/admin/jobs/jobopening/?state=undated": "without any date",
    "/admin/members/organization/?standing=draft": "organizations: drafts",
    "/admin/jobs/jobopening/?state=draft": "job openings: drafts",
    "/admin/statements/edition/?published__exact=0": "drafts of editions",
}


def lines(client):
    """What the page has of each line: words and names where there are any, by the line's link."""
    groups = client.get(DESK).context["desk"]
    return {line.address: line for group in groups for line in group.lines}


def listed_by(client, address):
    return client.get(address).context["cl"].queryset


@pytest.fixture
def make_opening(make_member):
    def make(organization, **fields):
        return JobOpening.objects.create(
            **{
                "organization": organization,
                "title": "Fictional attorney",
                "kind": JobOpening.Kind.ATTORNEY,
                "description": "Fictional text.",
                "published": True,
            }
            | fields
        )

    return make


@pytest.fixture
def trouble(make_member, make_opening):
    """Two records for each line, and for each one more that is like them and needs nothing."""
    today = timezone.localdate()
    LinkCheck.objects.all().delete()
    known = {"confirmed_on": today, "confirmed_how": "letter"}
    well = known | {"postal_address": "1 Fictional Street"}
    for number in range(2):
        make_member(f"Bare {number}", **known)
        make_member(f"Phone {number}", covers=["US-VA"], phone="1", **known)
        make_member(f"Due {number}", covers=["US-VA"], **well | {"confirmed_on": today - 181 * DAY})
        make_member(f"Said twice {number}", covers=["US", "US-VA"], **well)
        make_member(f"Draft {number}", published=False)
        statement = Statement.objects.create(title="Fictional", slug=f"fictional-{number}")
        Edition.objects.create(statement=statement, excerpt="In short.", body="Words.")
    hiring = make_member("Well", covers=["US-VA"], **well)
    make_member("No longer", member=False)
    now = timezone.now()
    for number, since in enumerate([3, 2, 0]):
        LinkCheck.objects.create(
            url=f"https://fictional.example/{number}",
            checked_at=now,
            problem="gone",
            failing_since=now - since * DAY,
            failures=1,
        )
    LinkCheck.objects.create(url="https://fictional.example/", checked_at=now)
    posted = today - 20 * DAY
    for fields in [
        {"posted_on": posted, "closes_on": today + DAY},
        {"posted_on": posted, "closes_on": today + 7 * DAY},
        {"posted_on": posted, "closes_on": today + 9 * DAY},
        {"posted_on": posted, "closes_on": today - 3 * DAY},
        {"posted_on": posted, "filled_on": today - DAY},
        {"posted_on": posted - 400 * DAY, "closes_on": today - 300 * DAY},
        {"posted_on": posted},
        {},
        {"published": False},
        {"published": False, "closes_on": today + DAY},
    ]:
        make_opening(hiring, **fields)


# Each line ---------------------------------------------------------------------------------------


def test_there_is_a_line_for_all_that_may_need_attention(desk):
    assert list(lines(desk)) == list(LISTS)


@pytest.mark.parametrize("address", LISTS)
def test_a_line_counts_what_its_link_shows(desk, trouble, address):
    line = lines(desk)[address]
    assert line.count >= 2
    assert set(listed_by(desk, address)) == set(line.records)
    assert line.count == listed_by(desk, address).count()
    page = Page(desk.get(DESK))
    assert address in page.links("content")
    assert LISTS[address] in line.words
    assert f"{line.count} {line.words}" in page.text("content")


def test_the_lines_hold_what_they_say(desk, no_members, trouble):
    names = {
        address.rpartition("?")[2]: {str(record) for record in listed_by(desk, address)}
        for address in LISTS
    }
    due = {"Due 0", "Due 1"}
    assert names["standing=public&confirmation=due"] == due
    bare = {"Bare 0", "Bare 1"}
    assert names["standing=public&attention=without_contact"] == bare
    assert names["standing=public&attention=without_address"] == bare | {"Phone 0", "Phone 1"}
    assert names["standing=public&attention=without_coverage"] == bare
    twice = {"Said twice 0", "Said twice 1"}
    assert names["attention=with_contradictory_coverage"] == twice
    assert names["standing=draft"] == {"Draft 0", "Draft 1"}
    links = {f"https://fictional.example/{number}" for number in range(3)}
    assert names["state=failed"] == links
    counts = {address: line.count for address, line in lines(desk).items()}
    assert counts["/admin/jobs/jobopening/?state=closing_soon"] == 2
    assert counts["/admin/jobs/jobopening/?state=over"] == 2
    assert counts["/admin/jobs/jobopening/?state=undated"] == 1
    assert counts["/admin/jobs/jobopening/?state=draft"] == 2
    assert counts["/admin/statements/edition/?published__exact=0"] == 2


def test_what_is_due_comes_in_the_order_in_which_to_do_it(desk, no_members, make_member):
    today = timezone.localdate()
    for name, days in [("B", 200), ("A", 190), ("D", None), ("C", 300)]:
        confirmed = {"confirmed_on": today - days * DAY, "confirmed_how": "letter"} if days else {}
        make_member(name, **confirmed)
    page = desk.get("/admin/members/organization/?standing=public&confirmation=due")
    assert [str(one) for one in page.context["cl"].result_list] == ["D", "C", "B", "A"]


def test_what_is_right_is_said_without_a_link(desk, no_members):
    LinkCheck.objects.all().delete()
    page = Page(desk.get(DESK))
    text, links = page.text("content"), page.links("content")
    assert "Every listing was confirmed in the last 180 days." in text
    assert "Every listing has a postal address." in text
    assert not [link for link in links if link.startswith("/admin/members/organization/?")]


# States and countries ----------------------------------------------------------------------------


def without(client, kind):
    return set(
        listed_by(client, f"/admin/members/region/?member=no_{kind}").values_list("pk", flat=True)
    )


def test_a_state_has_a_member_of_its_own_by_a_rule_for_it_or_for_a_part(
    desk, no_members, make_member
):
    make_member("All", covers=["US-VA"])
    make_member("Part", covers=["US-MD-510"])
    make_member("Referral", covers=[{"region_id": "US-TX", "effect": "referral_only"}])
    make_member("Wide", covers=["US", {"region_id": "US-CA", "effect": "excludes"}])
    make_member("Draft", covers=["US-OR"], published=False)
    make_member("No member today", covers=["US-UT"], member=False)
    states = set(Region.objects.states().values_list("pk", flat=True))
    assert without(desk, "state") == states - {"US-VA", "US-MD", "US-TX"}
    named = lines(desk)["/admin/members/region/?member=no_state"].named
    assert {name for name, _address in named} >= {"Oregon", "California", "Guam"}
    assert desk.get(dict(named)["Oregon"]).status_code == 200


def test_a_country_has_a_member_of_its_own_by_a_rule_for_it_or_for_a_part(
    desk, no_members, make_member
):
    make_member("All", covers=["IE"])
    make_member("Part", covers=["CA-ON"])
    make_member("Part of a part", covers=["US-VA-013"])
    make_member("Wide", covers=["001"], region_id="FR")
    countries = set(Region.objects.filter(kind="country").values_list("pk", flat=True))
    assert without(desk, "country") == countries - {"IE", "CA", "US"}


# Who sees what -----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["editor", "publisher", "manager"])
def test_every_role_opens_every_line(sign_in, trouble, role):
    client = sign_in(role)
    for address in lines(client):
        assert client.get(address).status_code == 200


def test_nobody_sees_a_line_of_what_they_may_not_open(sign_in):
    client = sign_in("editor")
    client.user.groups.clear()
    assert lines(client) == {}
    view = Q(codename="view_jobopening") | Q(codename="view_edition")
    client.user.user_permissions.set(Permission.objects.filter(view))
    seen = lines(client)
    assert seen
    assert {line.model for line in seen.values()} == {JobOpening, Edition}
    assert all(client.get(address).status_code == 200 for address in seen)


def test_the_first_page_takes_no_more_queries_for_more_records(
    desk, trouble, make_member, django_assert_max_num_queries
):
    with django_assert_max_num_queries(30) as few:
        desk.get(DESK)
    for number in range(20):
        make_member(f"More {number}", covers=["FR"])
    with django_assert_max_num_queries(len(few)):
        desk.get(DESK)


# As of a moment ----------------------------------------------------------------------------------


def test_the_counts_are_those_of_the_moment_that_is_asked_for(
    no_members, make_member, make_opening
):
    at = datetime.datetime(2026, 3, 10, 15, tzinfo=datetime.UTC)
    confirmed = {"confirmed_on": datetime.date(2026, 1, 1), "confirmed_how": "letter"}
    hiring = make_member(**confirmed)
    make_opening(hiring, posted_on=datetime.date(2026, 3, 1), closes_on=datetime.date(2026, 3, 17))

    def count(at):
        groups = desk_page.groups(lambda model: True, at)
        return {line.address: line.count for group in groups for line in group.lines}

    due, soon, over = (
        next(address for address in LISTS if address.endswith(end))
        for end in ("confirmation=due", "state=closing_soon", "state=over")
    )
    assert (count(at)[due], count(at)[soon], count(at)[over]) == (0, 1, 0)
    before, after, later = (count(at + days * DAY) for days in (-1, 9, 200))
    assert (before[due], before[soon], before[over]) == (0, 0, 0)
    assert (after[due], after[soon], after[over]) == (0, 0, 1)
    assert (later[due], later[soon], later[over]) == (1, 0, 0)


def test_without_contact_agrees_with_the_public_page(make_member):
    for number, field in enumerate(
        ["postal_address", "phone", "email", "website", "intake_url", "host_institution"]
    ):
        make_member(f"Fictional {number}", **{field: "https://fictional.example/"})
    found = set(Organization.objects.without_contact())
    assert found == {one for one in Organization.objects.all() if not one.has_contact}


def test_a_rule_that_only_excludes_is_coverage_that_contradicts_itself(make_member):
    excluding = make_member(covers=[{"region_id": "US-VA", "effect": "excludes"}])
    assert excluding in Organization.objects.with_contradictory_coverage()
    assert excluding not in Organization.objects.without_coverage()
    assert Coverage.objects.filter(organization=excluding).exists()
