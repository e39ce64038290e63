import datetime

import pytest

from network_site.views import months_on
from tests.network_site.test_headers import check_headers


@pytest.fixture
def fields(client):
    response = client.get("/.well-known/security.txt")
    check_headers(response)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    text = response.content.decode("ascii")
    assert text.endswith("\n")
    pairs = [line.split(": ", 1) for line in text.splitlines()]
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


def test_it_says_whom_to_write_to_and_where_it_stands(fields):
    assert fields["Contact"] == "mailto:support-unit@example.org"
    assert fields["Canonical"] == "https://testserver/.well-known/security.txt"
    assert fields["Preferred-Languages"] == "en"


def test_it_expires_some_months_from_now(fields):
    left = datetime.datetime.fromisoformat(fields["Expires"]) - datetime.datetime.now(datetime.UTC)
    assert datetime.timedelta(days=300) < left < datetime.timedelta(days=365)


@pytest.mark.parametrize(
    ("day", "first"),
    [
        ((2026, 1, 1), (2026, 12, 1)),
        ((2026, 1, 31), (2026, 12, 1)),
        ((2026, 2, 1), (2027, 1, 1)),
        ((2026, 12, 31), (2027, 11, 1)),
        ((2028, 2, 29), (2029, 1, 1)),
    ],
)
def test_it_changes_once_a_month(day, first):
    assert months_on(11, datetime.date(*day)) == datetime.date(*first)


def test_an_address_with_a_sign_is_written_as_a_link(client, settings):
    settings.SUPPORT_UNIT_EMAIL = "support+web@fictional.example"
    text = client.get("/.well-known/security.txt").content.decode()
    assert text.startswith("Contact: mailto:support%2Bweb@fictional.example\n")
