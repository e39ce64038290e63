"""The site as deploy/postgresql.sql has it: one role owns the tables, another reads and writes."""

import re
import subprocess
from contextlib import ExitStack
from http.cookiejar import CookieJar
from pathlib import Path
from secrets import token_hex
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, build_opener

import psycopg
import pytest
from django.db import connection

from tests.browser.server import serving
from tests.browser.staff import code_of, new_account
from tests.network_site.databases import ROOT, SERVER, Site, named, on_the_server, path_with_tools

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not SERVER, reason="about roles of PostgreSQL"),
]


@pytest.fixture(scope="module")
def sites(django_db_setup, django_db_blocker, tmp_path_factory):
    """The site as its owner and as itself; the tables are the owner's, from a backup."""
    directory = tmp_path_factory.mktemp("roles")
    database, owner, application = (f"test-{kind}-{token_hex(4)}" for kind in "doa")
    names = {"database": database, "owner": owner, "application": application}
    command = ["psql", "--no-psqlrc", f"--dbname={SERVER}", "--file=deploy/postgresql.sql"]
    command += [f"--set={name}={value}" for name, value in names.items()]
    for _ in range(2):  # which may be run again
        done = subprocess.run(
            command, cwd=ROOT, env={"PATH": path_with_tools()}, capture_output=True, text=True
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    try:
        with django_db_blocker.unblock():
            loaded = Site(directory, named(connection.settings_dict["NAME"]))
        assert loaded.manage("backup").returncode == 0
        (made,) = loaded.backups.glob("*.dump")
        of_owner = Site(directory, named(database, user=owner))
        done = of_owner.manage("restore", made)
        assert done.returncode == 0, done.stderr
        yield of_owner, Site(directory, named(database, user=application))
    finally:
        on_the_server("DROP DATABASE IF EXISTS {} WITH (FORCE)", database)
        on_the_server("DROP ROLE IF EXISTS {}, {}", owner, application)


@pytest.fixture
def site(sites):
    return sites[1]


@pytest.fixture(scope="module")
def processes(sites):
    """Where two processes of the site are served that know nothing of each other."""
    site = sites[1]
    site.variables |= {
        "DJANGO_SETTINGS_MODULE": "tests.browser.settings",
        "TEST_STATIC_ROOT": str(site.directory / "static"),
    }
    assert site.manage("collectstatic", "--no-input").returncode == 0
    with ExitStack() as stack:
        yield [stack.enter_context(serving(site.variables)) for _ in range(2)]


@pytest.fixture
def account(processes, site):
    return new_account(site.variables)


class Browser:
    def __init__(self):
        self.opener = build_opener(HTTPCookieProcessor(CookieJar()))

    def open(self, address, fields=None):
        """Where it led to, the status and the page."""
        data = None if fields is None else urlencode(fields).encode()
        try:
            answer = self.opener.open(address, data, timeout=30)
        except HTTPError as error:
            answer = error
        with answer:
            return urlsplit(answer.url).path, answer.status, answer.read().decode()

    def fill_in(self, address, **fields):
        page = self.open(address)[2]
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
        return self.open(address, {"csrfmiddlewaretoken": token, **fields})


def test_the_site_reads_its_pages_and_writes_its_rows(processes, site):
    for path in ("/", "/members/", "/find/?place=Texas", "/jobs/", "/healthz"):
        assert Browser().open(processes[0] + path)[1] == 200, path
    printed = site.run(
        "one = Organization.objects.first()\none.name = 'Fictional Innocence Project'\none.save()\n"
        "JobOpening.objects.first().delete()\n"
        "print(one.history.first().name, User.objects.create_user('kim').pk > 0)"
    )
    assert printed.split("\n")[0] == "Fictional Innocence Project True"


def test_who_signs_in_at_one_process_is_known_at_the_other(processes, account):
    browser, (first, second) = Browser(), processes
    credentials = {"username": account.name, "password": account.password}
    path, status, _ = browser.fill_in(f"{first}/admin/login/", **credentials)
    assert status == 200
    path, _, page = browser.fill_in(second + path, code=code_of(account.key))
    assert path == "/admin/"
    assert account.name in page
    assert account.name in browser.open(f"{first}/admin/")[2]


def test_failures_at_both_processes_are_counted_together(processes, account):
    def attempt(where, password):
        credentials = {"username": account.name, "password": password}
        return Browser().fill_in(f"{where}/admin/login/", **credentials)[1]

    first, second = processes
    assert [attempt(where, "wrong") for where in (first, second, first, second)] == [200] * 4
    assert attempt(first, "wrong") == 429
    assert attempt(second, account.password) == 429


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE more (id int)",
        "CREATE TEMPORARY TABLE more (id int)",
        "CREATE SCHEMA more",
        "CREATE INDEX ON members_organization (name)",
        "CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "ALTER TABLE members_organization ADD COLUMN more int",
        "DROP TABLE members_historicalorganization",
        "TRUNCATE members_historicalorganization",
        "CREATE DATABASE more",
        "CREATE ROLE more",
        "ALTER ROLE CURRENT_USER SUPERUSER",
        "COPY members_region TO PROGRAM 'cat'",
        "SELECT pg_read_file('/etc/hostname')",
        "SELECT usename, passwd FROM pg_shadow",
    ],
)
def test_the_site_can_do_nothing_but_that(site, statement):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        site.execute(statement)


def test_the_site_cannot_become_the_owner(sites):
    owner = urlsplit(sites[0].url).username
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        sites[1].execute(f'SET ROLE "{owner}"')


def test_the_owner_changes_tables_and_not_the_server(sites):
    owner, site = sites
    owner.execute("CREATE TABLE later (id serial)")
    site.execute("INSERT INTO later DEFAULT VALUES", "DELETE FROM later")
    owner.execute("DROP TABLE later")
    assert owner.manage("migrate", "--check").returncode == 0
    for statement in ("CREATE DATABASE more", "CREATE ROLE more"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            owner.execute(statement)


def test_the_site_cannot_replace_its_content_by_a_backup_either(sites):
    owner, site = sites
    before = owner.content("members_organization", "auth_user")
    done = site.manage("restore", next(owner.backups.glob("*Z.dump")), "--yes")
    assert done.returncode == 1
    assert "Nothing was changed. psql failed:" in done.stderr
    assert "must be owner of table" in done.stderr
    assert owner.content("members_organization", "auth_user") == before


@pytest.mark.parametrize(
    ("limit", "of_site"),
    [
        ("statement_timeout", "10s"),
        ("lock_timeout", "5s"),
        ("idle_in_transaction_session_timeout", "30s"),
    ],
)
def test_the_site_waits_for_nothing_forever_but_migrations_may_take_long(sites, limit, of_site):
    def shown(site):
        with psycopg.connect(site.url) as database:
            return database.execute(f"SHOW {limit}").fetchone()[0]

    assert [shown(site) for site in sites] == ["0", of_site]


def test_no_word_of_a_failed_query_is_in_the_log(sites):
    owner, site = sites
    log = Path(site.url.partition("host=")[2], "log")
    if not log.is_absolute():
        pytest.skip("The server is another one than the tests' own, and so is its log.")
    with pytest.raises(psycopg.errors.UndefinedTable):
        owner.execute("SELECT 'typed by the owner' FROM nowhere")
    with pytest.raises(psycopg.errors.UndefinedTable):
        site.execute("SELECT 'typed by a visitor' FROM nowhere")
    said = log.read_text()
    assert said.count('relation "nowhere" does not exist') >= 2
    assert "typed by the owner" in said
    assert "typed by a visitor" not in said


def test_the_server_does_not_note_what_the_site_is_asking(sites):
    def shown(site):
        with psycopg.connect(site.url) as database:
            asked = "SELECT query FROM pg_stat_activity WHERE pid = pg_backend_pid()"
            return database.execute(asked).fetchone()[0]

    assert ["pg_stat_activity" in shown(site) for site in sites] == [True, False]


def test_somebody_who_is_no_role_of_the_site_stays_out(sites):
    name = f"test-stranger-{token_hex(4)}"
    on_the_server("CREATE ROLE {} LOGIN", name)
    try:
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(named(urlsplit(sites[0].url).path[1:], user=name))
    finally:
        on_the_server("DROP ROLE {}", name)
