"""Whatever is typed into the contact form, a page or one well-formed e-mail comes of it."""

import email
import email.policy
import time
from urllib.parse import quote_from_bytes

import pytest
from django.core import mail
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from network_site import rate_limit
from network_site.contact import LONGEST_MESSAGE, ContactForm
from tests.network_site.contact import fields

CLIENT = Client()
generated = settings(
    deadline=None,
    derandomize=True,
    max_examples=200,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
# What an e-mail of ours consists of, before the line that ends its header.
HEADERS = ["Content-Type", "MIME-Version", "Content-Transfer-Encoding", "Subject", "From", "To"]
HEADERS += ["Reply-To", "Date", "Message-ID"]
LINE_ENDS = ["\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]
INJECTED = "Bcc: other@fictional.example"
NASTY = [
    *LINE_ENDS,
    *(f"{end}{INJECTED}{end}" for end in LINE_ENDS),
    *("\0", "\x1b[2J", "\x7f", "\ud800", "\udfff", "\ufeff", "\uffff", "\U0010ffff", "\u200b"),
    *("\u202e", "\u2066", "\u200f", "مرحبا", "👩‍👩‍👧", "é", "ﬃ", "\u0301" * 50, "x" * 999, "."),
    *("=?utf-8?q?=0ABcc:_a@b.example?=", "%0ABcc:", "&#10;", "<b>", "{{ 7*7 }}", "From ", "\t"),
]
texts = st.lists(st.sampled_from(NASTY) | st.text(max_size=8), max_size=5).map("".join)
# Half of them are addresses but for one nasty thing in them.
addresses = st.builds(
    "{}{}@{}fictional.{}example".format, st.sampled_from(["maria", '"a b"', "m.é", ""]), texts,
    st.sampled_from(["", "münchen.", "xn--", "[", "a@"]), st.sampled_from(["", "\u3002", "."]),
) | texts  # fmt: skip


@pytest.fixture
def unlimited(monkeypatch):
    monkeypatch.setattr(rate_limit, "MOST", 10**9)
    monkeypatch.setattr(rate_limit, "MOST_FROM_ONE", 10**9)


def check_mail(message):
    """The e-mail as it goes over the wire has our headers, each once, and the text as its body."""
    parsed = email.message_from_bytes(message.message().as_bytes(), policy=email.policy.default)
    assert parsed.keys() == HEADERS
    assert not parsed.defects
    assert parsed["To"] == "support-unit@example.org"
    assert parsed["Subject"] == "Website: A wrong detail on this website"
    (answer_to,) = parsed["Reply-To"].addresses
    assert answer_to.domain
    assert message.recipients() == ["support-unit@example.org"]
    body = parsed.get_content()
    assert body == message.body
    about, name, address, page, empty = body.split("\n")[:5]
    assert about == "About: A wrong detail on this website"
    assert name.startswith("Name: ")
    assert address.startswith("E-mail: ")
    assert page.startswith("Page: ")
    assert empty == ""


@generated
@given(name=texts, address=addresses, page=texts, message=texts)
@example("Maria", "maria@fictional.example", "/", "x" * LONGEST_MESSAGE)
@example("\ud800 Maria", "maria@fictional.example", "\0", "\ud800 x")
@example("\u2028Bcc: x@y.example", "maria@fictional.example", f"\r\n{INJECTED}", f"x\n\n{INJECTED}")
@example("Maria", "maria@münchen.example", "", "x")
@example("Maria", '"a\x0bb"@fictional.example', "", "x")
@example("Maria", "maria@fictional.。example", "", "x")
@example("Maria", "maria@fictional，other@other.example", "", "x")
@example("Maria", "maria@[127.0.0.1]", "", "x")
@example("Maria", "maria@[IPv6:::1]", "", "x")
@example("Maria", "maria@fictional.example\r\nBcc: other@fictional.example", "", "x")
def test_what_the_form_takes_makes_a_mail_of_our_headers_only(name, address, page, message):
    typed = {"name": name, "email": address, "page": page, "message": message}
    form = ContactForm(fields(**typed), at=time.time())
    form.as_p().encode()  # what comes back can always be shown
    if form.is_valid():
        check_mail(form.as_email())
        assert len(form.cleaned_data["message"]) <= LONGEST_MESSAGE


@pytest.mark.parametrize("end", LINE_ENDS)
def test_every_kind_of_line_end_is_a_line_end_in_a_message_and_a_space_elsewhere(end):
    typed = {"name": f"Maria{end}{INJECTED}", "page": f"x{end}y", "message": f"one{end}two"}
    form = ContactForm(fields(**typed), at=time.time())
    assert form.is_valid()
    assert form.cleaned_data["name"] == f"Maria {INJECTED}"
    assert form.cleaned_data["page"] == "x y"
    assert form.cleaned_data["message"] == "one\ntwo"
    check_mail(form.as_email())


@pytest.mark.parametrize("end", LINE_ENDS)
def test_an_address_with_a_line_end_is_refused(end):
    for address in (f"maria@fictional.example{end}{INJECTED}", f"maria{end}@fictional.example"):
        form = ContactForm(fields(email=address), at=time.time())
        assert form.errors.keys() == {"email"}


def test_writing_that_runs_the_other_way_and_pictures_stay_as_they_are():
    text = "שלום مرحبا 👩‍👩‍👧 é"
    form = ContactForm(fields(name=text, message=text), at=time.time())
    assert form.is_valid()
    mail = email.message_from_bytes(
        form.as_email().message().as_bytes(), policy=email.policy.default
    )
    assert mail.get_content().count(text) == 2


@generated
@given(
    st.dictionaries(
        st.sampled_from(sorted(fields())),
        texts.map(lambda text: text.encode("utf-8", "surrogatepass")) | st.binary(max_size=40),
    )
)
@example({"stamp": b"\xed\xa0\x80:x"})
@example({"message": b"\xff\xfe", "name": b"\0"})
@example({"subject": b"\0", "homepage": b"\xe2\x80\xa8"})
def test_any_bytes_may_be_posted(unlimited, changes):
    sent = {name: value.encode() for name, value in fields().items()} | changes
    body = "&".join(f"{name}={quote_from_bytes(value)}" for name, value in sent.items())
    before = len(mail.outbox)
    response = CLIENT.generic("POST", "/contact/", body, "application/x-www-form-urlencoded")
    assert response.status_code in {302, 400}
    assert len(mail.outbox) - before == (response.status_code == 302)
    if response.status_code == 400:
        assert b"<h1>" in response.content
        assert not {"\0", "\ud800"} & set(response.content.decode())
    for one in mail.outbox[before:]:
        assert one.message().keys() == HEADERS


@generated
@given(subject=texts, page=texts)
def test_any_text_may_stand_behind_the_question_mark(subject, page):
    query = f"subject={quote_from_bytes(subject.encode('utf-8', 'surrogatepass'))}"
    query += f"&page={quote_from_bytes(page.encode('utf-8', 'surrogatepass'))}"
    for address in (query, query.replace("subject=", "subject=media&x=")):
        response = CLIENT.get("/contact/", QUERY_STRING=address)
        assert response.status_code in {200, 400}
        assert b"<h1>" in response.content
