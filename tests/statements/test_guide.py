import pytest
from django.utils.html import strip_tags

from statements.models import Page as Text
from tests.pages import Page

pytestmark = pytest.mark.django_db

# Other pages, printed sheets and letters name these places: they stay whatever the headings say.
PLACES = [
    *("court", "innocence", "who", "send", "deadlines", "lawyer", "time", "federal", "nobody"),
    *("no", "families"),
]


@pytest.fixture
def visit(client):
    return lambda address: Page(client.get(address))


def headings(page):
    """The headings of the guide's own text, by their ids."""
    inside = [one for one in page.find("h2") if one["id"] and one["id"] != "contents_title"]
    return {one["id"]: " ".join(one.text.split()) for one in inside}


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("court", "What counts is the court that convicted you."),
        ("innocence", "is this person innocent of the crime?"),
        ("who", "the person who was convicted writes, in their own words"),
        ("send", "Send copies, and keep the originals."),
        ("deadlines", "Writing to an organization does not stop any deadline."),
        ("lawyer", "does not make an organization your lawyer"),
        ("time", "An answer can take months."),
        ("federal", "It is the court that counts."),
        ("nobody", "An organization that takes cases from the whole country"),
        ("no", "It does not mean that nobody believes you."),
        ("families", "Do not go to victims, witnesses or jurors."),
    ],
)
def test_each_part_says_what_readers_need_most(visit, place, words):
    part = visit("/guide/").html.split(f'<h2 id="{place}">')[1].split("<h2")[0]
    assert words in " ".join(strip_tags(part).split())


def test_the_contents_name_every_heading_and_lead_to_it(visit):
    page = visit("/guide/")
    (contents,) = page.find("nav", aria_labelledby="contents_title")
    links = [one for one in page.find("a") if contents in one.inside]
    assert {one["href"]: " ".join(one.text.split()) for one in links} == {
        f"#{place}": words for place, words in headings(page).items()
    }
    assert list(headings(page)) == PLACES


def test_a_heading_keeps_its_address_when_staff_give_it_other_words(visit):
    guide = Text.objects.get(slug="guide")
    guide.body = guide.body.replace("## Federal and military courts", "## Fictional *words* & <b>")
    guide.body += "\n## One more\n\nFictional.\n"
    guide.save()
    page = visit("/guide/")
    assert headings(page)["federal"] == "Fictional words & <b>"
    assert headings(page)["one-more"] == "One more"
    (link,) = page.find("a", href="#federal")
    assert link.text == "Fictional words & <b>"


def test_a_guide_without_headings_has_no_contents(visit):
    Text.objects.filter(slug="guide").update(body="", body_html="<p>Fictional.</p>")
    page = visit("/guide/")
    assert page.status == 200
    assert "contents_title" not in page.ids()


def test_it_says_that_it_is_no_legal_advice_whatever_staff_write(visit):
    Text.objects.filter(slug="guide").update(lead="", body="", body_html="")
    told = visit("/guide/").text()
    assert "This is general information, not legal advice." in told
    assert "The Network Support Unit does not review claims of innocence." in told


def test_every_link_in_the_text_leads_somewhere(visit):
    for text in Text.objects.all():
        page = visit(text.get_absolute_url())
        for link in page.links():
            address, _, place = link.partition("#")
            if address and not address.startswith("/"):
                continue
            target = visit(address) if address else page
            assert target.status == 200, link
            assert not place or place in target.ids(), link


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("/find/?place=Texas", "federal"),
        ("/find/?place=Texas", "no"),
        ("/regions/us-va/", "federal"),
        ("/regions/us-va/", "no"),
        ("/find/?place=Germany", "nobody"),
        ("/regions/de/", "nobody"),
    ],
)
def test_the_answers_of_the_finder_lead_to_the_part_that_fits(visit, address, place):
    assert f"/guide/#{place}" in visit(address).links()
    assert place in visit("/guide/").ids()
