import gzip

import pytest
from django.test import Client

from tests.pages import PUBLIC

pytestmark = pytest.mark.django_db

MINUTE = "public, max-age=60"
FILES = ["/sitemap.xml", "/robots.txt", "/.well-known/security.txt", "/jobs/feed/", "/favicon.ico"]
MOVED = ["/regions/US-VA/", "/members/innocence-project-northwest/", "/members"]


def is_contact(address):
    return address.startswith("/contact/")


def kept_by_nobody(response):
    said = response["Cache-Control"]
    return "private" in said and "no-cache" in said and "public" not in said


@pytest.mark.parametrize(
    "address",
    [address for address, status in PUBLIC.values() if status == 200 and not is_contact(address)]
    + FILES
    + MOVED,
)
def test_any_cache_may_keep_what_is_public_for_a_minute(client, address):
    for response in (client.get(address), client.head(address)):
        assert response["Cache-Control"] == MINUTE
        assert response.get("Vary", "Accept-Encoding") == "Accept-Encoding"
        assert not response.cookies


@pytest.mark.parametrize(
    "address", [a for a, status in PUBLIC.values() if status >= 400 or is_contact(a)]
)
def test_errors_and_what_visitors_write_are_kept_by_nobody(client, address):
    assert kept_by_nobody(client.get(address))


@pytest.mark.parametrize("address", [a for a, status in PUBLIC.values() if status in (404, 410)])
def test_the_proxy_in_front_hears_first_how_long_a_page_is_gone(client, address):
    names = list(client.get(address).headers)
    assert names.index("X-Accel-Expires") < names.index("Cache-Control")


def test_what_is_not_read_with_get_is_kept_by_nobody(client):
    for answer in (client.post("/members/"), client.options("/members/"), client.put("/")):
        assert kept_by_nobody(answer)


def test_the_desk_is_kept_by_nobody(client, desk):
    addresses = ["/admin/", "/admin/login/", "/admin/members/organization/", "/admin/jsi18n/"]
    for address in addresses:
        for response in (client.get(address), desk.get(address)):
            assert kept_by_nobody(response), address


def test_a_failure_is_kept_by_nobody(monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("members.views.RegionListView.get_context_data", fail)
    response = Client(raise_request_exception=False).get("/regions/")
    assert response.status_code == 500
    assert kept_by_nobody(response)


def test_a_host_that_is_not_ours_is_told_nothing_to_keep(client):
    assert kept_by_nobody(client.get("/", headers={"host": "fictional.example"}))


@pytest.mark.parametrize("address", ["/", "/members/", "/sitemap.xml"])
def test_who_has_the_page_already_is_sent_nothing(client, address):
    whole = client.get(address, headers={"accept-encoding": "gzip"})
    tag = whole["ETag"]
    assert tag.startswith('W/"')
    again = client.get(address, headers={"accept-encoding": "gzip", "if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert (again["ETag"], again["Cache-Control"]) == (tag.removeprefix("W/"), MINUTE)
    assert client.get(address, headers={"if-none-match": '"other"'}).status_code == 200


def test_a_page_has_the_same_tag_however_it_is_compressed(client):
    plain = client.get("/members/")
    packed = [client.get("/members/", headers={"accept-encoding": "gzip"}) for _ in range(2)]
    assert {response["ETag"].removeprefix("W/") for response in packed} == {plain["ETag"]}
    assert all(gzip.decompress(response.content) == plain.content for response in packed)


def test_a_page_that_changed_has_another_tag(client, make_member):
    tag = client.get("/members/")["ETag"]
    make_member()
    assert client.get("/members/", headers={"if-none-match": tag}).status_code == 200
