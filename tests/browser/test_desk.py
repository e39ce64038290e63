"""Every kind of page of the desk: nothing blocked, nothing broken, and all of it for everybody.

The pages before the sign-in are in test_sign_in.py.
"""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.staff import new_account, sign_in, type_in
from tests.browser.test_accessibility import DESK, PHONE, RULES, assert_nothing

pytestmark = pytest.mark.browser

MEMBERS = "members/organization/"
DRAFT, LISTED = f"{MEMBERS}901/", f"{MEMBERS}1/"
JOBS, STATEMENTS, EDITIONS = "jobs/jobopening/", "statements/statement/", "statements/edition/"
USERS = "auth/user/"
LISTS = [
    *(MEMBERS, "members/region/", "members/linkcheck/", "members/sisternetwork/"),
    *("members/milestone/", "members/reportedtotal/", JOBS, STATEMENTS, EDITIONS),
    *("statements/page/", USERS, "auth/group/"),
]
ADDED_BY_FORM = [
    *(MEMBERS, "members/sisternetwork/", "members/milestone/", "members/reportedtotal/"),
    *(JOBS, STATEMENTS, EDITIONS, USERS),
]
# Addresses below /admin/; behind an arrow stands what is pressed there.
PAGES = [
    "",
    "members/",
    *LISTS,
    *(f"{address}add/" for address in ADDED_BY_FORM),
    f"{MEMBERS}?standing=public&confirmation=due",
    f"{MEMBERS}?q=qwxzvkj",
    "members/region/?member=no_country",
    f"{MEMBERS}due/",
    f"{DRAFT}change/",
    f"{LISTED}change/",
    "members/region/US-VA/change/",
    "members/sisternetwork/1/change/",
    f"{JOBS}101/change/",
    f"{STATEMENTS}1/change/",
    f"{EDITIONS}901/change/",
    f"{EDITIONS}1/change/",
    "statements/page/1/change/",
    f"{USERS}1/change/",
    "auth/group/1/change/",
    f"{MEMBERS}add/ → Save",
    f"{JOBS}add/ → Save",
    f"{EDITIONS}add/ → Save",
    f"{DRAFT}publish/",
    f"{LISTED}withdraw/",
    f"{EDITIONS}901/publish/",
    f"{LISTED}confirm/",
    f"{LISTED}confirm/ → Facts confirmed",
    f"{DRAFT}preview/",
    f"{JOBS}101/preview/",
    f"{EDITIONS}901/preview/",
    f"{DRAFT}delete/",
    f"{DRAFT}history/",
    f"{DRAFT}history/ → Go back to how it was after this change",
    f"{USERS}1/history/",
    f"{MEMBERS}deleted/",
    f"{MEMBERS}export/",
    f"{MEMBERS}import/",
    f"{MEMBERS}import/ → Show what it would do",
    "password_change/",
    "recovery-codes/",
]
# Chromium says so of a form that is answered with what is wrong in it.
REFUSED = re.compile(r"the server responded with a status of 400")


@pytest.fixture(scope="module")
def window(browser, base_url, site):
    """A manager's; what the browser blocks or cannot do is noted in ``problems``."""
    page = browser.new_page(base_url=base_url, reduced_motion="reduce")
    page.problems = []

    def note(message):
        if message.type in {"error", "warning"} and not REFUSED.search(message.text):
            page.problems.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on("requestfailed", lambda request: page.problems.append(request.url))
    sign_in(page, new_account(site[1]))
    yield page
    page.close()


def open_page(page, name):
    address, _arrow, pressed = name.partition(" → ")
    page.goto("about:blank")
    page.problems.clear()
    assert page.goto(f"/admin/{address}").status == 200
    if pressed:
        found = page.get_by_role("button", name=pressed, exact=True)
        with page.expect_navigation():
            found.or_(page.get_by_role("link", name=pressed, exact=True)).first.click()


def violations(page):
    """What axe takes for wrong; of words on Django's icons it cannot tell."""
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    return [f"{rule['id']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize(
    ("size", "scheme"), [(PHONE, "light"), (DESK, "dark")], ids=["phone, light", "desk, dark"]
)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_desk_works_and_can_be_used_by_everybody(window, name, size, scheme):
    window.set_viewport_size(size)
    window.emulate_media(color_scheme=scheme)
    open_page(window, name)
    # Before axe, whose own styles the policy blocks.
    assert_nothing(window.problems)
    assert window.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert_nothing(violations(window))


def test_who_was_signed_out_while_typing_goes_on_after_signing_in_again(site, new_context):
    context, account = new_context(reduced_motion="reduce"), new_account(site[1], "editor")
    page = context.new_page()
    sign_in(page, account)
    page.goto(f"/admin/{STATEMENTS}add/")
    page.get_by_label("Title:").type("Fictional: Kept words")
    context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="What you typed is kept")).to_be_visible()
    assert_nothing(violations(page))
    with context.expect_page() as opened:
        page.get_by_role("link", name="Sign in again").click()
    type_in(opened.value, account.name, account.password)
    type_in(opened.value, account.recovery_code)
    for _ in range(2):
        page.get_by_role("button", name="Send again").click()
    expect(page.locator(".messagelist")).to_contain_text("Fictional: Kept words")
