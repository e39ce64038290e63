"""The contact form, from its choices to the e-mail.

No test here may use the database, and the plugin of Django fails one that does.
"""

import time

import pytest
from django.conf import settings as site_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryUploadedFile
from django.core.mail import EmailMessage
from django.test import Client

from network_site.contact import LONGEST, Subject, is_timely, own_path, stamp
from tests.mail_server import closed_port, mail_server, silent_server
from tests.network_site.contact import TEXT, fields
from tests.network_site.test_headers import check_headers
from tests.pages import Page

SUPPORT = "support-unit@example.org"
HELP = "I or someone I know needs legal help"


@pytest.fixture
def post(client):
    return lambda address="/contact/", **changes: client.post(address, fields(**changes))


@pytest.fixture
def sent_to(settings):
    """Has mail sent to a port of this machine instead of being collected."""

    def use(port):
        settings.EMAIL_BACKEND = "network_site.mail.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port

    return use


def controls(page):
    """What a browser would send of the form on the page, by name."""
    values = {}
    for one in page.elements:
        if any(outer["id"] == "form" for outer in one.inside):
            if one.tag == "textarea":  # HTML leaves out a line feed that stands first
                values[one["name"]] = one.text.removeprefix("\n")
            elif one.tag == "input" and (one["type"] != "radio" or "checked" in one.attributes):
                values[one["name"]] = one["value"] or ""
    return values


def check_kept(response, **changes):
    """The form came back with what was typed, and may be sent again at once."""
    check_headers(response)
    assert "no-store" in response["Cache-Control"]
    page = Page(response)
    assert page.find("title")[0].text.startswith("Error: ")
    shown = controls(page)
    assert is_timely(shown.pop("stamp"), time.time())
    typed = fields(message=TEXT) | changes | {"homepage": ""}
    assert shown == {name: typed[name] for name in shown}
    assert typed.keys() - shown.keys() <= {"stamp", "subject"}
    return page


# The way to the form -----------------------------------------------------------------------------


def test_help_with_a_case_is_the_first_choice_and_leads_to_the_finder(client):
    page = Page(client.get("/contact/"))
    (choices,) = page.find("ul", class_="rows")
    first, *others = [one for one in page.find("li") if choices in one.inside]
    links = [one for one in page.find("a") if first in one.inside]
    assert links[0].text == HELP
    assert {one["href"] for one in links} == {"/"}
    assert "does not review claims of innocence" in first.text
    assert len(others) == len(Subject)
    assert [link for link in page.links() if link != "/"] == [
        f"/contact/?subject={subject}" for subject in Subject.values
    ]
    for tag in ("form", "input", "textarea"):
        assert not page.find(tag), "there is nothing to write a plea into"


@pytest.mark.parametrize("subject", Subject.values)
def test_a_subject_leads_to_the_form_with_the_way_to_help_before_it(client, subject):
    page = Page(client.get("/contact/", {"subject": subject}))
    assert controls(page)["subject"] == subject
    assert {one["value"] for one in page.find("input", name="subject")} == set(Subject.values)
    main = page.html[page.html.index("<main") :]
    assert "Find the organization for the place of the conviction" in main[: main.index("<form")]
    assert "We cannot review claims of innocence" in main[: main.index("<form")]
    assert "goes by e-mail to the Network Support Unit" in page.text()
    assert page.links("main")[0] == "/"
    assert f"mailto:{SUPPORT}" in page.links()


def test_the_form_is_sent_to_itself_and_comes_back_at_its_errors(client):
    (form,) = Page(client.get("/contact/?subject=media")).find("form")
    assert form["id"] == "form"
    assert form["action"] == "#form"
    assert form["method"] == "post"
    assert "novalidate" in form.attributes


@pytest.mark.parametrize("subject", ["", "legal-help", "qwxzvkj", "MEDIA", "\0", "<b>"])
def test_an_unknown_subject_shows_the_choices(client, subject):
    response = client.get("/contact/", {"subject": subject})
    check_headers(response)
    page = Page(response)
    assert page.status == 400
    assert page.find("title")[0].text.startswith("Error: ")
    assert "We do not know this subject" in page.text()
    assert HELP in page.text()


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("/members/innocence-project/", "/members/innocence-project/"),
        ("/regions/us-va/", "/regions/us-va/"),
        ("/", "/"),
        ("/nowhere/", ""),
        ("//fictional.example/", ""),
        ("https://fictional.example/", ""),
        ("/members/fictional/?place=x", ""),
        ("/regions/call this number/", ""),
        ("/regions/<b>/", ""),
        ("/members/\n", ""),
        ("\0", ""),
        ("/members/" + "x" * 500 + "/", ""),
        ("members", ""),
        ("", ""),
    ],
)
def test_only_a_page_of_this_site_is_filled_in(client, typed, shown):
    assert own_path(typed) == shown
    page = Page(client.get("/contact/", {"subject": "wrong-detail", "page": typed}))
    assert controls(page)["page"] == shown


def test_the_trap_is_out_of_sight_and_out_of_the_way_of_keys_and_voices(client):
    page = Page(client.get("/contact/?subject=media"))
    (trap,) = page.find("input", name="homepage")
    assert trap["tabindex"] == "-1"
    assert trap["autocomplete"] == "off"
    assert any(outer["aria-hidden"] == "true" for outer in trap.inside)
    assert page.find("label", for_="homepage")[0].text == "Leave this empty"


# A message is sent -------------------------------------------------------------------------------


def test_a_message_becomes_one_e_mail_to_the_support_unit(post, mailoutbox):
    response = post()
    assert (response.status_code, response["Location"]) == (302, "/contact/sent/")
    check_headers(response)
    (mail,) = mailoutbox
    assert mail.to == mail.recipients() == [SUPPORT]
    assert mail.from_email == "website@example.org"
    assert mail.reply_to == ["maria@fictional.example"]
    assert mail.subject == "Website: A wrong detail on this website"
    assert mail.content_subtype == "plain"
    assert mail.body == (
        "About: A wrong detail on this website\n"
        "Name: Maria Fictional\n"
        "E-mail: maria@fictional.example\n"
        "Page: /members/innocence-project/\n"
        f"\n{TEXT}\n"
    )
    assert not mail.attachments


def test_the_page_in_question_may_stay_unsaid(post, mailoutbox):
    assert post(page="").status_code == 302
    assert "\nPage: -\n" in mailoutbox[0].body


def test_who_has_sent_learns_where_help_is(client):
    response = client.get("/contact/sent/")
    check_headers(response)
    page = Page(response)
    assert page.status == 200
    assert page.find("meta", name="robots", content="noindex")
    assert "Your message was sent" in page.text()
    assert "cannot review it" in page.text()
    assert page.links() == ["/"]


def test_no_token_and_no_cookie_are_needed():
    visitor = Client(enforce_csrf_checks=True)
    assert visitor.get("/contact/?subject=media").status_code == 200
    assert visitor.post("/contact/", fields()).status_code == 302
    assert not visitor.cookies


# What was typed is not right ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"subject": ""}, "Choose what your message is about."),
        ({"subject": "legal-help"}, "Choose what your message is about."),
        ({"name": ""}, "Type your name."),
        ({"name": "x" * 201}, "at most 200 characters"),
        ({"email": ""}, "Type your e-mail address"),
        ({"email": "maria@"}, "Type an e-mail address like name@example.org."),
        ({"email": "maria@fictional.example, other@fictional.example"}, "Type an e-mail address"),
        ({"email": '"maria, other@x.example"@fictional.example'}, "Type an e-mail address"),
        ({"page": "x" * 501}, "at most 500 characters"),
        ({"message": ""}, "Type your message."),
        ({"message": "é" * 5001}, "Shorten it to 5,000 characters, please: it has 5001."),
    ],
)
def test_a_mistake_is_named_and_linked_and_all_that_was_typed_kept(
    post, mailoutbox, changes, message
):
    response = post(**changes)
    assert response.status_code == 400
    page = check_kept(response, **changes)
    (summary,) = page.find("div", class_="errors")
    assert message in summary.text
    (link,) = [one["href"] for one in page.find("a") if summary in one.inside]
    (wrong,) = [one for one in page.elements if one["id"] == link.removeprefix("#")]
    assert wrong["name"] == next(iter(changes))
    assert not mailoutbox


def test_several_mistakes_are_all_named(post):
    response = post(name="", email="maria@", message=" \r\n ")
    page = Page(response)
    assert page.links("form") == ["#id_name", "#id_email", "#id_message"]
    assert controls(page)["email"] == "maria@"


def test_a_line_end_counts_as_one_character(post, mailoutbox):
    text = "x\r\n" * 2499 + "xx"
    assert post(message=text).status_code == 302
    assert text.replace("\r\n", "\n") in mailoutbox[0].body


def test_a_browser_is_not_told_to_cut_a_message_off(client):
    (area,) = Page(client.get("/contact/?subject=media")).find("textarea")
    assert area["maxlength"] is None


def test_a_filled_trap_is_explained_and_emptied(post, mailoutbox):
    response = post(homepage="https://fictional.example/")
    assert response.status_code == 400
    page = check_kept(response)
    assert "A field that must stay empty was filled in" in page.text("form")
    assert not mailoutbox


# The signed time stamp ---------------------------------------------------------------------------


def test_a_stamp_is_good_from_some_seconds_to_a_day():
    for age, good in {0: False, 2: False, 3: True, LONGEST: True, LONGEST + 1: False}.items():
        assert is_timely(stamp(1000, wait=3), 1000 + age) is good
    assert not is_timely(stamp(1000, wait=0), 999)
    assert is_timely(stamp(1000, wait=0), 1000)


@pytest.mark.parametrize("typed", ["", "x", ":", "x:x:x", "W10:x", "é" * 50, stamp(0, 0)[:-1]])
def test_a_stamp_cannot_be_made_up(typed):
    assert not is_timely(typed, 1)


def test_a_form_that_is_sent_too_fast_comes_back_and_may_then_be_sent(client, mailoutbox):
    shown = controls(Page(client.get("/contact/?subject=media")))
    response = client.post("/contact/", fields(stamp=shown["stamp"]))
    assert response.status_code == 400
    page = check_kept(response)
    assert "sent very fast or was open for a long time" in page.text("form")
    assert not mailoutbox
    assert client.post("/contact/", controls(page)).status_code == 302
    assert len(mailoutbox) == 1


@pytest.mark.parametrize(
    "wrong", ["", "forged", stamp(0, wait=0)], ids=["missing", "forged", "too old"]
)
def test_a_form_without_a_good_stamp_comes_back(post, mailoutbox, wrong):
    response = post(stamp=wrong)
    assert response.status_code == 400
    assert "press “Send message” again" in check_kept(response).text("form")
    assert not mailoutbox


def test_a_stamp_is_not_spoken_of_while_something_else_is_wrong(post):
    page = Page(post(stamp="", name=""))
    assert page.links("form") == ["#id_name"]
    assert "very fast" not in page.text("form")


# The mail server fails ---------------------------------------------------------------------------


def check_not_sent(response):
    assert response.status_code == 503
    page = check_kept(response)
    assert "Your message was not sent." in page.text("form")
    (summary,) = page.find("div", class_="errors")
    (link,) = [one for one in page.find("a") if summary in one.inside]
    assert (link["href"], link.text) == (f"mailto:{SUPPORT}", SUPPORT)
    return page


def test_a_mail_server_that_is_down_is_told_and_the_text_kept(post, sent_to):
    with closed_port() as port:
        sent_to(port)
        check_not_sent(post())


@pytest.mark.parametrize(
    "answers", [{"EHLO": 421, "HELO": 421}, {"MAIL": 451}, {"RCPT": 550}, {"DATA": 552}], ids=str
)
def test_a_mail_server_that_refuses_is_told_and_the_text_kept(post, sent_to, answers):
    with mail_server(**answers) as server:
        sent_to(server.port)
        check_not_sent(post())
        assert not server.taken


def test_a_mail_server_that_says_nothing_is_not_waited_for(post, sent_to, settings):
    assert settings.EMAIL_TIMEOUT <= 5
    settings.EMAIL_TIMEOUT = 0.5
    with silent_server() as port:
        sent_to(port)
        begun = time.monotonic()
        check_not_sent(post())
        assert time.monotonic() - begun < 20


def test_a_mail_server_that_is_slow_at_every_step_is_not_waited_for(post, sent_to, settings):
    settings.EMAIL_TIMEOUT = 0.6
    with mail_server(pause=0.25) as server:
        sent_to(server.port)
        check_not_sent(post())
        assert not server.taken


def test_when_the_mail_server_is_back_the_form_that_came_back_is_sent(client, sent_to):
    with closed_port() as port:
        sent_to(port)
        page = check_not_sent(client.post("/contact/", fields()))
    with mail_server() as server:
        sent_to(server.port)
        assert client.post("/contact/", controls(page)).status_code == 302
        (mail,) = server.taken
    assert mail["Reply-To"] == "maria@fictional.example"
    assert TEXT in mail.get_content()


def test_an_error_that_nobody_thought_of_is_a_page_and_goes_into_no_mail(
    monkeypatch, settings, mailoutbox
):
    def fail(mail):
        raise RuntimeError(mail.body)

    monkeypatch.setattr(EmailMessage, "send", fail)
    settings.ADMINS = [("Fictional", "admin@fictional.example")]
    response = Client(raise_request_exception=False).post("/contact/", fields())
    check_headers(response)
    page = Page(response)
    assert page.status == 500
    assert "Maria" not in page.html
    assert "Something went wrong on our side" in page.text()
    assert not mailoutbox


# More than a form can hold -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        {"message": "x" * (site_settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)},
        {f"field{number}": "" for number in range(site_settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)},
    ],
    ids=["characters", "fields"],
)
@pytest.mark.parametrize("encoding", ["urlencoded", "multipart"])
def test_what_is_too_large_to_be_read_is_a_page_that_says_so(client, mailoutbox, data, encoding):
    address = "/contact/?subject=media"
    if encoding == "multipart":
        response = client.post(address, data)
    else:
        body = "&".join(f"{name}={value}" for name, value in data.items())
        response = client.post(address, body, content_type="application/x-www-form-urlencoded")
    check_headers(response)
    page = Page(response)
    assert page.status == 400
    assert page.find("title")[0].text.startswith("Error: ")
    assert "too large to be read" in page.text("form")
    assert controls(page)["subject"] == "media"
    assert not mailoutbox


def test_a_file_that_somebody_attaches_is_neither_kept_nor_sent(post, monkeypatch, mailoutbox):
    def fail(*args, **kwargs):
        raise AssertionError("on the disk")

    monkeypatch.setattr(TemporaryUploadedFile, "__init__", fail)
    large = SimpleUploadedFile("letter.pdf", b"x" * 3_000_000)
    assert post(letter=large).status_code == 302
    assert not mailoutbox[0].attachments


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "x", ""])
def test_another_kind_of_body_is_an_empty_form(client, content_type):
    response = client.generic("POST", "/contact/", b'{"name": "Maria"}', content_type)
    assert response.status_code == 400
    assert "Type your name." in Page(response).text("form")


def test_the_claimed_encoding_of_a_body_is_not_believed(client):
    """Its author could otherwise send half characters, which no page can be made of."""
    half = b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\n+2AA-\r\n--x--\r\n'
    response = client.generic(
        "POST", "/contact/", half, "multipart/form-data; boundary=x; charset=utf-7"
    )
    assert response.status_code == 400
    assert controls(Page(response))["name"] == "+2AA-"


@pytest.mark.parametrize("address", ["/contact/", "/contact/?subject=media"])
def test_a_shared_cache_keeps_no_stamp(client, address):
    assert "private" in client.get(address)["Cache-Control"]
