"""The contact form in a real browser, which sends what the client of the other tests does not."""

import email
import email.policy

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def visitor(request, new_context):
    """A page in a fresh browser, of somebody on a small screen."""
    size = {"width": 360, "height": 740}
    return new_context(java_script_enabled=request.param, viewport=size).new_page()


@pytest.fixture
def mails(site):
    """Reads the e-mails that the site has sent since the test began."""

    def read():
        files = sorted((site[0] / "mail").glob("*"))
        return [
            email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            for path in files[before:]
        ]

    before = 0
    before = len(read())
    return read


def fill_in(visitor, *, address, message):
    visitor.get_by_label("Your name").fill("Maria Fictional")
    visitor.get_by_label("Your e-mail address").fill(address)
    visitor.get_by_label("Message", exact=True).fill(message)


def send(visitor):
    with visitor.expect_response(lambda response: response.request.method == "POST") as answer:
        visitor.get_by_role("button", name="Send message").click()
    return answer.value


def test_who_needs_help_with_a_case_gets_to_the_finder_and_meets_no_form(visitor):
    visitor.goto("/contact/")
    assert visitor.locator("input, textarea").count() == 0
    visitor.get_by_role("link", name="I or someone I know needs legal help").click()
    expect(visitor.get_by_label("Where did the conviction happen?")).to_be_visible()


def test_a_message_is_corrected_and_sent(visitor, mails):
    visitor.goto("/contact/")
    visitor.get_by_role("link", name="A wrong detail on this website").click()
    expect(visitor.get_by_role("radio", name="A wrong detail")).to_be_checked()
    fill_in(visitor, address="maria@", message="One line\nand another: é 東")
    visitor.get_by_role("radio", name="Something else").check()
    assert send(visitor).status == 400
    expect(visitor).to_have_title("Error: Contact the Support Unit – Innocence Network")
    expect(visitor.get_by_role("alert")).to_be_in_viewport(ratio=1)
    visitor.get_by_role("alert").get_by_role("link").click()
    field = visitor.get_by_label("Your e-mail address")
    expect(field).to_be_focused()
    expect(field).to_have_value("maria@")
    expect(visitor.get_by_role("radio", name="Something else")).to_be_checked()
    expect(visitor.get_by_label("Message", exact=True)).to_have_value("One line\nand another: é 東")
    field.fill("maria@fictional.example")
    assert send(visitor).status == 302
    expect(visitor.locator("h1")).to_have_text("Your message was sent")
    assert "maria" not in visitor.url
    (mail,) = mails()
    assert mail["To"] == "support-unit@fictional.example"
    assert mail["Reply-To"] == "maria@fictional.example"
    assert mail["Subject"] == "Website: Something else"
    assert "\nOne line\nand another: é 東\n" in mail.get_content()
    assert visitor.context.cookies() == []


def test_a_message_that_is_sent_at_once_is_asked_for_again(visitor, mails):
    visitor.goto("/contact/?subject=media")
    fill_in(visitor, address="maria@fictional.example", message="A fictional question.")
    assert send(visitor).status == 400
    expect(visitor.get_by_role("alert")).to_contain_text("press “Send message” again")
    assert send(visitor).status == 302
    expect(visitor.locator("h1")).to_have_text("Your message was sent")
    assert len(mails()) == 1


def test_the_trap_catches_nobody_who_goes_by_keyboard(visitor):
    visitor.goto("/contact/?subject=media")
    visitor.get_by_role("radio", name="A question from the media").focus()
    names = []
    for _ in range(5):
        visitor.keyboard.press("Tab")
        names.append(visitor.locator(":focus").get_attribute("name"))
    assert names == ["name", "email", "page", "message", None]
    trap = visitor.locator("[aria-hidden=true]:has(> #homepage)")
    assert trap.bounding_box()["width"] <= 1


def test_a_text_that_is_far_too_long_is_answered(visitor):
    visitor.goto("/contact/?subject=media")
    fill_in(visitor, address="maria@fictional.example", message="x" * 2_700_000)
    assert send(visitor).status == 400
    expect(visitor.get_by_role("alert")).to_contain_text("too large to be read")
