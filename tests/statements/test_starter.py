import pytest

from members.models import StarterItem
from statements import starter
from statements.models import Edition, Page, Statement
from tests.pages import Page as Visited

pytestmark = pytest.mark.django_db

TITLES = {
    "exoneree-rights": "Network Statement on Exoneree Rights",
    "concerning-victims": "Network Statement Concerning Victims",
}


def everything():
    return [list(model.objects.order_by("pk").values()) for model in (Edition, Page, Statement)]


def test_loading_again_changes_nothing():
    before = everything()
    assert not starter.load()
    assert everything() == before


def test_loading_again_keeps_what_staff_have_changed_added_and_deleted(
    make_statement, make_edition
):
    make_statement()
    statement = Statement.objects.get(slug="exoneree-rights")
    statement.title, statement.slug = "Fictional title", "fictional-title"
    statement.save()
    make_edition(statement)
    Edition.objects.filter(statement__slug="concerning-victims").delete()
    Statement.objects.filter(slug="concerning-victims").delete()
    Page.objects.all()[0].delete()
    before = everything()
    assert not starter.load()
    assert everything() == before


def test_an_empty_database_gets_every_text_once(no_statements):
    Page.objects.all().delete()
    StarterItem.objects.all().delete()
    assert starter.load() == {"statement": 2, "page": 5}
    assert dict(Statement.objects.published().values_list("slug", "title")) == TITLES
    assert not starter.load()


@pytest.mark.parametrize("slug", TITLES)
def test_what_is_not_known_of_a_statement_is_left_open_and_said(client, slug):
    page = Visited(client.get(f"/statements/{slug}/"))
    edition = Statement.objects.get(slug=slug).current
    assert (edition.number, edition.adopted_on, edition.adopted_by) == (1, None, "")
    assert [one.text for one in page.find("h1")] == [TITLES[slug]]
    assert "The date of adoption is not recorded here." in page.text()
    assert "Only the beginning of this text is held here." in page.text()
    assert "Read more" not in page.html
    assert edition.body.startswith(edition.excerpt)


@pytest.mark.parametrize("slug", TITLES)
def test_the_starter_texts_pass_the_checks_of_the_form(slug):
    statement = Statement.objects.get(slug=slug)
    statement.full_clean()
    statement.current.clean_fields()
