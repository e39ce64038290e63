"""Two people, or two clicks, in the same moment: on PostgreSQL neither waits unless it is told to.

On SQLite who writes has the whole database, so that no two are ever in the middle of it.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from urllib.parse import urlsplit

import pytest
from django.contrib.admin import ModelAdmin
from django.contrib.admin.models import DELETION, LogEntry
from django.core.exceptions import ValidationError
from django.db import connection

from jobs.admin import JobOpeningAdmin
from jobs.models import JobOpening
from statements.models import Edition, Statement
from tests.members import exchange
from tests.members.history_pages import page_of
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


@pytest.fixture
def draft(request, make_member):
    """A draft that anybody who may change it may delete, as long as it is one."""
    if request.param is JobOpening:
        fields = {"organization": make_member("Fictional Hiring Project")}
        fields |= {"title": "Fictional clerk", "kind": "attorney", "description": "Fictional text."}
    else:
        fields = {"statement": Statement.objects.create(title="Fictional", slug="fictional")}
        fields |= {"excerpt": "Fictional excerpt.", "body": "Fictional text."}
    return request.param.objects.create(**fields)


def delete_page(browser, record):
    return browser.post(page_of(record, "delete"), {"post": "yes"})


def delete_action(browser, record):
    data = {"action": "delete_selected", "_selected_action": [record.pk], "post": "yes"}
    return browser.post(page_of(record, "changelist"), data)


@pytest.mark.parametrize(
    ("draft", "role", "delete"),
    [
        (JobOpening, "editor", delete_page),
        (Edition, "editor", delete_page),
        (Edition, "publisher", delete_action),
    ],
    indirect=["draft"],
)
def test_a_draft_that_is_published_in_the_same_moment_is_not_deleted(
    at_once, sign_in, draft, role, delete
):
    publish = partial(sign_in("publisher").post, page_of(draft, "publish"), {"confirmed": "x"})
    browser = sign_in(role)
    first, second = at_once(
        publish, partial(delete, browser, draft), middle=(ModelAdmin, "log_change")
    )
    assert (first.status_code, second.status_code) == (302, 403)
    assert type(draft).objects.get(pk=draft.pk).published
    assert not LogEntry.objects.filter(action_flag=DELETION).exists()


@pytest.mark.parametrize("draft", [Edition], indirect=True)
@pytest.mark.parametrize("change", ["save", "delete"])
def test_an_edition_that_is_published_in_the_same_moment_refuses_every_change(
    at_once, sign_in, draft, change
):
    def refused():
        with pytest.raises(ValidationError, match="can be neither changed nor deleted"):
            getattr(draft, change)()

    publish = partial(sign_in("publisher").post, page_of(draft, "publish"), {"confirmed": "x"})
    at_once(publish, refused, middle=(ModelAdmin, "log_change"))
    assert Edition.objects.get(pk=draft.pk).published
