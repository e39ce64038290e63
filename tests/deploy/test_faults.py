"""What visitors notice when parts of the site break, and how long it lasts."""

import os
import shutil
import signal
import threading
import time
from contextlib import contextmanager, suppress

import psycopg
import pytest

from tests.deploy.site import wait_until
from tests.deploy.visitor import Crowd, Visitor, once, title
from tests.mail_server import closed_port
from tests.network_site.contact import fields

pytestmark = pytest.mark.deploy

# How long the database is away; the figures in the README are with 30.
SECONDS = float(os.environ.get("FAULT_SECONDS", "5"))
WARM = ["/", "/members/", "/regions/", "/regions/us-tx/", "/jobs/", "/guide/"]
COLD = "/members/?name=fictional-{}"


@pytest.fixture
def warm(site):
    """The site when nginx has its pages."""
    for path in WARM:
        assert once(site, path).status == 200
    return site


@pytest.fixture
def report(capsys):
    """Prints a line of the table that the README has."""

    def line(fault, crowd=None, recovered=None):
        reads = f"{len(crowd.failures)} of {crowd.answers}" if crowd else "none"
        after = "" if recovered is None else f"{recovered:.1f} s"
        with capsys.disabled():
            print(f"\n| {fault} | {reads} | {after} |")

    return line


def is_well(site):
    return once(site, "/healthz").status == 200


def fill(path):
    """Writes into the file until the disk takes no more."""
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(65536)):
            pass


def serves(site, path, what):
    """Whether the page shows it, now."""
    return what in once(site, path).body.decode()


def write(site, rows):
    """Adds to the rows each that the database has promised to keep, until it is gone."""
    connection = psycopg.connect(site.database.url, autocommit=True)
    connection.execute("CREATE TABLE fictional (number integer)")
    with connection, suppress(psycopg.OperationalError):
        while True:
            connection.execute("INSERT INTO fictional VALUES (1)")
            rows.append(1)


# Processes ---------------------------------------------------------------------------------------


def test_a_killed_worker_costs_no_read(warm, report):
    killed = [warm.workers(name)[0] for name in "ab"]
    with Crowd(warm, [*WARM, *(COLD.format(n) for n in range(50))]) as crowd:
        for pid in killed:
            time.sleep(0.5)
            os.kill(pid, signal.SIGKILL)

        def replaced():
            workers = [*warm.workers("a"), *warm.workers("b")]
            return len(workers) == 4 and not set(workers) & set(killed)

        recovered = wait_until(replaced)
        for number in range(20):
            assert once(warm, COLD.format(f"now-{number}")).status == 200
    report("a worker of each instance killed", crowd, recovered)
    assert crowd.answers > 100
    assert not crowd.failures


def test_a_killed_instance_costs_no_read_and_loses_no_message(warm, report):
    """The other one serves; started again by the line of its unit, this one does."""
    mail = warm.directory / "mail"
    taken = 0
    with Crowd(warm, [*WARM, *(COLD.format(n) for n in range(50))]) as crowd:
        for number in range(12):
            visitor = Visitor(warm, f"127.0.5.{number + 1}")
            taken += visitor.post("/contact/", fields()).status == 302
            visitor.close()
            if number == 3:
                warm.kill("a")
            if number == 8:
                warm.start("a")
        warm.kill("b")
        recovered = wait_until(lambda: is_well(warm))
    report("an instance killed, master and workers, then the other one", crowd, recovered)
    assert crowd.answers > 100
    assert not crowd.failures
    # One that was being sent in the very moment is not sent twice, and its visitor is told.
    assert taken >= 11
    messages = [path.read_text().count("Subject: ") for path in mail.iterdir()]
    assert sum(messages) >= taken


def test_with_both_instances_dead_warm_pages_stay(warm, report):
    warm.kill("a")
    warm.kill("b")
    with Crowd(warm, WARM) as crowd:
        time.sleep(3)  # longer than pages are fresh here
        assert once(warm, "/")["X-Cache"] in {"STALE", "UPDATING"}
        cold = once(warm, COLD.format("dead"))
        assert cold.status == 502
        assert cold["Retry-After"] == "60"
        assert title(cold) == "This page is not available at the moment"
        assert once(warm, "/healthz").status == 502
        warm.start("a")
        recovered = wait_until(lambda: is_well(warm))
    report("both instances killed", crowd, recovered)
    assert crowd.answers > 100
    assert not crowd.failures


# The database, the disk, the mail server ---------------------------------------------------------


def test_a_killed_database_costs_no_warm_read_and_no_row(warm, report):
    written = threading.Thread(target=write, args=[warm, rows := []])
    with Crowd(warm, WARM, seconds=SECONDS + 60) as crowd:
        written.start()
        time.sleep(1)
        warm.database.kill()
        gone = time.monotonic()
        written.join()
        assert wait_until(lambda: once(warm, "/healthz").status == 503) < 10
        assert once(warm, "/contact/?subject=media").status == 200
        cold = once(warm, COLD.format("no-database"))
        assert cold.status == 500
        assert "no-store" in cold["Cache-Control"]
        time.sleep(max(0, gone + SECONDS - time.monotonic()))
        warm.database.start()
        recovered = wait_until(lambda: is_well(warm))
        assert wait_until(lambda: once(warm, COLD.format("back")).status == 200) < 5
    report(f"PostgreSQL killed for {SECONDS:.0f} s", crowd, recovered)
    assert crowd.answers > 100
    assert not crowd.failures
    with psycopg.connect(warm.database.url) as connection:
        (kept,) = connection.execute("SELECT count(*) FROM fictional").fetchone()
    assert len(rows) > 10
    # One that was written may not have been told of any more.
    assert kept - len(rows) in {0, 1}


def test_with_a_full_disk_all_is_read_and_messages_are_taken(warm, disk, report):
    directory, own = disk
    if not own:
        pytest.skip("No disk of its own could be mounted, which only root may do.")
    warm.forget()  # so that the pages are made and kept during it, too
    filler = directory / "filler"
    with Crowd(warm, [*WARM, *(COLD.format(n) for n in range(20))]) as crowd:
        try:
            fill(filler)
            assert shutil.disk_usage(directory).free < 65536
            for number in range(10):
                assert once(warm, f"/find/?place=Full-{number}").status == 200
            assert wait_until(lambda: once(warm, "/guide/")["X-Cache"] == "HIT") < 10
            assert once(warm, "/admin/login/").status == 200
            assert once(warm, "/contact/?subject=media").status == 200
        finally:
            filler.unlink(missing_ok=True)
        recovered = wait_until(lambda: is_well(warm))
    report("disk full", crowd, recovered)
    assert crowd.answers > 100
    assert not crowd.failures


def test_without_a_mail_server_the_text_is_kept_and_told(site):
    before = site.variables["EMAIL_URL"]
    with closed_port() as port:
        site.variables["EMAIL_URL"] = f"smtp://127.0.0.1:{port}"
        try:
            for name in "ab":
                site.kill(name)
                site.start(name)
            visitor = Visitor(site, "127.0.6.1")
            answer = visitor.post("/contact/", fields(message="A fictional message."))
            visitor.close()
            assert once(site, COLD.format("no-mail")).status == 200
        finally:
            site.variables["EMAIL_URL"] = before
            for name in "ab":
                site.kill(name)
    assert answer.status == 503
    assert "no-store" in answer["Cache-Control"]
    assert "A fictional message." in answer.body.decode()


# What staff withdraw -----------------------------------------------------------------------------

SLUG = "innocence-project-of-texas"
PLACES = {
    "/members/": f"/members/{SLUG}/",
    "/regions/us-tx/": f"/members/{SLUG}/",
    "/find/?place=Texas": f"/members/{SLUG}/",
    "/sitemap.xml": f"/members/{SLUG}/",
    f"/members/{SLUG}/": "<h1",
    f"/members/{SLUG}/sheet/": "<h1",
}


@contextmanager
def withdrawn(site):
    """By the site's own code, which is what tells the proxy."""
    code = "from members.models import Organization; o = Organization.objects.get(slug='{}'); "
    code += "o.published = {}; o.save()"
    site.manage("shell", "-v", "0", "-c", code.format(SLUG, False))
    try:
        yield
    finally:
        site.manage("shell", "-v", "0", "-c", code.format(SLUG, True))
        site.forget()


def test_what_is_withdrawn_is_gone_everywhere_also_while_the_site_is_dead(site):
    site.changed.unlink(missing_ok=True)
    site.forget()
    for path, mark in PLACES.items():
        assert serves(site, path, mark), path
    with withdrawn(site):
        assert site.changed.exists()  # what network-site-forget.path waits for
        for name in "ab":
            site.kill(name)
        assert serves(site, f"/members/{SLUG}/", "<h1"), "it was kept"
        site.forget(seconds=6)
        assert not site.changed.exists()
        assert site.cached() == (0, 0)
        for path in PLACES:
            assert once(site, path).status == 502
        site.heal()
        for path, mark in PLACES.items():
            answer = once(site, path)
            assert answer["X-Cache"] == "MISS"
            if mark == "<h1":
                assert answer.status == 404
            else:
                assert mark not in answer.body.decode(), path


def test_what_is_withdrawn_goes_even_if_the_proxy_is_not_told(site):
    paths = [path for path, mark in PLACES.items() if mark == "<h1"]
    for path in paths:
        assert once(site, path).status == 200
    with withdrawn(site):
        site.changed.unlink()
        for path in paths:
            wait_until(lambda path=path: once(site, path).status == 404, what=f"The end of {path}")
        pages, _answers = site.cached()
        assert once(site, "/members/fictional/").status == 404
        assert site.cached()[0] == pages
        for name in "ab":
            site.kill(name)
        for path in paths:
            assert once(site, path).status == 404


def test_warming_finds_the_pages_by_their_links(site):
    site.forget(seconds=6)
    site.warm(limit=40)
    assert site.cached() == (40, 0)


def test_warming_fills_the_cache_also_when_one_instance_is_dead(site):
    site.forget(seconds=6)
    site.kill("a")
    site.warm(limit=20)
    assert site.cached() == (20, 0)


def test_the_cache_begins_anew_only_while_the_site_could_fill_it(site):
    address = ("--address", f"127.0.0.1:{site.port}")
    site.changed.unlink(missing_ok=True)
    site.manage("renew_cache", *address)
    assert site.changed.exists()
    site.changed.unlink()
    site.kill("a")
    site.kill("b")
    refused = site.manage("renew_cache", *address, check=False, capture_output=True)
    assert refused.returncode == 1
    assert b"not well" in refused.stderr
    assert not site.changed.exists()


@pytest.mark.parametrize(
    ("unit", "command"),
    [("network-site-job@.service", "clearsessions"), ("network-site-backup.service", "")],
)
def test_a_nightly_job_does_its_work_with_what_its_unit_leaves_it(site, unit, command):
    site.run_unit(unit, command)
    if not command:
        assert [path.stat().st_size > 1000 for path in site.directory.glob("backups/*.dump")] == [
            True
        ]
