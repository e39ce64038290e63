"""A withdrawn organization: wherever the public looks, it is as though it had never been there."""

import datetime

import pytest

from members.models import FormerName, Organization
from tests.members.desk_forms import LIST, page_of
from tests.members.exchange import EXPORT, exported
from tests.pages import Page

pytestmark = pytest.mark.django_db

OPENINGS = "jobs/jobopening"
LONG_AGO = datetime.date(2020, 1, 1)
OPENING = 900_001
# Its office is in Iceland, it takes cases from Iceland and Ontario, and it has an opening.
PLACES = {
    "home": "/",
    "A-Z": "/regions/",
    "A-Z under a place that is unknown": "/find/?place=qwxzvkj",
    "region": "/regions/is/",
    "sheet of the region": "/regions/is/sheet/",
    "region that it covers a part of": "/regions/ca/",
    "finder: covering": "/find/?place=Iceland",
    "finder: a city": "/find/?place=Toronto",
    "finder: in parts": "/find/?place=Canada",
    "finder: nearest": "/find/?place=Greenland",
    "directory": "/members/",
    "directory by place": "/members/?region=IS",
    "directory by name": "/members/?name=aurora",
    "page": "/members/fictional-aurora/",
    "sheet": "/members/fictional-aurora/sheet/",
    "former address": "/members/fictional-boreal/",
    "search": "/search/?q=aurora",
    "search for a former name": "/search/?q=boreal",
    "search for a misspelt name": "/search/?q=aurorra",
    "about: the count": "/about/",
    "sitemap": "/sitemap.xml",
    "jobs": "/jobs/",
    "jobs of it": "/jobs/?organization=fictional-aurora",
    "jobs in its country": "/jobs/?region=IS",
    "feed of jobs": "/jobs/feed/",
    "opening": f"/jobs/{OPENING}-fictional-aurora-attorney/",
}


@pytest.fixture
def answers(client):
    """Asks for the answer of each place."""

    def answers():
        found = {name: client.get(address) for name, address in PLACES.items()}
        return {name: (answer.status_code, answer.content) for name, answer in found.items()}

    return answers


def in_exports(client):
    """Whether the organization, or its opening, is in a file that staff would pass on."""
    files = exported(client), exported(client, EXPORT.replace("members/organization", OPENINGS))
    return ["fictional-aurora" in str(rows) for rows in files]


@pytest.fixture
def add(make_member):
    def add():
        organization = make_member(
            "Fictional Aurora Project",
            slug="fictional-aurora",
            city="Reykjavik",
            region_id="IS",
            latitude=64.1,
            longitude=-21.9,
            covers=["IS", "CA-ON"],
            member=False,
        )
        organization.memberships.create()
        FormerName.objects.create(
            organization=organization, name="Fictional Boreal Clinic", slug="fictional-boreal"
        )
        organization.job_openings.create(
            pk=OPENING,
            title="Fictional Aurora attorney",
            kind="attorney",
            description="Fictional text.",
            city="Reykjavik",
            region_id="IS",
            published=True,
        )
        return organization

    return add


def withdraw_by_its_button(client, organization):
    return client.post(page_of(organization, "withdraw"), {"confirmed": "x"})


def withdraw_in_the_list(client, organization):
    data = {"action": "withdraw_selected", "_selected_action": organization.pk, "confirmed": "x"}
    return client.post(LIST, data)


@pytest.mark.parametrize("withdraw", [withdraw_by_its_button, withdraw_in_the_list])
def test_a_withdrawn_organization_is_gone_from_everywhere_at_once(sign_in, answers, add, withdraw):
    publisher, before = sign_in("publisher"), answers()
    organization = add()
    shown = answers()
    assert {name for name in PLACES if shown[name] == before[name]} == set()
    assert in_exports(publisher) == [True, True]
    assert withdraw(publisher, organization).status_code == 302
    after = answers()
    assert {name for name in PLACES if after[name] != before[name]} == set()
    assert in_exports(publisher) == [False, False]
    for name in ("page", "sheet", "former address", "opening"):
        assert after[name][0] == 404


def test_an_organization_whose_membership_ended_is_gone_as_well(answers, add):
    before, organization = answers(), add()
    assert answers()["page"] != before["page"]
    period = organization.memberships.get()
    period.left_on = LONG_AGO
    period.save()
    after = answers()
    assert {name for name in PLACES if after[name] != before[name]} == set()


def test_the_desk_still_sees_what_is_withdrawn(sign_in, add):
    organization = add()
    withdraw_by_its_button(sign_in("publisher"), organization)
    editor = sign_in("editor")
    for record in (organization, organization.job_openings.get()):
        name = f"{record._meta.app_label}/{record._meta.model_name}"
        preview = Page(editor.get(f"/admin/{name}/{record.pk}/preview/"))
        assert preview.status == 200
        assert str(record) in preview.text()
    assert organization.name in Page(editor.get(page_of(organization))).text("content")
    assert organization.name not in editor.get(f"{LIST}due/").text
    assert Organization.objects.get(pk=organization.pk).job_openings.get().published
