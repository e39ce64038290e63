import logging
from urllib.parse import quote

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import path

from network_site.logs import Facts
from network_site.urls import urlpatterns as site_urls

CANARY = "canary-5d0c"


def broken(request, name):
    try:
        raise ValueError(f"{name} {request.POST}")
    except ValueError as error:
        raise RuntimeError(f"cannot {name}") from error


def full(request, name):
    return HttpResponse(status=503)


urlpatterns = [
    *site_urls,
    path("broken/<name>/", broken, name="broken"),
    path("full/<name>/", full, name="full"),
]


@pytest.fixture
def logged(caplog):
    """What was logged last, in the words of the site's formatter."""
    with override_settings(ROOT_URLCONF=__name__):
        yield lambda: Facts().format(caplog.records[-1])


def test_of_an_error_the_log_says_where_it_is_and_nothing_that_was_typed(logged):
    client = Client(raise_request_exception=False, headers={"user-agent": CANARY})
    client.post(f"/broken/{CANARY}/?q={CANARY}", {"message": CANARY})
    first, *rest = logged().splitlines()
    assert first.endswith("ERROR django.request: POST broken 500")
    assert "  builtins.RuntimeError" in rest
    assert "  builtins.ValueError" in rest
    assert any(line.startswith(f"    {__file__}:") and line.endswith(" broken") for line in rest)
    assert CANARY not in logged()


def test_an_address_that_is_not_there_is_not_logged_in_words(logged, caplog):
    caplog.set_level("WARNING", logger="django")
    Client().get(f"/{CANARY}/")
    assert logged().endswith("django.request: GET ? 404")


def test_a_host_that_is_not_ours_is_not_logged_in_words(logged):
    Client().get("/", headers={"host": f"{CANARY}.example"})
    assert "DisallowedHost" in logged()
    assert CANARY not in logged()


def test_a_made_up_method_is_not_logged_in_words(logged):
    Client().generic(CANARY, f"/full/{quote('ü')}/")
    assert logged().endswith("ERROR django.request: ? full 503")


def test_what_is_no_request_is_logged_in_its_own_words():
    record = logging.makeLogRecord({"name": "network_site", "msg": "%s left", "args": ("2",)})
    assert Facts().format(record).endswith("network_site: 2 left")


def test_errors_go_to_standard_error_and_to_nobody_by_mail():
    (handler,) = [one for one in logging.root.handlers if isinstance(one.formatter, Facts)]
    assert type(handler) is logging.StreamHandler
    names = ["django", "django.request", "django.security.csrf", "network_site.contact_views"]
    for logger in map(logging.getLogger, names):
        assert logger.isEnabledFor(logging.ERROR)
        assert not logger.handlers
        assert logger.propagate


def test_a_record_of_a_request_that_was_never_resolved_has_no_view():
    request = RequestFactory().get(f"/{CANARY}/")
    record = logging.makeLogRecord({"msg": CANARY, "request": request, "status_code": 400})
    assert Facts().format(record).endswith(": GET ? 400")
