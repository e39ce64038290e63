"""What the Support Unit does most, by keyboard alone, from the sign-in to what the public reads."""

import pytest
from playwright.sync_api import expect

from tests.browser.staff import Hands, new_account, sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def at_the_desk(site, new_context):
    """Signs somebody new in who has the role; gives their hands.

    What the browser blocks or cannot do fails the test.
    """
    problems = []

    def given_up(request):
        # A menu asks anew with each letter, and waits no longer for the answer before.
        if request.failure != "net::ERR_ABORTED":
            problems.append(request.url)

    def at_the_desk(role):
        page = new_context(viewport={"width": 1280, "height": 800}).new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("requestfailed", given_up)
        page.on("console", lambda message: problems.append(message.text))
        sign_in(page, new_account(site[1], role))
        return Hands(page)

    yield at_the_desk
    assert problems == []


@pytest.fixture
def public(new_context):
    """Opens a page as somebody who was not there before, whose browser keeps no older answer."""

    def public(address, status=200):
        page = new_context().new_page()
        assert page.goto(address).status == status
        return page.locator("main")

    return public


def message(hands):
    return expect(hands.page.locator(".messagelist"))


def go_to(hands, listed, search):
    """From the first page to a record, by the search of its list."""
    hands.follow(listed)
    hands.fill("Search", search)
    with hands.page.expect_navigation():
        hands.press("Enter")
    hands.follow(search)


def test_add_a_member_that_covers_two_states_but_not_for_dna_cases(at_the_desk, public):
    editor = at_the_desk("editor")
    editor.follow("Organizations")
    editor.follow("Add organization")
    editor.page.keyboard.type("Fictional Plains Project")
    editor.fill("Postal address", "1 Example Road\nExampletown, WY 00000")
    editor.fill("Office city", "Cheyenne")
    editor.look_up("Office region", "Wyoming", "Wyoming (US-WY)")
    editor.choose("Kind", "Independent")
    for name, found in (("Wyoming", "Wyoming (US-WY)"), ("Montana", "Montana (US-MT)")):
        editor.look_up("Region", name, found)
        editor.choose("Evidence", "non-DNA")
    editor.submit("Save")
    message(editor).to_contain_text("It is a draft that only the desk sees")
    reads = editor.page.locator(".field-public_reads").first
    expect(reads).to_contain_text("Takes non-DNA cases from all of Montana and Wyoming.")
    public("/members/fictional-plains-project/", status=404)

    publisher = at_the_desk("publisher")
    go_to(publisher, "Organizations", "Fictional Plains Project")
    publisher.follow("Publish")
    publisher.submit("Publish")
    message(publisher).to_contain_text("Published: Fictional Plains Project.")
    for state in ("Wyoming", "Montana"):
        answer = public(f"/find/?place={state}").locator("#covering")
        expect(answer).to_contain_text("Fictional Plains Project")
        expect(answer).to_contain_text(f"Takes non-DNA cases from all of {state}.")
        expect(answer).to_contain_text("1 Example Road")


def test_who_adds_a_row_goes_on_in_it(at_the_desk):
    editor = at_the_desk("editor")
    go_to(editor, "Organizations", "Innocence Project of Texas")
    for row, (role, name) in {
        "Place": ("combobox", "Region"),
        "Membership period": ("textbox", "Member from"),
        "Other name": ("textbox", "Name"),
    }.items():
        editor.tab_to(editor.named("button", f"Add another {row}"))
        editor.press("Enter")
        expect(editor.named(role, name).last).to_be_focused()


def test_publish_a_second_edition_of_a_statement(at_the_desk, public):
    publisher = at_the_desk("publisher")
    go_to(publisher, "Statements", "Fictional: Second thoughts")
    publisher.follow("Write it, starting from the newest text")
    publisher.fill("Adopted on", "2020-03-04")
    publisher.fill("Adopted by", "the Fictional Board")
    publisher.fill("What changed", "Says that the home must be safe.")
    publisher.tab_to(publisher.named("textbox", "Text"))
    publisher.press("Control+A")
    publisher.page.keyboard.insert_text("Everybody needs a safe home.")
    publisher.submit("Save")
    publisher.follow("Publish")
    publisher.submit("Publish")
    message(publisher).to_contain_text("Published: Fictional: Second thoughts, edition 2.")
    text = public("/statements/second-thoughts/")
    expect(text).to_contain_text("Everybody needs a safe home.")
    expect(text).to_contain_text("the Fictional Board")
    changes = public("/statements/second-thoughts/2/changes/")
    expect(changes.locator("ins").last).to_contain_text("safe")


def test_withdraw_a_fraudulent_listing(at_the_desk, public):
    name, address = "Fictional Dishonest Project", "/members/fictional-dishonest-project/"
    expect(public("/find/?place=Greenland").locator("#covering")).to_contain_text(name)
    publisher = at_the_desk("publisher")
    go_to(publisher, "Organizations", name)
    publisher.follow("Withdraw")
    expect(publisher.page.locator("#content")).to_contain_text("Nothing is deleted")
    publisher.submit("Withdraw")
    message(publisher).to_contain_text(f"Withdrawn: {name}.")
    public(address, status=404)
    for where in ("/find/?place=Greenland", "/members/?name=dishonest", "/search/?q=dishonest"):
        expect(public(where)).not_to_contain_text(name)


def test_confirm_an_address_by_telephone(at_the_desk, public):
    name, address = "Fictional Quiet Project", "/members/fictional-quiet-project/"
    expect(public(address)).to_contain_text("not yet confirmed by the organization")
    editor = at_the_desk("editor")
    go_to(editor, "Organizations", name)
    editor.follow("Facts confirmed")
    editor.choose("How", "by telephone")
    editor.fill("By whom", "Fictional Clerk")
    editor.submit("Facts confirmed")
    message(editor).to_contain_text(f"Facts confirmed: {name}.")
    checked = public(address)
    expect(checked).to_contain_text("by telephone")
    expect(checked).not_to_contain_text("Fictional Clerk")
