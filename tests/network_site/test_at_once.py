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
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from jobs.admin import JobOpeningAdmin
from jobs.models import JobOpening
from members.admin.organizations import OrganizationAdmin
from members.models import Organization
from network_site import second_factor
from statements.models import Edition, Statement
from tests.members import exchange, history_pages
from tests.members.desk_forms import problems as forms_say
from tests.members.desk_forms import typed
from tests.members.history_pages import page_of, way_back
from tests.network_site.databases import SERVER, new_database
from tests.network_site.staff import code_of, give_code, give_password

pytestmark = pytest.mark.skipif(not SERVER, reason="about several connections to PostgreSQL")

IMPORT = "/admin/jobs/jobopening/import/"
SECONDS = 10  # that anything may take
# The record is saved, and what is said of it in the log: only the end of the transaction is left.
SAVED = (ModelAdmin, "log_change")


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


# The forms ---------------------------------------------------------------------------------------


@pytest.fixture
def organization(make_member):
    return make_member(covers=["US-VA"], phone="555 0100", slug="fictional")


def delete_page(browser, record):
    return browser.post(page_of(record, "delete"), {"post": "yes"})


def saving(browser, record, **fields):
    """The call that saves the record's form with these fields, opened now."""
    address = page_of(record, "change")
    return partial(browser.post, address, typed(browser.get(address)) | fields)


def stored(record):
    return type(record).objects.get(pk=record.pk)


def test_of_two_who_save_a_record_at_once_the_second_is_told(at_once, sign_in, organization):
    first, second = at_once(
        saving(sign_in("editor"), organization, phone="555 0111"),
        saving(sign_in("editor"), organization, phone="555 0122"),
        middle=SAVED,
    )
    assert first.status_code == 302
    assert "Phone – saved now: 555 0111" in forms_say(second)
    assert stored(organization).phone == "555 0111"


def test_of_two_who_save_an_account_at_once_the_second_is_told(at_once, sign_in):
    colleague, first, second = (sign_in(role) for role in ("editor", "manager", "manager"))
    publisher = Group.objects.get(name="publisher")
    first, second = at_once(
        saving(first, colleague.user, role=publisher.pk),
        saving(second, colleague.user, first_name="Maria"),
        middle=SAVED,
    )
    assert first.status_code == 302
    assert "Role – saved now: publisher" in forms_say(second)
    assert list(colleague.user.groups.all()) == [publisher]


def test_who_saves_what_is_being_deleted_keeps_what_was_typed(at_once, sign_in, organization):
    publisher = sign_in("publisher")
    first, second = at_once(
        partial(delete_page, publisher, organization),
        saving(sign_in("editor"), organization, phone="555 0122"),
        middle=(OrganizationAdmin, "delete_model"),
    )
    assert first.status_code == 302
    assert "Somebody deleted this record" in forms_say(second)
    assert typed(second)["phone"] == "555 0122"


# The other ways to change a record ---------------------------------------------------------------


@pytest.mark.parametrize("verb", ["publish", "withdraw"])
def test_a_verb_waits_for_who_saves_and_is_refused(at_once, sign_in, organization, verb):
    organization.published = verb == "withdraw"
    organization.save()
    publisher = sign_in("publisher")
    address = page_of(organization, verb)
    asked = {"confirmed": "x", "seen": publisher.get(address).context["seen"]}
    at_once(
        saving(sign_in("editor"), organization, phone="555 0111"),
        partial(publisher.post, address, asked),
        middle=SAVED,
    )
    assert "nothing is done yet" in str(history_pages.said(publisher.get("/admin/")))
    assert stored(organization).published is (verb == "withdraw")
    assert stored(organization).phone == "555 0111"


def test_a_line_of_a_file_waits_for_who_saves_and_is_refused(at_once, sign_in, organization):
    publisher = sign_in("publisher")
    row = {"slug": "fictional", "version": organization.version, "phone": "555 0122"}
    preview = exchange.sent(publisher, [row])
    _first, second = at_once(
        saving(sign_in("editor"), organization, phone="555 0111"),
        partial(exchange.confirmed, publisher, preview),
        middle=SAVED,
    )
    assert [column for _line, column, _words in exchange.problems(second)] == ["version"]
    assert stored(organization).phone == "555 0111"


def test_a_way_back_waits_for_who_saves_and_is_refused(at_once, sign_in, organization):
    organization.phone = "555 0101"
    organization.save()
    publisher = sign_in("publisher")
    address = way_back(organization, to=2)
    asked = history_pages.asked(publisher.get(address))
    _first, second = at_once(
        saving(sign_in("editor"), organization, phone="555 0111"),
        partial(publisher.post, address, asked),
        middle=SAVED,
    )
    assert "Somebody else saved this record" in second.text
    assert stored(organization).phone == "555 0111"


def test_of_two_who_bring_a_record_back_at_once_the_second_is_told(at_once, sign_in, organization):
    publisher = sign_in("publisher")
    delete_page(publisher, organization)
    address = way_back(organization, to=1)
    asked = history_pages.asked(publisher.get(address))
    bring_back = partial(publisher.post, address, asked)
    first, second = at_once(bring_back, bring_back, middle=(ModelAdmin, "log_addition"))
    assert first.status_code == 302
    assert "Somebody else saved this record" in second.text
    assert Organization.history.filter(id=organization.pk, history_type="+").count() == 2


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


# Deleting ----------------------------------------------------------------------------------------


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
    first, second = at_once(publish, partial(delete, browser, draft), middle=SAVED)
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
    at_once(publish, refused, middle=SAVED)
    assert Edition.objects.get(pk=draft.pk).published


# Signing in --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [TOTPDevice, StaticDevice])
def test_a_code_that_two_send_at_once_lets_one_of_them_in(at_once, user, kind):
    app, codes = second_factor.add_app(user), second_factor.new_recovery_codes(user)
    code = code_of(app) if kind is TOTPDevice else codes[0]
    browsers = [Client(), Client()]
    for browser in browsers:
        give_password(browser)
    calls = [partial(give_code, browser, code) for browser in browsers]
    first, second = at_once(*calls, middle=(kind, "verify_token"))
    assert (first.status_code, second.status_code) == (302, 200)
