import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members.models import StarterItem
from members.starter import Ledger
from statements import starter_pages
from statements.models import Page as Text
from tests.members.desk_forms import problems, typed
from tests.pages import Page

pytestmark = pytest.mark.django_db

SLUGS = Text.Slug.values
ATTACK = (
    "<script>alert(1)</script> <img src=x onerror=alert(1)> [a](javascript:alert(1)) "
    '"><svg onload=alert(1)>'
)


@pytest.fixture
def visit(client):
    return lambda slug: Page(client.get(f"/{slug}/"))


def stored(slug):
    return Text.objects.get(slug=slug)


def everything():
    return list(Text.objects.order_by("slug").values())


# The pages ---------------------------------------------------------------------------------------


def test_there_is_one_of_each_and_it_knows_its_address():
    assert {text.slug: text.get_absolute_url() for text in Text.objects.all()} == {
        slug: f"/{slug}/" for slug in SLUGS
    }


@pytest.mark.parametrize("slug", SLUGS)
def test_a_page_shows_title_lead_and_text_as_they_are_stored(visit, slug):
    text = stored(slug)
    text.title, text.lead, text.body = "Fictional title", "Fictional & lead.", "Fictional *text*."
    text.save()
    page = visit(slug)
    assert page.status == 200
    assert [one.text for one in page.find("h1")] == ["Fictional title"]
    assert page.find("title")[0].text.startswith("Fictional title – ")
    assert [one.text for one in page.find("p", class_="lead")] == ["Fictional & lead."]
    assert page.find("meta", name="description")[0]["content"] == "Fictional & lead."
    assert "<p>Fictional <em>text</em>.</p>" in page.html
    (canonical,) = page.find("link", rel="canonical")
    assert canonical["href"] == f"http://testserver/{slug}/"


@pytest.mark.parametrize("slug", SLUGS)
def test_a_page_can_do_without_lead_and_text(visit, slug):
    text = stored(slug)
    text.lead = text.body = ""
    text.save()
    page = visit(slug)
    assert page.status == 200
    assert not page.find("p", class_="lead")
    assert page.find("meta", name="description")[0]["content"] == text.title


@pytest.mark.parametrize("slug", SLUGS)
def test_a_page_that_is_not_there_is_not_found(client, slug):
    stored(slug).delete()
    assert client.get(f"/{slug}/").status_code == 404


@pytest.mark.parametrize("slug", SLUGS)
def test_nothing_that_staff_type_is_more_than_text(visit, slug):
    text = stored(slug)
    text.title, text.lead, text.body = ATTACK[:120], ATTACK, f"## {ATTACK}\n\n{ATTACK}\n\n## Main\n"
    text.save()
    page = visit(slug)
    for element in page.elements:
        assert element.tag != "script" or element["type"] == "application/ld+json"
        assert not [name for name in element.attributes if name.startswith("on")]
        assert not (element["href"] or "").lower().startswith("javascript:")
    assert len(page.find("main")) == len(page.find(id="main")) == 1
    assert len(page.ids()) == len(set(page.ids()))


@pytest.mark.parametrize("slug", SLUGS)
def test_the_footer_says_that_the_support_unit_reviews_no_claims(visit, slug):
    (footer,) = visit(slug).find("footer")
    assert "does not review claims of innocence" in footer.text


def test_the_sitemap_names_every_page(client):
    sitemap = client.get("/sitemap.xml").content.decode()
    assert not [slug for slug in SLUGS if f"<loc>http://testserver/{slug}/</loc>" not in sitemap]


@pytest.mark.parametrize("slug", SLUGS)
def test_the_navigation_has_at_most_one_present_page(visit, slug):
    current = [one["href"] for one in visit(slug).find("a") if one["aria-current"]]
    assert current == (["/about/"] if slug in {"about", "history"} else [])


@pytest.mark.parametrize("slug", ["privacy", "accessibility"])
def test_the_address_for_questions_comes_from_the_settings_and_from_no_text(visit, slug):
    assert f"mailto:{settings.SUPPORT_UNIT_EMAIL}" in visit(slug).links()
    text = stored(slug)
    assert "@" not in text.lead + text.body
    text.body = ""
    text.save()
    assert f"mailto:{settings.SUPPORT_UNIT_EMAIL}" in visit(slug).links()


@pytest.mark.parametrize("slug", ["guide", "privacy", "accessibility"])
def test_a_page_of_text_takes_one_query(client, slug):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(f"/{slug}/").status_code == 200
    assert len(captured) == 1


def test_privacy_says_what_becomes_of_a_message(visit):
    told = visit("privacy").text()
    assert "It sets no cookie on any public page" in told
    assert "as one e-mail to the Network Support Unit. The site keeps no copy of it." in told


# The desk ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", SLUGS)
def test_what_staff_write_in_the_admin_is_on_the_page(desk, client, slug):
    address = f"/admin/statements/page/{stored(slug).pk}/change/"
    data = typed(desk.get(address)) | {"body": "## Fictional {#place}", "slug": "x"}
    assert desk.post(address, data).status_code == 302
    assert '<h2 id="place">Fictional</h2>' in Page(client.get(f"/{slug}/")).html
    assert not Text.objects.filter(slug="x").exists()


def test_a_text_over_the_limit_is_refused_in_words(desk):
    text = stored("guide")
    address = f"/admin/statements/page/{text.pk}/change/"
    response = desk.post(address, {"title": "Fictional", "body": "x" * 20_001})
    assert "at most 20000 characters" in response.content.decode()
    assert stored("guide").body == text.body
    text.title = ""
    with pytest.raises(ValidationError):
        text.full_clean()


def test_who_saves_a_page_second_is_told_and_keeps_what_was_typed(desk):
    address = f"/admin/statements/page/{stored('guide').pk}/change/"
    first, mine = typed(desk.get(address)), typed(desk.get(address))
    assert desk.post(address, first | {"title": "Theirs"}).status_code == 302
    response = desk.post(address, mine | {"title": "Mine"})
    assert "Somebody else saved this record" in problems(response)
    assert (stored("guide").title, typed(response)["title"]) == ("Theirs", "Mine")


def test_staff_neither_add_nor_delete_pages(desk):
    pk = stored("guide").pk
    assert desk.get("/admin/statements/page/add/").status_code == 403
    assert desk.post(f"/admin/statements/page/{pk}/delete/").status_code == 403
    assert Text.objects.count() == len(SLUGS)


# The starter content -----------------------------------------------------------------------------


def test_a_file_is_the_title_the_lead_and_the_text():
    assert starter_pages.parts("# One & two\n\nA lead\nin two lines.\n\n## More\n\nText.\n") == {
        "title": "One & two",
        "lead": "A lead in two lines.",
        "body": "## More\n\nText.\n",
    }


def test_every_file_makes_a_page_that_staff_could_have_saved():
    assert {path.stem for path in starter_pages.DATA.glob("*.md")} == set(SLUGS)
    for text in Text.objects.all():
        text.full_clean()


def test_loading_again_keeps_what_staff_edited_and_deleted():
    guide = stored("guide")
    guide.title = "Fictional title"
    guide.save()
    stored("privacy").delete()
    before = everything()
    ledger = Ledger()
    starter_pages.load(ledger)
    assert not ledger.added
    assert everything() == before


def test_an_empty_database_gets_every_page_once():
    Text.objects.all().delete()
    StarterItem.objects.filter(key__startswith="page:").delete()
    ledger = Ledger()
    starter_pages.load(ledger)
    assert ledger.added == {"page": len(SLUGS)}
    assert {row["slug"] for row in everything()} == set(SLUGS)
