import builtins
import hashlib
import os
import re
import resource
import shlex
import stat
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from network_site import backup
from network_site.management.commands.restore import Command
from tests.deploy.site import unit_lines
from tests.network_site.databases import SERVER, new_database

pytestmark = pytest.mark.django_db

SUFFIX = ".dump" if SERVER else ".sqlite3"
NOT_KEPT = {"django_session"} | {
    f"axes_{name}"
    for name in ("accessattempt", "accessattemptexpiration", "accessfailurelog", "accesslog")
}
# A week at the desk: changed, withdrawn, deleted, and a second factor.
CHANGES = """
from network_site import second_factor
first, second, third = Organization.objects.order_by("pk")[:3]
first.name = "Fictional Innocence Project — ñ, \\\\ and \\t 'quotes'"
first.save()
second.published = False
second.save()
third.delete()
JobOpening.objects.order_by("pk").first().delete()
user = User.objects.create_user("maria", "maria@example.org", "fictional words")
second_factor.add_app(user)
"""
# Somebody is at the desk, and somebody else failed to get there.
VISITS = """
from django.contrib.sessions.backends.db import SessionStore
from axes.models import AccessAttempt
store = SessionStore()
store["of"] = "maria"
store.save()
print(store.session_key)
AccessAttempt.objects.create(username="maria", failures_since_start=1, get_data="", post_data="")
"""
# What staff keep, without the tens of thousands of places, for a quick look at whether it changed.
STAFF_S = ("members_organization", "members_coverage", "auth_user", "django_migrations")
DAMAGE = (
    "DELETE FROM members_coverage",
    "UPDATE members_organization SET name = 'lost'",
    "DROP TABLE statements_page",
    "CREATE TABLE members_later (number bigint, milestone_id bigint REFERENCES members_milestone)",
)


@pytest.fixture(scope="module")
def site(django_db_setup, django_db_blocker, tmp_path_factory):
    """A copy of the site as delivered, after a week of work at the desk."""
    with (
        django_db_blocker.unblock(),
        new_database(tmp_path_factory.mktemp("site"), copied=True) as site,
    ):
        site.run(CHANGES)
        yield site


@pytest.fixture
def empty(django_db_setup, django_db_blocker, tmp_path):
    with django_db_blocker.unblock(), new_database(tmp_path) as site:
        yield site


@pytest.fixture(scope="module")
def made(site):
    """A backup of it."""
    return back_up(site)


@pytest.fixture
def copy(made, tmp_path):
    """One that a test may spoil."""
    path = tmp_path / made.name
    for one in (made, backup.beside(made)):
        (tmp_path / one.name).write_bytes(one.read_bytes())
    return path


def back_up(site, *options):
    before = set(site.backups.glob("*"))
    done = site.manage("backup", *options)
    assert done.returncode == 0, done.stderr
    (path,) = (one for one in set(site.backups.glob("*")) - before if one.suffix == SUFFIX)
    assert str(path) in done.stdout
    return path


def seconds(done):
    return float(re.search(r"in ([\d.]+) s", done.stdout)[1])


def with_checksum(path):
    backup.write_checksum(path)
    return path


def check_refused(done, *sentences):
    """In a few words, without a traceback, and with the promise that it is so."""
    assert done.returncode == 1
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    for sentence in sentences:
        assert sentence in done.stderr


# There and back -----------------------------------------------------------------------------------


def test_after_a_loss_every_row_comes_back_and_all_history(site, record_property):
    session_key = site.run(VISITS).strip()
    before = site.content()
    assert len(before["members_historicalorganization"]) >= 3
    assert all(before[table] for table in ("auth_user", "otp_totp_totpdevice", "members_place"))
    assert all(before[table] for table in ("django_session", "axes_accessattempt"))
    made = back_up(site)
    site.execute(*DAMAGE)
    begin = time.monotonic()
    done = site.manage("restore", made, "--yes")
    took = time.monotonic() - begin
    assert done.returncode == 0, done.stderr
    after = site.content()
    assert after.keys() == before.keys()
    assert [
        table for table in before if after[table] != ([] if table in NOT_KEPT else before[table])
    ] == []
    rows = sum(map(len, after.values()))
    record_property(
        f"restored on {'PostgreSQL' if SERVER else 'SQLite'}",
        f"{rows:,} rows in {seconds(done):.1f} s, the whole command {took:.1f} s",
    )
    if not SERVER:
        # Not in the free pages of the file, either.
        assert session_key.encode() not in made.read_bytes()


def test_what_a_restore_replaces_is_a_backup_too(site, made):
    before = site.content(*STAFF_S)
    done = site.manage("restore", made, "--yes")
    replaced = Path(re.search(r"What was there: (.+-replaced\.\w+)\.\n", done.stdout)[1])
    assert stat.S_IMODE(replaced.stat().st_mode) == 0o600
    site.execute("UPDATE members_organization SET name = 'lost'")
    assert site.manage("restore", replaced, "--yes").returncode == 0
    assert site.content(*STAFF_S) == before
    # New rows go on with new numbers.
    assert site.run(
        "user = User.objects.create_user('kim', 'kim@example.org', 'fictional words')\n"
        "print(user.pk > User.objects.get(username='maria').pk)\nuser.delete()"
    ).startswith("True")


def test_a_lost_server_comes_back_from_the_file_alone_and_from_one_of_an_older_version(made, empty):
    done = empty.manage("restore", made)
    assert done.returncode == 0, done.stderr
    assert not empty.backups.exists()
    assert empty.run("print(Organization.objects.get(name__startswith='Fictional').pk)")
    assert empty.manage("migrate", "otp_totp", "0001").returncode == 0
    old = back_up(empty)
    done = empty.manage("restore", old, "--yes")
    assert done.returncode == 0, done.stderr
    assert empty.manage("migrate", "--check").returncode == 0


# The file -----------------------------------------------------------------------------------------


def test_a_backup_is_private_and_its_checksum_is_what_sha256sum_reads(made):
    assert stat.S_IMODE(made.stat().st_mode) == stat.S_IMODE(backup.beside(made).stat().st_mode)
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.parent.stat().st_mode) == 0o700
    digest = hashlib.sha256(made.read_bytes()).hexdigest()
    assert backup.beside(made).read_text() == f"{digest}  {made.name}\n"
    assert re.fullmatch(rf"network-site-\d{{4}}-\d\d-\d\dT\d\d-\d\d-\d\dZ{SUFFIX}", made.name)


def test_only_the_newest_are_kept_and_nothing_else_is_deleted(site, made):
    directory = site.directory / "many"
    directory.mkdir()
    for day in (1, 2, 3):
        (directory / f"network-site-2001-01-0{day}T00-00-00Z{SUFFIX}").touch()
        (directory / f"network-site-2001-01-0{day}T00-00-00Z{SUFFIX}.sha256").touch()
    (directory / "network-site-2001-01-01T00-00-00Z.other").touch()
    (directory / f"network-site-2001-01-01T00-00-00Z-replaced{SUFFIX}").touch()
    for part in ("part-in-the-making", "part-long-abandoned"):
        (directory / part).mkdir()
        (directory / part / "data").touch()
    os.utime(directory / "part-long-abandoned", (0, 0))
    done = site.manage("backup", "--to", directory, "--keep", "2")
    assert done.returncode == 0, done.stderr
    new = re.search(r"network-site-\S+?Z", done.stdout)[0]
    assert {one.name for one in directory.iterdir()} == {
        f"{new}{SUFFIX}",
        f"{new}{SUFFIX}.sha256",
        f"network-site-2001-01-03T00-00-00Z{SUFFIX}",
        f"network-site-2001-01-03T00-00-00Z{SUFFIX}.sha256",
        "network-site-2001-01-01T00-00-00Z.other",
        f"network-site-2001-01-01T00-00-00Z-replaced{SUFFIX}",
        "part-in-the-making",
    }


def test_what_the_timer_starts_makes_a_backup(site, tmp_path):
    (line,) = unit_lines("network-site-backup.service", "ExecStart")
    (state,) = unit_lines("network-site-backup.service", "StateDirectory")
    python, manage, *arguments = shlex.split(line.replace(f"/var/lib/{state}", str(tmp_path)))
    assert python == "/srv/network-site/.venv/bin/python"
    assert manage == "/srv/network-site/manage.py"
    done = site.manage(*arguments)
    assert done.returncode == 0, done.stderr
    assert sorted(one.suffix for one in tmp_path.iterdir()) == sorted([SUFFIX, ".sha256"])


@pytest.mark.parametrize("keep", ["0", "-1", "many"])
def test_keeping_none_is_refused(site, keep):
    done = site.manage("backup", "--keep", keep)
    assert done.returncode == 2
    assert "--keep" in done.stderr


def test_a_full_disk_leaves_nothing_under_the_final_name_and_the_older_ones_alone(site, made):
    before = sorted(site.backups.iterdir())
    limit = made.stat().st_size // 2
    done = site.manage(
        *("backup", "--keep", "1"),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    check_refused(done, "No backup was made.")
    assert sorted(site.backups.iterdir()) == before


def test_an_empty_database_is_not_worth_a_backup(empty):
    check_refused(empty.manage("backup"), "No backup was made. There is nothing to back up")
    assert not empty.backups.exists()


@pytest.mark.skipif(not SERVER, reason="about PostgreSQL's programs")
def test_the_password_is_in_no_argument(site, tmp_path):
    program, seen = tmp_path / "pg_dump", tmp_path / "seen"
    program.write_text(f'#!/bin/sh\necho "$@" > {seen}\necho "$PGPASSWORD" >> {seen}\nexit 3\n')
    program.chmod(0o700)
    path = f"{tmp_path}{os.pathsep}{site.variables['PATH']}"
    url = site.url.replace("@", ":fictional-password@", 1)
    done = site.manage("backup", changed={"PATH": path, "DATABASE_URL": url})
    check_refused(done, "No backup was made. pg_dump failed: code 3")
    arguments, password = seen.read_text().splitlines()
    assert "dbname=" in arguments
    assert "fictional-password" not in arguments
    assert password == "fictional-password"


@pytest.mark.skipif(not SERVER, reason="about PostgreSQL's programs")
def test_what_is_missing_on_the_machine_is_named(site, made, tmp_path):
    done = site.manage("backup", changed={"PATH": str(tmp_path)})
    check_refused(done, "pg_dump is not on the PATH (Debian package: postgresql-client).")
    done = site.manage("restore", made, "--yes", changed={"PATH": str(tmp_path)})
    check_refused(done, "Nothing was changed. pg_restore is not on the PATH")


# What is refused ----------------------------------------------------------------------------------


def test_without_a_clear_yes_nothing_is_replaced(site, made):
    before, files = site.content(*STAFF_S), sorted(site.backups.iterdir())
    done = site.manage("restore", made, stdin=subprocess.DEVNULL)
    check_refused(done, "Nothing was changed. It would replace what is there")
    assert site.content(*STAFF_S) == before
    assert sorted(site.backups.iterdir()) == files


@pytest.mark.parametrize(("answer", "agreed"), [("yes", True), ("y", False), ("", False)])
def test_at_a_terminal_only_a_whole_yes_is_one(monkeypatch, made, answer, agreed):
    asked = []
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(builtins, "input", lambda question: asked.append(question) or answer)
    assert Command().agreed(made) is agreed
    assert made.name in asked[0]


def test_what_somebody_else_holds_is_waited_for_and_then_nothing_is_changed(site, made):
    before = site.content(*STAFF_S)
    with closing(site.connect()) as other:
        other.execute("BEGIN" if SERVER else "BEGIN IMMEDIATE")
        other.execute("UPDATE members_milestone SET year = year")
        done = site.manage(
            *("shell", "--verbosity", "0", "--command"),
            "from network_site import backup\nfrom django.db import connection\n"
            "from django.core.management import call_command\n"
            "backup.PATIENCE = connection.settings_dict['OPTIONS']['timeout'] = 1\n"
            f"call_command('restore', '{made}', '--yes')",
        )
        other.execute("ROLLBACK")
    assert "CommandError: Nothing was changed." in done.stderr
    assert site.content(*STAFF_S) == before


def test_a_whole_backup_passes(copy):
    backup.check(copy)


def test_a_file_that_lost_its_end_is_refused(copy):
    content = copy.read_bytes()
    copy.write_bytes(content[: len(content) // 2])
    with pytest.raises(backup.BackupError, match="is damaged: its SHA-256 is not the one in"):
        backup.check(copy)
    with_checksum(copy)
    with pytest.raises(backup.BackupError, match=r"is damaged|pg_restore failed"):
        backup.check(copy)


def test_one_changed_byte_is_found(copy):
    content = bytearray(copy.read_bytes())
    content[len(content) // 2] ^= 1
    copy.write_bytes(content)
    with pytest.raises(backup.BackupError, match="is damaged: its SHA-256"):
        backup.check(copy)


@pytest.mark.parametrize("missing", ["file", "checksum"])
def test_a_missing_file_is_named(copy, missing):
    path = copy if missing == "file" else backup.beside(copy)
    path.unlink()
    with pytest.raises(backup.BackupError) as refused:
        backup.check(copy)
    assert str(refused.value) == f"{path}: No such file or directory."


def test_a_backup_of_the_other_kind_is_refused(tmp_path):
    other = "SQLite" if SERVER else "PostgreSQL"
    path = tmp_path / "other"
    path.write_bytes((b"SQLite format 3\0" if SERVER else b"PGDMP") + b"\1" * 100)
    with pytest.raises(backup.BackupError, match=f"is of {other}, but the site's database is"):
        backup.check(with_checksum(path))


def test_what_is_no_backup_at_all_is_refused(tmp_path):
    path = tmp_path / "letter.txt"
    path.write_text("Dear Support Unit,\n" * 100)
    with pytest.raises(backup.BackupError, match=r"letter\.txt|pg_restore failed"):
        backup.check(with_checksum(path))


def test_a_backup_of_a_newer_version_is_refused_with_what_it_has(site, made):
    before = site.content(*STAFF_S)
    time.sleep(1.1)  # not the name of the one before
    site.execute(
        "INSERT INTO django_migrations (app, name, applied) "
        "VALUES ('members', '9999_from_the_future', '2026-01-01'), ('gone', '0001', '2026-01-01')"
    )
    newer = back_up(site)
    site.execute("DELETE FROM django_migrations WHERE name LIKE '9999%' OR app = 'gone'")
    done = site.manage("restore", newer, "--yes")
    check_refused(
        done,
        "made by a newer version of the site, which has members.9999_from_the_future: install",
    )
    assert site.content(*STAFF_S) == before
