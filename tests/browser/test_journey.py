"""The way to help in a real browser, and what every page keeps."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.pages import PAGES

pytestmark = pytest.mark.browser

FIRST_IN_VIRGINIA = "Innocence Project at UVA School of Law"
# Chromium says so of every page that is answered with 400, 404 and the like.
STATUS = re.compile(r"Failed to load resource: the server responded with a status of [45]")


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def visitor(request, new_context):
    """A page in a fresh browser, of somebody on a small screen."""
    size = {"width": 360, "height": 740}
    return new_context(java_script_enabled=request.param, viewport=size).new_page()


def tab_to(page, selector):
    """Presses Tab until the element has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.locator(f"{selector}:focus").count():
            return
    pytest.fail(f"{selector} cannot be reached by Tab")


def test_from_the_home_page_to_the_sheet_of_an_organization_by_keyboard_alone(visitor):
    visitor.goto("/")
    tab_to(visitor, "#place")
    visitor.keyboard.type("Virginia")
    visitor.keyboard.press("Enter")
    expect(visitor.locator("h1")).to_have_text("Convicted in Virginia: who can help")
    tab_to(visitor, ".skip")
    visitor.keyboard.press("Enter")
    expect(visitor.locator("#main")).to_be_focused()
    tab_to(visitor, "#covering h3 a")
    visitor.keyboard.press("Enter")
    expect(visitor.locator("h1")).to_have_text(FIRST_IN_VIRGINIA)
    tab_to(visitor, "main a[href$='/sheet/']")
    visitor.keyboard.press("Enter")
    expect(visitor.locator(".paper h1")).to_have_text(FIRST_IN_VIRGINIA)
    expect(visitor.locator(".envelope")).to_be_visible()
    sheet = "/members/innocence-project-at-uva-school-of-law/sheet/"
    assert urlsplit(visitor.url).path == sheet


def test_from_a_question_to_the_answer(visitor):
    visitor.goto("/")
    visitor.get_by_label("Where did the conviction happen?").fill("Washington")
    visitor.get_by_role("button", name="Find help").click()
    expect(visitor.locator("h1")).to_have_text("Which place do you mean?")
    visitor.get_by_role("link", name="Washington (US state)").click()
    expect(visitor.locator("#covering h3").first).to_have_text("Washington Innocence Project")


def test_from_a_misspelling_to_the_answer(visitor):
    visitor.goto("/find/?place=Virgina")
    visitor.locator("#suggestions a").first.click()
    expect(visitor.locator("#covering h3").first).to_have_text(FIRST_IN_VIRGINIA)


def test_from_an_answer_to_the_sheet_of_the_place(visitor):
    visitor.goto("/find/?place=Houston")
    visitor.get_by_role("link", name="Sheet to print – Texas").click()
    expect(visitor.locator(".paper h1")).to_have_text("Convicted in Texas: who can help")


def test_from_the_map_to_the_answer(visitor):
    visitor.goto("/")
    visitor.get_by_role("link", name="TX Texas").click()
    expect(visitor.locator("h1")).to_have_text("Convicted in Texas: who can help")


def test_a_filter_is_set_and_taken_off(visitor):
    visitor.goto("/members/")
    unfiltered = visitor.locator(".head h2").text_content()
    visitor.get_by_text("Filter members").click()
    visitor.get_by_label("Takes cases from").select_option(label="Canada")
    visitor.get_by_role("button", name="Show members").click()
    expect(visitor.get_by_role("heading", name="2 members")).to_be_visible()
    visitor.get_by_role("link", name="Canada").first.click()
    expect(visitor.locator(".head h2")).to_have_text(unfiltered)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_nobody_else_keeps_nothing_and_fits_a_small_screen(
    context, page, base_url, name
):
    address, status = PAGES[name]
    hosts, problems = set(), []
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.on("requestfailed", lambda request: problems.append(request.url))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "console",
        lambda message: None if STATUS.match(message.text) else problems.append(message.text),
    )
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.goto(address).status == status
    assert page.evaluate("document.styleSheets[0].cssRules.length") > 50
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert hosts == {urlsplit(base_url).netloc}
    assert problems == []
    assert context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


@pytest.mark.parametrize("text", ["x" * 5_000, "東" * 5_000], ids=["Latin", "Chinese"])
def test_a_very_long_text_is_answered_by_the_site_and_not_by_its_server(page, text):
    response = page.request.get("/find/", params={"place": text})
    assert response.status == 400
    assert "Type the state or the country only." in response.text()
