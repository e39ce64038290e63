"""Two people, or two clicks, in the same moment: on PostgreSQL neither waits unless it is told to.

On SQLite who writes has the whole database, so that no two are ever in the middle of it.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from urllib.parse import urlsplit

import pytest
from django.db import connection

from jobs.admin import JobOpeningAdmin
from jobs.models import JobOpening
from tests.members import exchange
from tests.network_site.databases import SERVER, new_database

pytestmark = pytest.mark.skipif(not SERVER, reason="about several connections to PostgreSQL")

IMPORT = "/admin/jobs/jobopening/import/"
SECONDS = 10  # that anything may take


@pytest.fixture
def db(django_db_setup, django_db_blocker, tmp_path):
    """A copy of the database, in which what is saved is there for everybody."""
    shared = connection.settings_dict
    name = shared["NAME"]
    with django_db_blocker.unblock(), new_database(tmp_path, copied=True) as copy:
        shared["NAME"] = urlsplit(copy.url).path.removeprefix("/")
        connection.close()
        yield
        shared["NAME"] = name
        connection.close()


def somebody_waits():
    """Whether a connection is held up by what this one has locked."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks"
            " WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
        )
        return cursor.fetchone()[0] > 0


@pytest.fixture
def at_once(monkeypatch):
    """Gives the answers to two calls: the second begins in the middle of the first.

    That is, when the first has done what ``middle`` names; it goes on when the second is done, or
    held up by it.
    """

    def at_once(first, second, *, middle):
        owner, name = middle
        step, answers = getattr(owner, name), []
        pool = ThreadPoolExecutor(1)

        def closing(call):
            try:
                return call()
            finally:
                connection.close()

        def with_the_second_in_between(*args, **kwargs):
            done = step(*args, **kwargs)
            if not answers:
                answers.append(pool.submit(closing, second))
                end = time.monotonic() + SECONDS
                while not (answers[0].done() or somebody_waits()):
                    assert time.monotonic() < end
                    time.sleep(0.01)
            return done

        monkeypatch.setattr(owner, name, with_the_second_in_between)
        with pool:
            return first(), answers[0].result(SECONDS)

    return at_once


def test_a_double_click_on_import_imports_once(at_once, sign_in, make_member):
    make_member("Fictional Hiring Project", slug="fictional")
    row = {"number": "", "organization": "fictional", "title": "Fictional investigator"}
    row |= {"kind": "investigator", "description": "Fictional text."}
    desk = sign_in("publisher")
    preview = exchange.sent(desk, [row], IMPORT)
    click = partial(exchange.confirmed, desk, preview, IMPORT)
    first, second = at_once(click, click, middle=(JobOpeningAdmin, "log"))
    assert first.status_code == 302
    assert second.status_code == 409
    assert "has an opening with this title already" in second.text
    assert JobOpening.objects.filter(title=row["title"]).count() == 1
