"""Staff at a browser: an account with both factors, and what its holder does by keyboard alone."""

import re
import subprocess
import sys
from base64 import b32decode
from secrets import token_hex
from types import SimpleNamespace

from django_otp.oath import TOTP
from playwright.sync_api import expect

from tests.browser.server import ROOT

# More than the longest form has places where Tab stops.
STOPS = 200


def run_command(variables, *arguments, **more):
    """Runs a command on the site; gives what it prints."""
    command = [sys.executable, "manage.py", *arguments]
    options = {"cwd": ROOT, "env": variables | more, "check": True}
    return subprocess.run(command, **options, stdout=subprocess.PIPE, text=True).stdout


def new_account(variables, role="manager", name=None):
    """An account with both factors, made as `make staff` makes one."""
    name = name or f"{role}-{token_hex(4)}"
    shown = run_command(variables, "add_staff", "--username", name, "--role", role)
    return SimpleNamespace(
        name=name,
        password=re.search(r"Password: +(\S+)", shown)[1],
        key=re.search(r"Key for the app: +([A-Z2-7 ]+)", shown)[1],
        recovery_code=re.search(r"Recovery codes: +(\w{4} \w{4})", shown)[1],
    )


def code_of(key):
    return f"{TOTP(b32decode(key.replace(' ', ''))).token():06}"


def type_in(page, *texts):
    """Types where the page has put the focus, then in the next fields; at the end Enter."""
    expect(page.locator("input:focus")).to_be_visible()
    for number, text in enumerate(texts):
        page.keyboard.press("Tab" if number else "Control+A")
        page.keyboard.type(text)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def sign_in(page, account):
    """Leads to the desk's first page."""
    page.goto("/admin/")
    type_in(page, account.name, account.password)
    type_in(page, code_of(account.key))
    expect(page.locator("#user-tools")).to_contain_text(account.name)


class Hands:
    """Hands on a keyboard, at a page: each step begins where the last one left the focus."""

    def __init__(self, page):
        self.page = page

    def press(self, key):
        self.page.keyboard.press(key)

    def tab_to(self, control):
        focused = control.and_(self.page.locator(":focus"))
        for _ in range(STOPS):
            if focused.count():
                return
            self.press("Tab")
        raise AssertionError(f"{control} cannot be reached by Tab")

    def named(self, role, name):
        """The control that is called exactly so; labels of forms end in a colon."""
        return self.page.get_by_role(role, name=re.compile(rf"^\s*{re.escape(name)}:?\s*$"))

    def follow(self, name, role="link"):
        """Follows a link, or presses a button, that leads to another page."""
        self.tab_to(self.named(role, name))
        with self.page.expect_navigation():
            self.press("Enter")

    def submit(self, name):
        self.follow(name, role="button")

    def fill(self, name, text):
        self.tab_to(self.named("textbox", name))
        self.page.keyboard.insert_text(text)

    def choose(self, name, words):
        """In a plain menu: typing goes to the option that begins so."""
        menu = self.named("combobox", name)
        self.tab_to(menu)
        self.page.keyboard.type(words)
        expect(menu.and_(self.page.locator(":focus")).locator("option:checked")).to_contain_text(
            words
        )

    def look_up(self, name, words, found):
        """In a menu that asks the server for what is typed."""
        menu = self.named("combobox", name)
        self.tab_to(menu)
        self.press("Enter")
        expect(self.page.locator(".select2-search__field:focus")).to_be_visible()
        self.page.keyboard.type(words)
        first = self.page.locator(".select2-results__option--highlighted")
        expect(first).to_have_text(found)
        self.press("Enter")
        expect(menu.and_(self.page.locator(":focus"))).to_have_text(found)
