from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from jobs.models import JobOpening
from members.links import LinkChecker, Outcome
from members.models import LinkCheck, SisterNetwork
from members.models.links import Problem
from network_site.links import gathered
from network_site.management.commands import check_links
from tests.members.web import serving, status

pytestmark = pytest.mark.django_db

NOON = datetime(2020, 6, 30, 12, tzinfo=UTC)
URL = "https://fictional.example/"
WORKS = Outcome("", 200)
SILENT = Outcome(Problem.TIME)


class Told:
    """A checker that asks nobody and says what it was told to."""

    def __init__(self, outcomes=None, otherwise=WORKS):
        self.outcomes = outcomes or {}
        self.otherwise = otherwise
        self.asked = []

    def check(self, url):
        self.asked.append(url)
        return self.outcomes.get(url, self.otherwise)


def run(*args, checker=None):
    out = StringIO()
    call_command("check_links", *args, checker=checker or Told(), stdout=out)
    return out.getvalue()


def make_opening(organization, **fields):
    return JobOpening.objects.create(
        **{
            "organization": organization,
            "title": "Fictional attorney",
            "kind": JobOpening.Kind.ATTORNEY,
            "description": "Fictional.",
            "apply_url": f"{URL}apply",
            "published": True,
        }
        | fields
    )


@pytest.fixture
def nothing_else(no_members):
    SisterNetwork.objects.all().delete()


@pytest.fixture
def make_links(nothing_else, make_member):
    """Makes listed organizations with a website each."""
    return lambda count: [
        make_member(f"Fictional {n}", website=f"https://{n}.example/").website for n in range(count)
    ]


# Which links -------------------------------------------------------------------------------------


def test_the_links_of_listed_organizations_are_gathered_with_their_place(nothing_else, make_member):
    make_member("Fictional One", website=URL, intake_url=f"{URL}ask")
    make_member("Fictional Two", website=URL)
    make_member("Fictional Draft", website=f"{URL}draft", published=False)
    make_member("Fictional Former", website=f"{URL}former", member=False)
    make_member("Fictional Silent")
    assert gathered() == {
        URL: "Fictional One: website; Fictional Two: website",
        f"{URL}ask": "Fictional One: application page",
    }


def test_the_links_of_open_openings_and_sister_networks_are_gathered(nothing_else, make_member):
    organization = make_member("Fictional One")
    make_opening(organization)
    make_opening(organization, apply_url="")
    make_opening(organization, apply_url=f"{URL}draft", published=False)
    make_opening(organization, apply_url=f"{URL}over", closes_on=date(2020, 6, 27))
    make_opening(make_member(published=False), apply_url=f"{URL}unlisted")
    SisterNetwork.objects.create(name="Fictional Network", website=f"{URL}sister")
    SisterNetwork.objects.create(name="Fictional Unknown")
    assert gathered(NOON) == {
        f"{URL}apply": "Fictional One: link to apply, “Fictional attorney”",
        f"{URL}sister": "Fictional Network: website",
    }


def test_gathering_costs_the_same_however_many_there_are(make_links, django_assert_num_queries):
    make_links(20)
    with django_assert_num_queries(3):
        gathered()


# A run -------------------------------------------------------------------------------------------


def test_a_run_keeps_what_it_found_and_sums_up(make_links):
    one, two, three = make_links(3)
    LinkCheck.objects.record(f"{URL}old", SILENT)
    checker = Told({two: Outcome(Problem.GONE, 404), three: Outcome(Problem.TURNED_AWAY, 403)})
    assert run(checker=checker).splitlines()[-1] == (
        "Links: 3 checked, 1 work, 1 failed, 1 to be opened by hand; 1 forgotten. "
        "Failing for a day or more: 0."
    )
    assert dict(LinkCheck.objects.values_list("url", "problem")) == {
        one: "",
        two: "gone",
        three: "turned_away",
    }


def test_a_run_names_what_does_not_work_and_where_it_stands(make_links):
    url = make_links(2)[1]
    lines = run(checker=Told({url: Outcome(Problem.GONE, 404)})).splitlines()
    assert lines[:-1] == [f"The page is gone (404): {url} (Fictional 1: website)"]


def test_a_second_run_adds_nothing(make_links):
    make_links(3)
    run()
    run()
    assert LinkCheck.objects.count() == 3


def test_a_site_without_links_is_no_error(nothing_else):
    assert run().startswith("Links: 0 checked")


def test_a_limit_leaves_the_rest_for_the_next_run(make_links):
    urls = set(make_links(5))
    first, second, third = Told(), Told(), Told()
    for checker in (first, second, third):
        run("--limit", "2", "--older-than", "1", checker=checker)
    assert {len(first.asked), len(second.asked)} == {2}
    assert {*first.asked, *second.asked, *third.asked} == urls
    assert len(third.asked) == 1


def test_links_checked_lately_are_left_out_and_kept(make_links):
    urls = make_links(3)
    LinkCheck.objects.record(urls[0], SILENT)
    checker = Told()
    run("--older-than", "7", checker=checker)
    assert set(checker.asked) == set(urls[1:])
    assert LinkCheck.objects.get(url=urls[0]).problem == "time"


@pytest.mark.parametrize("problem", [Problem.TIME, Problem.LOOKUP, Problem.NETWORK])
def test_without_a_way_to_the_internet_nothing_is_changed(make_links, problem):
    urls = make_links(5)
    run()
    LinkCheck.objects.record(f"{URL}old", SILENT)
    with pytest.raises(CommandError, match="no way to the internet"):
        run(checker=Told(otherwise=Outcome(problem)))
    assert LinkCheck.objects.filter(url__in=urls).working().count() == 5
    assert LinkCheck.objects.count() == 6


def test_one_answer_is_enough_to_believe_the_rest(make_links):
    urls = make_links(6)
    run(checker=Told({urls[-1]: WORKS}, otherwise=SILENT))
    assert LinkCheck.objects.failed().count() == 5


def test_few_links_are_believed_though_none_answers(make_links):
    make_links(4)
    run(checker=Told(otherwise=SILENT))
    assert LinkCheck.objects.failed().count() == 4


@pytest.mark.parametrize(
    "args",
    [
        ["--limit", "-1"],
        ["--limit", "many"],
        ["--older-than", "-1"],
        ["--older-than", "1e9"],
        ["--pause", "-0.1"],
        ["--pause", "nan"],
        ["--pause", "inf"],
    ],
)
def test_a_senseless_option_is_refused(args):
    with pytest.raises(CommandError, match=r"not a number from 0 to 9999|invalid number value"):
        run(*args)


def test_the_command_follows_real_links_and_says_who_asks(nothing_else, make_member, settings):
    settings.ALLOWED_HOSTS = [".site.example"]
    with serving() as web:
        web.pages["/"] = status(200)
        make_member(website=web.url(), intake_url=web.url("/ask"))
        checker = LinkChecker(
            check_links.user_agent(),
            pause=0,
            ports=None,
            may_ask=lambda address: address == "127.0.0.1",
            resolve=lambda host: ["127.0.0.1"],
        )
        assert "2 checked, 1 work, 1 failed" in run(checker=checker)
    assert {asked.agent for asked in web.asked} == {
        "InnocenceNetworkLinkCheck/1.0 (+https://site.example/; support-unit@example.org)"
    }


def test_unless_told_otherwise_only_the_public_internet_is_asked(nothing_else, make_member):
    with serving() as web:
        make_member(website=web.url(host="127.0.0.1"), intake_url="http://127.0.0.1/")
        out = StringIO()
        call_command("check_links", "--pause", "0", stdout=out)
        assert not web.asked
    assert "1 failed, 1 to be opened by hand" in out.getvalue()
    assert set(LinkCheck.objects.values_list("problem", flat=True)) == {"port", "private"}
