import csv

import pytest

from jobs import starter
from jobs.models import JobOpening
from members.models import Organization, StarterItem
from tests.pages import Page

pytestmark = pytest.mark.django_db

TITLES = {
    "mid-atlantic-innocence-project": "Staff Attorney",
    "thurgood-marshall-innocence-project": "Associate Director, Center for Criminal Justice",
}


def everything():
    return list(JobOpening.objects.order_by("pk").values())


def test_the_two_openings_are_at_their_organizations_and_open():
    found = JobOpening.objects.open().values_list("organization__slug", "title")
    assert dict(found) == TITLES


def test_what_was_not_told_is_not_claimed():
    for opening in JobOpening.objects.all():
        assert opening.posted_on is opening.closes_on is opening.filled_on is None
        assert opening.region is None
        assert not any((opening.city, opening.pay, opening.apply_url, opening.apply_email))
        assert opening.workplace == opening.employment_type == "not_stated"


@pytest.mark.parametrize("slug", TITLES)
def test_their_pages_say_what_is_not_known_and_where_the_rest_is(client, slug):
    opening = JobOpening.objects.get(organization__slug=slug)
    page = Page(client.get(opening.get_absolute_url()))
    assert page.find("h1")[0].text == TITLES[slug]
    for words in (
        "Place Not stated. Office of the organization: ",
        *("Pay Not stated", "Posted on Not stated"),
        "Not stated. Please ask whether it is still open.",
        "The announcement that we have ends here. Please ask the organization for the rest of it.",
        "We do not know how to apply. Please look at the organization’s website",
    ):
        assert words in page.text()
    assert "read more" not in page.text().lower()
    assert len(page.find("li")) > 10
    assert not page.find("script")
    assert opening.get_absolute_url() in Page(client.get(f"/members/{slug}/")).links()


def test_loading_again_changes_nothing_that_staff_have_edited_or_deleted():
    first, second = JobOpening.objects.order_by("pk")
    JobOpening.objects.filter(pk=first.pk).update(title="Edited", published=False)
    second.delete()
    before = everything()
    assert not starter.load()
    assert everything() == before


def test_an_empty_table_gets_each_row_once():
    JobOpening.objects.all().delete()
    StarterItem.objects.filter(key__startswith="job opening:").delete()
    assert starter.load() == {"job opening": 2}
    assert not starter.load()
    assert JobOpening.objects.count() == 2


def test_an_organization_that_staff_have_deleted_gets_no_opening():
    Organization.objects.filter(slug="mid-atlantic-innocence-project").delete()
    StarterItem.objects.filter(key__startswith="job opening:").delete()
    JobOpening.objects.all().delete()
    assert starter.load() == {"job opening": 1}


def test_each_text_is_in_the_table_and_valid():
    with (starter.DATA / "openings.csv").open(newline="", encoding="utf-8") as file:
        texts = {row["text"] for row in csv.DictReader(file)}
    assert texts == {path.name for path in starter.DATA.glob("*.md")} - {"README.md"}
    for opening in JobOpening.objects.all():
        opening.full_clean()
