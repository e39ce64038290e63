import pytest
from django.db import InterfaceError, OperationalError, ProgrammingError, connection

from tests.network_site.test_headers import check_headers

pytestmark = pytest.mark.django_db


def check_answer(response, status, text):
    check_headers(response)
    assert response.status_code == status
    assert response.content.decode() == text
    assert response["Content-Type"].startswith("text/plain")
    assert "no-store" in response["Cache-Control"]


def test_all_is_well_while_the_database_answers(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        check_answer(client.get("/healthz"), 200, "ok")
    assert client.head("/healthz").status_code == 200
    assert client.post("/healthz").status_code == 405


@pytest.mark.parametrize("error", [OperationalError, InterfaceError, ProgrammingError])
def test_all_is_not_well_when_it_does_not(client, error):
    def fail(*args):
        raise error("password of nobody")

    with connection.execute_wrapper(fail):
        check_answer(client.get("/healthz"), 503, "database down")
