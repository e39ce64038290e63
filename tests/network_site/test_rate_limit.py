from pathlib import Path

import pytest
from django.test import Client

from network_site.rate_limit import HOUR, MOST, MOST_FROM_ONE, household, seconds_to_wait
from tests.network_site.contact import TEXT, fields
from tests.network_site.test_headers import check_headers
from tests.pages import Page

AT = 1000 * HOUR


def send(address, at=AT, times=1):
    return [seconds_to_wait(address, at) for _ in range(times)]


def test_one_address_may_send_so_many_in_an_hour():
    assert not any(send("192.0.2.1", times=MOST_FROM_ONE))
    assert send("192.0.2.1", AT + 600) == [HOUR - 600]
    assert send("192.0.2.2") == [0], "others are not held up"
    assert send("192.0.2.1", AT + HOUR) == [0], "and the next hour begins anew"


def test_all_together_may_send_so_many_in_an_hour():
    assert not any(send(f"192.0.2.{number}")[0] for number in range(MOST))
    assert send("192.0.2.200") == [HOUR]
    assert send("192.0.2.200", AT + HOUR) == [0]


def test_an_unknown_address_is_only_counted_among_all():
    assert not any(send("", times=MOST_FROM_ONE + 1))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("fictional", "fictional", True),
        ("fictional", "other", False),
    ],
)
def test_what_a_visitor_can_change_at_will_is_one(one, other, same):
    assert (household(one) == household(other)) is same


def test_the_address_is_kept_as_a_hash_only(settings):
    send("192.0.2.1")
    files = [path for path in Path(settings.COUNTS_DIR).rglob("*") if path.is_file()]
    assert len(files) == 2
    assert not any("192.0.2.1" in f"{path}{path.read_text()}" for path in files)


def test_a_directory_that_fails_stops_nobody(settings, tmp_path):
    settings.COUNTS_DIR = tmp_path / "file"
    settings.COUNTS_DIR.touch()
    assert not any(send("192.0.2.1", times=MOST_FROM_ONE + 1))


# In the view -------------------------------------------------------------------------------------


def fill_up(address):
    visitor = Client(REMOTE_ADDR=address)
    for _ in range(MOST_FROM_ONE):
        assert visitor.post("/contact/", fields()).status_code == 302


def test_who_sends_too_much_keeps_the_text_and_learns_where_to_write(mailoutbox):
    fill_up("192.0.2.1")
    response = Client(REMOTE_ADDR="192.0.2.1").post("/contact/", fields())
    check_headers(response)
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= HOUR
    page = Page(response)
    assert "Your message was not sent." in page.text("form")
    assert "mailto:support-unit@example.org" in page.links("form")
    assert page.find("textarea")[0].text.removeprefix("\n") == TEXT
    assert len(mailoutbox) == MOST_FROM_ONE
    assert Client(REMOTE_ADDR="192.0.2.2").post("/contact/", fields()).status_code == 302


def test_a_mistake_does_not_count():
    visitor = Client(REMOTE_ADDR="192.0.2.1")
    for _ in range(MOST_FROM_ONE + 1):
        assert visitor.post("/contact/", fields(name="")).status_code == 400
    assert visitor.post("/contact/", fields()).status_code == 302


def test_a_header_that_anybody_can_send_is_not_believed():
    fill_up("192.0.2.1")
    visitor = Client(REMOTE_ADDR="192.0.2.1")
    claimed = {"X-Real-IP": "192.0.2.9", "X-Forwarded-For": "192.0.2.9"}
    assert visitor.post("/contact/", fields(), headers=claimed).status_code == 429


def test_behind_a_proxy_the_address_is_the_one_that_it_tells(settings):
    settings.CLIENT_ADDRESS_HEADER = "X-Real-IP"
    proxy = Client(REMOTE_ADDR="127.0.0.1")
    for _ in range(MOST_FROM_ONE):
        told = {"X-Real-IP": "192.0.2.1"}
        assert proxy.post("/contact/", fields(), headers=told).status_code == 302
    assert proxy.post("/contact/", fields(), headers=told).status_code == 429
    assert proxy.post("/contact/", fields(), headers={"X-Real-IP": "192.0.2.2"}).status_code == 302
    assert proxy.post("/contact/", fields()).status_code == 302
