"""Backups of the whole database, and back again.

A backup is a file that the database's own tools read (pg_dump's custom format, or a database of
SQLite), with its SHA-256 beside it as ``sha256sum --check`` wants it.
"""

import hashlib
import os
import shutil
import sqlite3
import subprocess
import tempfile
import time
from contextlib import closing, suppress
from pathlib import Path

from django.apps import apps
from django.db import Error as DatabaseError
from django.db import connection
from django.db.migrations.loader import MigrationLoader

NAME = "network-site-{at:%Y-%m-%dT%H-%M-%SZ}{note}"
PART = "part-"
# Seconds after which a part of a backup belongs to nobody any more.
ABANDONED = 24 * 3600
# Seconds for the restored content to take its place while the site is in use.
PATIENCE = 30


class BackupError(Exception):
    """Says in a sentence what is wrong; nothing was changed then."""


FAILURES = (BackupError, OSError, DatabaseError, sqlite3.Error)


def left_out():
    """The tables whose rows are in no backup.

    A session would let somebody in again who has signed out, or whoever found the file.
    What the lock against guessing counts is good for minutes, and names addresses.
    """
    models = [apps.get_model("sessions", "Session"), *apps.get_app_config("axes").get_models()]
    present = connection.introspection.table_names()
    return [model._meta.db_table for model in models if model._meta.db_table in present]


# SQLite and PostgreSQL ---------------------------------------------------------------------------


class SQLite:
    name, suffix, magic = "SQLite", ".sqlite3", b"SQLite format 3\0"

    def is_empty(self):
        # Connecting would make the file.
        return not (
            Path(connection.settings_dict["NAME"]).exists()
            and connection.introspection.table_names()
        )

    def dump(self, path):
        with connection.cursor() as cursor:
            # Without the free pages, where deleted rows can still be read.
            cursor.execute("VACUUM INTO %s", [str(path)])
        with closing(sqlite3.connect(path, isolation_level=None)) as copy:
            copy.execute("PRAGMA secure_delete = ON")
            for table in left_out():
                copy.execute(f"DELETE FROM {connection.ops.quote_name(table)}")  # noqa: S608 # nosec

    def check(self, path):
        try:
            with closing(self.opened(path)) as copy:
                sound = copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
                if not sound or copy.execute("PRAGMA foreign_key_check").fetchone():
                    raise BackupError(f"{path} is damaged.")
        except sqlite3.Error as error:
            raise BackupError(f"{path} is damaged: {error}.") from error

    def migrations(self, path):
        with closing(self.opened(path)) as copy, suppress(sqlite3.OperationalError):
            return set(copy.execute("SELECT app, name FROM django_migrations"))
        return set()

    def replace(self, path):
        def give_up(status, remaining, total):
            if status == sqlite3.SQLITE_BUSY:
                raise BackupError("Somebody else is writing to the database.")

        Path(connection.settings_dict["NAME"]).parent.mkdir(parents=True, exist_ok=True)
        connection.ensure_connection()
        with closing(self.opened(path)) as copy:
            # In one transaction, also for those who are reading at this moment.
            copy.backup(connection.connection, progress=give_up)

    def opened(self, path):
        return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)


class PostgreSQL:
    name, suffix, magic = "PostgreSQL", ".dump", b"PGDMP"
    # Roles and rights are those of the server that it is restored on: deploy/postgresql.sql.
    plain = ("--no-owner", "--no-privileges")
    clear = """
        DO $$ DECLARE one record; BEGIN
            FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() LOOP
                EXECUTE format('DROP TABLE %I CASCADE', one.tablename);
            END LOOP;
        END $$
    """

    def is_empty(self):
        return not connection.introspection.table_names()

    def dump(self, path):
        without = [f"--exclude-table-data={table}" for table in left_out()]
        wait = f"--lock-wait-timeout={PATIENCE}s"
        self.run("pg_dump", "--format=custom", wait, *self.plain, *without, f"--file={path}")

    def check(self, path):
        self.script(path, os.devnull)

    def migrations(self, path):
        only = ("--data-only", "--table=django_migrations")
        lines = iter(self.script(path, "-", *only).splitlines())
        header = next((line for line in lines if line.startswith("COPY ")), "()")
        columns = header[header.index("(") + 1 : header.index(")")].split(", ")
        rows = (dict(zip(columns, line.split("\t"), strict=False)) for line in lines)
        return {(row["app"], row["name"]) for row in rows if "name" in row}

    def replace(self, path):
        with tempfile.TemporaryDirectory() as directory:
            script = Path(directory, "restore.sql")
            self.script(path, script)
            # All or nothing; readers wait meanwhile and then see what was restored.
            self.run(
                *("psql", "--no-psqlrc", "--quiet", "--output", os.devnull),
                *("--set", "ON_ERROR_STOP=1", "--single-transaction"),
                *("--command", f"SET lock_timeout = '{PATIENCE}s'"),
                *("--command", "SET client_min_messages = warning", "--command", self.clear),
                *("--file", str(script), "--command", "ANALYZE"),
            )

    def script(self, path, output, *options):
        """The backup as SQL, which reads all of it."""
        arguments = [*self.plain, *options, f"--file={output}", str(path)]
        return call("pg_restore", arguments, os.environ)

    def run(self, program, *arguments):
        from psycopg import conninfo, pq

        known = {option.keyword.decode() for option in pq.Conninfo.get_defaults()}
        given = connection.get_connection_params()
        given = {name: value for name, value in given.items() if name in known}
        # Everybody on the machine can read the arguments of a process.
        password = given.pop("password", None)
        environment = os.environ | ({"PGPASSWORD": password} if password else {})
        call(program, [*arguments, f"--dbname={conninfo.make_conninfo(**given)}"], environment)


KINDS = {"sqlite": SQLite(), "postgresql": PostgreSQL()}


def call(program, arguments, environment):
    path = shutil.which(program)
    if not path:
        raise BackupError(f"{program} is not on the PATH (Debian package: postgresql-client).")
    process = subprocess.run(
        [path, *arguments], env=environment, stdin=subprocess.DEVNULL, capture_output=True
    )
    if process.returncode:
        said = process.stderr.decode(errors="replace").strip() or f"code {process.returncode}"
        raise BackupError(f"{program} failed: {said}")
    return process.stdout.decode()


# Making one -------------------------------------------------------------------------------------


def back_up(directory, *, at, keep=None, note=""):
    """Makes a backup, then deletes all but the newest ``keep``; gives the path of the new one.

    Those with a note were made for a reason: they neither count nor go.
    """
    kind = KINDS[connection.vendor]
    if kind.is_empty():
        raise BackupError("There is nothing to back up: the database has no tables.")
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = directory / (NAME.format(at=at, note=note) + kind.suffix)
    if path.exists():
        raise BackupError(f"{path} is there already.")
    remove_abandoned(directory)
    with tempfile.TemporaryDirectory(prefix=PART, dir=directory) as private:
        part = Path(private, path.name)
        kind.dump(part)
        kind.check(part)
        write_checksum(part)
        for one in (beside(part), part):
            one.chmod(0o600)
            sync(one)
            one.rename(directory / one.name)
    sync(directory)
    if keep:
        for old in sorted(directory.glob(f"{NAME.partition('{')[0]}*Z{kind.suffix}"))[:-keep]:
            old.unlink()
            beside(old).unlink(missing_ok=True)
    return path


def remove_abandoned(directory):
    for part in directory.glob(f"{PART}*"):
        if part.stat().st_mtime < time.time() - ABANDONED:
            shutil.rmtree(part)


def sync(path):
    """Asks for it to be on the disk: a backup outlives a loss of power."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def beside(path):
    return path.with_name(f"{path.name}.sha256")


def checksum(path):
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_checksum(path):
    beside(path).write_text(f"{checksum(path)}  {path.name}\n")


# And back ---------------------------------------------------------------------------------------


def check(path):
    """Reads all of a backup, and raises an error unless it can take the database's place."""
    kind = KINDS[connection.vendor]
    try:
        with path.open("rb") as file:
            begin = file.read(16)
        expected = beside(path).read_text().split()[:1]
    except OSError as error:
        raise BackupError(f"{error.filename}: {error.strerror}.") from error
    for one in KINDS.values():
        if begin.startswith(one.magic) and one is not kind:
            raise BackupError(f"{path} is of {one.name}, but the site's database is {kind.name}.")
    if expected != [checksum(path)]:
        raise BackupError(f"{path} is damaged: its SHA-256 is not the one in {beside(path).name}.")
    kind.check(path)
    applied = kind.migrations(path)
    if not applied:
        raise BackupError(f"{path} is no backup of this site.")
    if newer := unknown(applied):
        raise BackupError(
            f"{path} was made by a newer version of the site, which has {', '.join(newer)}: "
            "install that version first."
        )


def unknown(applied):
    """The migrations of installed apps that this version of the code does not have."""
    loader = MigrationLoader(None)
    known = loader.disk_migrations.keys()
    return sorted(
        f"{app}.{name}"
        for app, name in applied
        if app in loader.migrated_apps and (app, name) not in known
    )


def is_empty():
    return KINDS[connection.vendor].is_empty()


def replace(path):
    """Puts the checked backup in the place of all that is there: in whole, or not at all."""
    KINDS[connection.vendor].replace(path)
