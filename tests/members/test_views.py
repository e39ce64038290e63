import datetime
from urllib.parse import quote, urldefrag, urljoin, urlsplit
from xml.etree import ElementTree

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members import coverage
from members.models import FormerName, Organization, Region
from tests.members import places
from tests.pages import PUBLIC, Page

pytestmark = pytest.mark.django_db

TODAY = datetime.date.today()
DAY = datetime.timedelta(days=1)
NATIONWIDE = {
    "center-on-wrongful-convictions",
    "centurion",
    "innocence-project",
    "the-exoneration-project",
}


@pytest.fixture
def visit(client):
    """The page at an address."""
    return lambda address: Page(client.get(address))


@pytest.fixture
def find(client):
    """The finder's page for a typed text."""
    return lambda place, **more: Page(client.get("/find/", {"place": place, **more}))


def queries(client, address):
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
    assert response.status_code == 200
    return len(captured)


def address_of(row):
    return f"/find/?place={quote(row.typed, errors='surrogatepass')}"


# The finder's answers ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "sections"),
    [
        ("Texas", ["covering", "nearest"]),
        ("London", ["choices", "covering", "nearest"]),
        ("Canada", ["covering", "parts", "nearest"]),
        ("Germany", ["nearest"]),
        ("Washington", ["choices"]),
        ("Virgina", ["suggestions"]),
        ("qwxzvkj", []),
        ("<script>alert(1)</script>", []),
    ],
)
def test_sections_are_there_only_with_content(find, place, sections):
    page = find(place)
    assert page.status == 200
    assert page.sections() == sections
    for section in sections:
        links = page.links(section)
        if section in {"choices", "suggestions"}:
            assert all(link.startswith(("/find/?place=", "/regions/")) for link in links)
        else:
            assert page.slugs(section)
        assert links


@pytest.mark.parametrize("place", ["Washington", "Virgina", "London", "Springfield", "2000"])
def test_what_is_offered_leads_to_an_answer(find, visit, place):
    page = find(place)
    links = [link for one in ("choices", "suggestions") for link in page.links(one)]
    assert links
    for link in links:
        answer = visit(link)
        assert answer.status == 200, link
        assert {"covering", "nearest"} & set(answer.sections()), link


def test_texas_lists_its_own_members_before_the_nationwide(find):
    covering = find("Texas").slugs("covering")
    assert set(covering[:3]) == {
        "innocence-project-of-texas",
        "thurgood-marshall-innocence-project",
        "ut-actual-innocence-clinic",
    }
    assert set(covering[3:]) == NATIONWIDE


@pytest.mark.parametrize(
    "address",
    ["/regions/us-ca/"]
    + [f"/find/?place={place}" for place in ("California", "CA", "90210", "Los Angeles")]
    + [f"/find/?place={place}" for place in ("Arizona", "IL", "Michigan", "Ohio", "Chicago")],
)
def test_a_member_that_excludes_a_place_stands_nowhere_on_its_page(visit, address):
    page = visit(address)
    assert {"covering", "nearest"} <= set(page.sections())
    assert "/members/innocence-project/" not in page.html


def test_new_jersey_has_no_member_of_its_own_and_the_page_says_so(find):
    page = find("New Jersey")
    assert "No member is dedicated to New Jersey" in page.text()
    assert set(page.slugs("covering")) == NATIONWIDE


def test_washington_asks_which(find):
    labels = find("Washington").text("choices")
    assert "Washington (US state)" in labels
    assert "Washington, D.C." in labels


def test_a_misspelling_offers_and_never_answers(find):
    page = find("Virgina")
    assert page.links("suggestions")[0] == "/find/?place=US-VA"
    assert not page.slugs()


def test_a_province_comes_before_the_country_and_that_before_the_rest(find):
    assert find("British Columbia").slugs("covering") == [
        "ubc-innocence-project",
        "innocence-canada",
        "centurion",
    ]


def test_edinburgh_is_not_covered_from_london(find):
    page = find("EH1 1YZ")
    assert not page.slugs("covering")
    assert "No member of the Network takes cases from" in page.text()
    assert "innocence-project-london" in page.slugs("nearest")


def test_a_country_lists_members_of_its_parts_after_those_of_all_of_it(find):
    page = find("Canada")
    assert page.slugs("covering") == ["innocence-canada", "centurion"]
    assert page.slugs("parts") == ["ubc-innocence-project"]
    assert "British Columbia" in page.text("parts")
    assert "/regions/ca-on/" in page.links()
    assert not set(page.slugs("nearest")) & {*page.slugs("covering"), *page.slugs("parts")}


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ("Virginia", "Takes cases from all of Virginia."),
        ("Michigan", "Takes non-DNA cases from all of Michigan."),
        ("Idaho", "Takes DNA cases from all of Idaho."),
        ("Manhattan", "Only clients assigned to it by the court"),
        ("Manhattan", "By referral only, takes cases from New York."),
        ("New Jersey", "Takes DNA cases from the United States except Arizona, California,"),
        ("Fresno", "Takes cases from California. The 48 northern and central counties."),
    ],
)
def test_each_is_listed_with_its_reason(find, place, sentence):
    assert sentence in find(place).text("covering")


def test_what_is_not_known_of_all_is_said_once(find, no_members, make_member):
    unknown = "we do not know whether an organization is open to new requests"
    make_member("Open", covers=["US-VA"], intake_state="open")
    text = find("Virginia").text()
    assert "Open to new requests" in text
    assert unknown not in text
    for number in range(3):
        make_member(f"Unknown {number}", covers=["US-VA"])
    text = find("Virginia").text()
    assert text.count(unknown) == 1
    assert "Not known whether" not in text


def test_a_list_of_parts_that_is_cut_says_so(find, monkeypatch):
    monkeypatch.setattr(coverage, "PARTS_SHOWN", 10)
    page = find("United States")
    american = Organization.objects.listed().filter(region__country="US").count()
    left_out = american - len(NATIONWIDE) - 10
    assert f"{left_out} more take cases from parts of it." in page.text("parts")


@pytest.mark.parametrize("address", ["/regions/au-vic/", "/regions/au-vic/sheet/"])
def test_a_region_abroad_is_named_with_its_country(visit, address):
    (heading,) = visit(address).find("h1")
    assert heading.text == "Convicted in Victoria, Australia: who can help"


def test_by_referral_only_comes_last_among_the_dedicated(find):
    covering = find("New York State").slugs("covering")
    dedicated = [slug for slug in covering if slug not in NATIONWIDE]
    assert dedicated[-1] == "oad-reinvestigation-project"
    assert covering[: len(dedicated)] == dedicated


def test_the_nearest_are_five_in_miles_and_kilometres_and_may_not_help(find):
    page = find("Texas")
    assert len(page.slugs("nearest")) == 5
    assert "They may not take cases from here" in page.text("nearest")
    distances = [one.text for one in page.find("p", class_="meta") if " km)" in one.text]
    miles = [int(one.split()[0].replace(",", "")) for one in distances]
    assert miles == sorted(miles)
    assert len(miles) == 5


def test_a_long_answer_is_cut_into_pages(no_members, make_member, find, visit):
    for number in range(12):
        make_member(f"Fictional {number:02}", covers=["US-VA"])
    first = find("Virginia")
    (following,) = first.find("a", rel="next")
    second = visit(f"/find/{following['href']}")
    assert len(first.slugs("covering")) == 10
    assert len(second.slugs("covering")) == 2
    assert "12 organizations take cases from Virginia" in second.text()
    for number in ("x", f"1{'0' * 400}", "-1", "\0"):
        assert find("Virginia", page=number).slugs("covering")


# What the finder cannot read ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("", "Type the place of the conviction"),
        ("  \t ", "Type the place of the conviction"),
        ("Texas\0", "Type the name of a place, in letters or digits"),
        ("x" * 5000, "That is very long"),
        ("%_'\"", "Type the name of a state"),
        ("<>", "Type the name of a state"),
    ],
    ids=["empty", "blank", "NUL", "5,000 characters", "no letter", "markup"],
)
def test_a_wrong_text_is_explained_beside_the_field_and_kept(find, place, message):
    page = find(place)
    assert page.status == 400
    assert page.sections() == []
    assert page.find("title")[0].text.startswith("Error")
    (field,) = page.find("input", name="place")
    assert field["value"] == place.replace("\0", "")
    assert field["aria-invalid"] == "true"
    hint, error = field["aria-describedby"].split()
    assert page.text(hint)
    assert message in page.text(error)


def test_a_place_that_is_not_known_is_kept_with_the_way_on(find):
    page = find("qwxzvkj")
    assert "“qwxzvkj”" in page.text()
    assert page.find("input", name="place")[0]["value"] == "qwxzvkj"
    assert "/regions/" in page.links()


def test_the_finder_without_a_text_is_a_form(visit):
    page = visit("/find/")
    (field,) = page.find("input", name="place")
    assert not field["value"]
    assert "aria-invalid" not in field.attributes
    assert set(field["aria-describedby"].split()) <= set(page.ids())


# Regions -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["us-va", "us", "ca", "gb-eng", "tw", "us-pr", "ca-bc", "de"])
def test_a_region_has_a_page_with_the_finders_answer(visit, find, code):
    page = visit(f"/regions/{code}/")
    answer = find(code.upper() if "-" in code else Region.objects.get(code=code.upper()).name)
    assert page.status == 200
    for section in ("covering", "parts", "nearest"):
        assert page.slugs(section) == answer.slugs(section)


@pytest.mark.parametrize("code", ["US-VA", "Us-vA", "TW"])
def test_an_upper_case_code_is_led_to_the_page(client, code):
    response = client.get(f"/regions/{code}/")
    assert (response.status_code, response["Location"]) == (301, f"/regions/{code.lower()}/")


@pytest.mark.parametrize(
    "code", ["xx", "us-zz", "us-va-013", "US-VA-013", "001", "virginia", "us_va", "ÿÿ", "%00", "-"]
)
def test_a_code_without_a_page_is_not_found(client, code):
    response = client.get(f"/regions/{code}/", follow=True)
    assert response.status_code == 404


def test_the_list_has_every_state_and_country_with_how_many_members_cover_it(visit):
    page = visit("/regions/")
    links = page.links()
    wanted = Region.objects.states().values_list("code", flat=True)
    wanted = [*wanted, *Region.objects.filter(kind="country").values_list("code", flat=True)]
    assert {f"/regions/{code.lower()}/" for code in wanted} <= set(links)
    assert "Texas 7 members" in page.text()
    assert "New Jersey 4 members" in page.text()
    assert "California 6 members" in page.text()
    assert "Ireland 1 member " in page.text()


def test_the_list_counts_what_the_answers_show(visit):
    text = visit("/regions/").text()
    for code in ("us-oh", "us-pr", "us-mi", "ca", "gb-wls", "us"):
        name = Region.objects.get(code=code.upper()).name
        page = visit(f"/regions/{code}/")
        count = len({*page.slugs("covering"), *page.slugs("parts")})
        assert f" {name} {count} member" in text, name


# Organizations -----------------------------------------------------------------------------------


def test_a_page_has_all_that_is_known(visit, make_member):
    organization = make_member(
        "Fictional Legal Clinic",
        covers=["US-VA", {"region_id": "US", "effect": "referral_only", "evidence": "dna"}],
        city="Richmond",
        founded=1999,
        host_institution="Fictional School",
        postal_address="1 Main Street\nRichmond, VA 00000",
        phone="+1 555-010-0199",
        email="help@fictional.example",
        website="https://www.fictional.example/",
        intake_url="https://www.fictional.example/ask",
        intake_state="long_wait",
        intake_state_on=datetime.date(2020, 1, 2),
        intake_note="About a year.",
        who_may_write="family",
        languages="English, Spanish",
        summary="Looks into cases.",
        cases_taken="Those of *Virginia*.",
        cases_not_taken="Traffic fines.",
        confirmed_on=datetime.date(2020, 3, 4),
        confirmed_how="telephone",
    )
    organization.other_names.create(name="Fictional Old Name", slug="old-name")
    organization.other_names.create(name="Fictional New Name", slug="new-name", standing="later")
    page = visit(organization.get_absolute_url())
    assert page.status == 200
    for text in (
        *("Fictional Legal Clinic", "Independent nonprofit", "Richmond, Virginia", "1999"),
        *("Fictional School", "English, Spanish", "Looks into cases.", "Traffic fines."),
        *("Open, with a long wait (2 January 2020)", "About a year.", "Those of Virginia."),
        *("The person in prison or the family", "Formerly Fictional Old Name"),
        *("Also known as Fictional New Name", "Details checked on 4 March 2020, by telephone."),
        *("Takes cases from all of Virginia.", "By referral only, takes DNA cases from"),
    ):
        assert text in page.text()
    assert "Fictional Legal Clinic<br>1 Main Street<br>Richmond, VA 00000" in page.html
    assert {
        "tel:+15550100199",
        "mailto:help@fictional.example",
        "https://www.fictional.example/",
        "https://www.fictional.example/ask",
    } <= set(page.links())


def test_without_an_address_the_page_says_so_and_whom_to_ask(visit):
    page = visit("/members/innocence-project-at-uva-school-of-law/")
    assert "We know no postal address. Please ask for it:" in page.text()
    assert not page.find("address")
    assert "tel:+14349243732" in page.links()


@pytest.mark.parametrize(
    ("country", "host"),
    [
        ("france", "Université Jean Moulin Lyon 3"),
        ("south-africa", "University of the Western Cape"),
        ("new-zealand", "University of Otago"),
    ],
)
def test_without_any_contact_the_page_says_what_to_do_instead(visit, country, host):
    text = visit(f"/members/innocence-project-{country}/").text()
    assert "We know no address, phone number or website." in text
    assert f"Ask at {host}" in text
    assert "Please ask for it:" not in text


def test_a_page_can_do_without_any_fact(visit, make_member):
    text = visit(make_member(region_id="DE").get_absolute_url()).text()
    assert "We know no address, phone number or website." in text
    assert "Not known. Please ask before you send anything." in text
    assert "not yet confirmed by the organization." in text


def test_no_page_has_an_empty_label_or_link(visit):
    for organization in Organization.objects.all():
        page = visit(organization.get_absolute_url())
        for element in page.elements:
            if element.tag in {"a", "address", "dd", "dt", "h1", "h2", "h3", "li", "p", "strong"}:
                assert element.text.strip(), (organization.slug, element)
            if element.tag == "a":
                assert element["href"], (organization.slug, element)


@pytest.mark.parametrize("code", ["001", "US", "US-VA-013"])
def test_whatever_it_covers_an_organization_has_a_page_with_links_that_work(
    visit, make_member, code
):
    page = visit(make_member(covers=[code]).get_absolute_url())
    assert "Takes cases from" in page.text()
    for link in page.links():
        assert visit(link).status == 200


@pytest.mark.parametrize(
    ("slug", "present"),
    [
        ("innocence-project-northwest", "washington-innocence-project"),
        ("colorado-innocence-project", "korey-wise-innocence-project"),
        ("indiana-innocence-project", "iu-mckinney-wrongful-conviction-clinic"),
        ("innocence-project-delaware", "innocence-delaware"),
    ],
)
def test_the_address_of_another_name_leads_to_the_page(client, slug, present):
    response = client.get(f"/members/{slug}/")
    assert (response.status_code, response["Location"]) == (301, f"/members/{present}/")


@pytest.mark.parametrize("slug", ["nobody", "Innocence-Project", "a" * 500, "%00", "%ff", "é"])
def test_an_unknown_organization_is_not_found(client, slug):
    assert client.get(f"/members/{slug}/").status_code == 404


@pytest.mark.parametrize(
    ("published", "joined_on", "left_on"),
    [
        (False, None, None),
        (True, None, TODAY - 2 * DAY),
        (True, TODAY + 2 * DAY, None),
    ],
    ids=["not published", "ended", "not yet a member"],
)
def test_who_is_not_listed_is_nowhere(client, make_member, published, joined_on, left_on):
    organization = make_member(
        covers=["US-VA"], published=published, latitude=37.5, longitude=-77.5, member=False
    )
    organization.memberships.create(joined_on=joined_on, left_on=left_on)
    FormerName.objects.create(organization=organization, name="Old", slug="fictional-old")
    addresses = ["/", "/find/?place=Virginia", "/find/?place=Maryland", "/find/?place=US"]
    addresses += ["/regions/us-va/", "/regions/us/", "/members/", "/members/?region=US-VA"]
    addresses += ["/members/?name=fictional", "/sitemap.xml"]
    for address in addresses:
        assert organization.slug not in client.get(address).content.decode(), address
    for slug in (organization.slug, "fictional-old"):
        assert client.get(f"/members/{slug}/").status_code == 404


# All public pages --------------------------------------------------------------------------------


@pytest.mark.parametrize(("address", "status"), PUBLIC.values(), ids=PUBLIC)
def test_every_page_is_well_made_and_keeps_its_promises(client, address, status):
    response = client.get(address)
    page = Page(response)
    assert page.status == status
    assert "The Network Support Unit does not review claims of innocence" in page.html
    assert len(page.find("h1")) == len(page.find("title")) == len(page.find("main")) == 1
    assert len(page.ids()) == len(set(page.ids()))
    described = " ".join(
        element[name] or ""
        for element in page.elements
        for name in ("aria-describedby", "aria-labelledby", "for")
    )
    assert set(described.split()) <= set(page.ids())
    assert all(link["href"] for link in page.find("a"))
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


def test_every_link_of_every_page_leads_somewhere(visit):
    pages = {address: visit(address) for address, _ in PUBLIC.values()}
    targets = {
        urldefrag(urljoin(address, link["href"]))
        for address, page in pages.items()
        for link in page.find("a")
        # The list of regions is long, and the test of the sitemap looks at it.
        if address != "/regions/" or link["href"].startswith("#")
    }
    assert len(targets) > 200
    for target in targets:
        scheme = urlsplit(target.url).scheme
        if scheme:
            assert scheme in {"http", "https", "tel", "mailto"}, target
            continue
        page = pages.get(target.url) or pages.setdefault(target.url, visit(target.url))
        assert page.status == 200 or target.url in dict(PUBLIC.values()), target
        assert not target.fragment or target.fragment in page.ids(), target


# Robots, sitemap, favicon ------------------------------------------------------------------------


def test_robots_may_read_all_but_the_admin_and_are_told_of_the_sitemap(client):
    response = client.get("/robots.txt")
    assert response["Content-Type"].startswith("text/plain")
    lines = response.content.decode().splitlines()
    assert {"User-agent: *", "Disallow: /admin/"} < set(lines)
    assert "Sitemap: http://testserver/sitemap.xml" in lines


def test_the_sitemap_names_every_member_and_region_and_each_address_answers(client):
    response = client.get("/sitemap.xml")
    assert response["Content-Type"] == "application/xml"
    addresses = [
        urlsplit(loc.text)
        for loc in ElementTree.fromstring(response.content).iter()  # noqa: S314 (ours)
        if loc.tag.endswith("}loc")
    ]
    paths = [address.path for address in addresses]
    assert len(paths) == len(set(paths))
    assert {address.netloc for address in addresses} == {"testserver"}
    slugs = Organization.objects.values_list("slug", flat=True)
    states = Region.objects.states().values_list("code", flat=True)
    assert {f"/members/{slug}/" for slug in slugs} < set(paths)
    assert {f"/regions/{code.lower()}/" for code in [*states, "TW", "GB-ENG"]} < set(paths)
    assert {"/", "/regions/", "/members/"} < set(paths)
    for path in paths[::12]:
        assert client.get(path).status_code == 200, path


def test_the_favicon_is_a_file(client):
    response = client.get("/favicon.ico")
    assert (response.status_code, response["Location"]) == (302, "/static/img/favicon.ico")
    assert finders.find("img/favicon.ico")


# Queries -----------------------------------------------------------------------------------------


def test_no_answer_of_the_table_of_places_takes_more_than_eight_queries(client):
    rows = [row for row in places.read() if row.outcome == "answer"]
    counts = {row.typed: queries(client, address_of(row)) for row in rows}
    assert len(counts) > 200
    assert {typed: count for typed, count in counts.items() if count > 8} == {}


@pytest.mark.parametrize(
    # A list that no longer fits on one page is counted as well.
    ("address", "most", "more"),
    [
        ("/", 8, 0),
        ("/find/?place=Texas", 5, 1),
        ("/find/?place=Canada", 7, 1),
        ("/regions/", 8, 0),
        ("/regions/us-va/", 5, 1),
        # Nobody takes cases from there; a page beyond the last reads nothing but how many they are.
        ("/regions/de/?page=2", 4, 0),
        ("/members/", 2, 1),
        ("/members/?region=US-VA&kind=nonprofit&name=i&order=place", 4, 0),
        ("/members/innocence-project/", 6, 0),
        ("/members/innocence-project-northwest/", None, 0),
        ("/sitemap.xml", 10, 0),
    ],
)
def test_a_page_takes_no_more_queries_with_more_members(client, make_member, address, most, more):
    if most is None:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 301
        assert len(captured) <= 4
        return
    before = queries(client, address)
    assert before <= most
    for number in range(200):
        make_member(
            f"Fictional {number:03}",
            kind="nonprofit",
            covers=["US-VA", "US-TX", "CA", {"region_id": "US-CA", "effect": "excludes"}],
            latitude=37.0 + number / 100,
            longitude=-77.0,
        )
    assert queries(client, address) == before + more
