import pytest
from django.test import Client
from django.urls import resolve

from tests.pages import Page

pytestmark = pytest.mark.django_db

POLICY = {
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}
FEATURES = {"camera", "display-capture", "geolocation", "microphone", "payment", "usb"}
ANSWERS = {
    "/": 200,
    "/find/?place=Texas": 200,
    "/members/innocence-project/": 200,
    "/sitemap.xml": 200,
    "/robots.txt": 200,
    "/regions/US-VA/": 301,
    "/members/innocence-project-northwest/": 301,
    "/members": 301,
    "/favicon.ico": 302,
    "/find/?place=": 400,
    "/members/?kind=x": 400,
    "/nowhere/": 404,
}


def values(response, name):
    """All values that were sent under a header's name."""
    return [value for header, value in response.items() if header.lower() == name.lower()]


def directives(response):
    (policy,) = values(response, "Content-Security-Policy")
    return {part.strip() for part in policy.split(";")}


def check_headers(response):
    assert directives(response) == POLICY
    assert values(response, "Referrer-Policy") == ["same-origin"]
    assert values(response, "X-Content-Type-Options") == ["nosniff"]
    assert values(response, "X-Frame-Options") == ["DENY"]
    (permissions,) = values(response, "Permissions-Policy")
    assert {part.strip() for part in permissions.split(",")} == {f"{f}=()" for f in FEATURES}
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


@pytest.mark.parametrize(("address", "status"), ANSWERS.items())
def test_every_answer_carries_each_header_once(client, address, status):
    response = client.get(address)
    assert response.status_code == status
    check_headers(response)


def test_a_visit_without_tls_is_led_to_https_with_the_headers(settings):
    settings.SECURE_SSL_REDIRECT = True
    response = Client().get("/find/?place=Texas")
    assert response.status_code == 301
    assert response["Location"] == "https://testserver/find/?place=Texas"
    check_headers(response)


@pytest.mark.parametrize("method", ["post", "put", "delete", "options"])
def test_a_refused_method_carries_the_headers(client, method):
    response = getattr(client, method)("/find/")
    assert response.status_code == (200 if method == "options" else 405)
    check_headers(response)


def test_a_host_that_is_not_ours_is_refused_with_the_headers(client):
    response = client.get("/", headers={"host": "fictional.example"})
    assert response.status_code == 400
    check_headers(response)
    assert "fictional.example" not in response.content.decode()


@pytest.mark.parametrize("address", ["/", "/find/?place=Texas", "/members/"])
def test_a_failure_is_a_page_with_the_headers_that_says_where_help_is(monkeypatch, address):
    def fail(*args, **kwargs):
        raise RuntimeError("fictional failure")

    view = resolve(address.partition("?")[0]).func.view_class
    monkeypatch.setattr(view, "get_context_data", fail)
    response = Client(raise_request_exception=False).get(address)
    check_headers(response)
    page = Page(response)
    assert page.status == 500
    assert "fictional failure" not in page.html
    assert "Something went wrong on our side" in page.text()
    assert page.find("form", action="/find/")
    assert "/regions/" in page.links()
    assert "does not review claims of innocence" in page.html


def test_only_the_admin_may_run_its_own_scripts(client, desk):
    for response in (client.get("/admin/login/"), desk.get("/admin/")):
        assert response.status_code == 200
        assert directives(response) == POLICY | {"script-src 'self'", "connect-src 'self'"}
    assert directives(client.get("/")) == POLICY, "the policy of the next answer is its own"


def test_visits_in_a_row_set_no_cookie(client):
    for address in ANSWERS:
        client.get(address)
    assert not client.cookies
