"""Staff sign in with a real browser: by keyboard, with scripts or without, and nothing blocked."""

import re
from functools import partial
from secrets import token_hex
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.staff import code_of, new_account, run_command, type_in

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Chromium says so of a page that is answered with 429.
STATUS = re.compile(r"the server responded with a status of 429")


@pytest.fixture
def manage(site):
    """Runs a command on the site, with more variables if need be; gives what it prints."""
    return partial(run_command, site[1])


@pytest.fixture
def staff(site):
    return new_account(site[1])


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def visitor(request, new_context):
    """A page in a fresh browser; what the browser blocks or cannot do fails the test."""
    context = new_context(java_script_enabled=request.param, viewport={"width": 390, "height": 844})
    page, problems = context.new_page(), []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("requestfailed", lambda failed: problems.append(failed.url))
    page.on(
        "console",
        lambda message: None if STATUS.search(message.text) else problems.append(message.text),
    )
    page.problems = problems
    yield page
    assert problems == []


def heading(page):
    return expect(page.locator("h1"))


def check_page(page):
    """What axe finds wrong; whether the page fits a small screen; run last, as axe is a script."""
    results = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in results] == []
    size = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.set_viewport_size(size)


def test_password_and_code_by_keyboard_alone(visitor, staff):
    visitor.goto("/admin/members/organization/")
    heading(visitor).to_have_text("Sign in")
    type_in(visitor, staff.name, "wrong")
    expect(visitor.locator(".errornote")).to_contain_text("The username or the password is wrong")
    type_in(visitor, staff.name, staff.password)
    heading(visitor).to_have_text("Sign in: your code")
    type_in(visitor, "abcd efgh")
    expect(visitor.locator(".errorlist")).to_contain_text("This code is wrong")
    type_in(visitor, code_of(staff.key))
    assert urlsplit(visitor.url).path == "/admin/members/organization/"
    expect(visitor.locator("#user-tools")).to_contain_text(staff.name)


def test_a_recovery_code_and_the_way_out(visitor, staff):
    visitor.goto("/admin/")
    type_in(visitor, staff.name, staff.password)
    type_in(visitor, staff.recovery_code.upper())
    visitor.get_by_role("link", name="Recovery codes").click()
    expect(visitor.locator("#content")).to_contain_text("You have 9 recovery codes left")
    visitor.get_by_role("link", name="Back to the desk").click()
    visitor.get_by_role("button", name="Log out").click()
    heading(visitor).to_have_text("You are signed out")
    visitor.goto("/admin/auth/user/")
    heading(visitor).to_have_text("Sign in")


def test_enrolment_from_the_password_to_the_desk(visitor, manage):
    name = f"boss-{token_hex(4)}"
    arguments = ["--noinput", "--username", name, "--email", f"{name}@example.org"]
    manage("createsuperuser", *arguments, DJANGO_SUPERUSER_PASSWORD="fictional-words")
    visitor.goto("/admin/")
    type_in(visitor, name, "fictional-words")
    heading(visitor).to_have_text("Set up your second factor")
    expect(visitor.get_by_role("img", name="QR code")).to_be_visible()
    type_in(visitor, code_of(visitor.locator("#key").inner_text()))
    heading(visitor).to_have_text("Your recovery codes")
    codes = visitor.locator("#codes li").all_inner_texts()
    assert len(set(codes)) == 10
    visitor.emulate_media(media="print")
    expect(visitor.locator("#codes li").last).to_be_visible()
    visitor.emulate_media(media="screen")
    visitor.get_by_role("link", name="I have kept them: go on").click()
    assert urlsplit(visitor.url).path == "/admin/"
    expect(visitor.locator("#user-tools")).to_contain_text(name)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_of_the_sign_in_can_be_used_by_everybody(page, staff, manage, site, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/admin/password-reset/")
    check_page(page)
    page.get_by_label("Email").focus()
    type_in(page, f"{staff.name}@example.org")
    heading(page).to_have_text("Look into your e-mail")
    check_page(page)
    mail = max((site[0] / "mail").glob("*"), key=lambda path: path.stat().st_mtime).read_text()
    page.goto(re.search(r"/admin/password-reset/[^/\s]+/[^/\s]+/", mail)[0])
    heading(page).to_have_text("Choose your password")
    check_page(page)
    page.get_by_label("New password", exact=False).first.focus()
    type_in(page, "other fictional words", "other fictional words")
    heading(page).to_have_text("Your password is saved")
    check_page(page)
    page.goto("/admin/")
    check_page(page)
    type_in(page, staff.name, "wrong")
    check_page(page)
    page.goto("/admin/")
    type_in(page, staff.name, "other fictional words")
    check_page(page)
    type_in(page, "abcd efgh")
    check_page(page)
    type_in(page, code_of(staff.key))
    page.goto("/admin/recovery-codes/")
    check_page(page)
    page.get_by_role("link", name="Back to the desk").click()
    page.get_by_role("button", name="Log out").click()
    check_page(page)
    manage("reset_second_factor", staff.name)
    page.goto("/admin/")
    type_in(page, staff.name, "other fictional words")
    heading(page).to_have_text("Set up your second factor")
    check_page(page)
    type_in(page, code_of(page.locator("#key").inner_text()))
    heading(page).to_have_text("Your recovery codes")
    check_page(page)
    page.context.clear_cookies()
    for _ in range(5):
        page.goto("/admin/")
        type_in(page, staff.name, "wrong")
    heading(page).to_have_text("Too many attempts")
    check_page(page)
