"""Databases of their own, beside the one of the tests, for what no transaction can take back."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from pathlib import Path
from secrets import token_hex
from types import SimpleNamespace
from urllib.parse import urlsplit

import psycopg
from django.db import connection
from psycopg import sql

from tests.with_postgres import find_binaries

ROOT = Path(__file__).resolve().parent.parent.parent
SERVER = os.environ.get("TEST_DATABASE_URL", "")


def named(name, *, user=None):
    """The address of the database of that name on the server of the tests."""
    parts = urlsplit(SERVER)
    netloc = f"{user}@{parts.netloc.rpartition('@')[2]}" if user else parts.netloc
    return parts._replace(netloc=netloc, path=f"/{name}").geturl()


def on_the_server(statement, *names):
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def path_with_tools():
    """Where programs are, with those of PostgreSQL also where Debian does not link them."""
    beside = find_binaries() if SERVER and not shutil.which("pg_dump") else None
    return os.pathsep.join(filter(None, (os.environ["PATH"], beside and str(beside))))


def variables(directory, url):
    """What a process of the site needs: nothing of this machine's but where programs are."""
    return {
        "PATH": path_with_tools(),
        "SECRET_KEY": "only for tests " * 5,
        "ALLOWED_HOSTS": "127.0.0.1",
        "SUPPORT_UNIT_EMAIL": "support-unit@fictional.example",
        "EMAIL_URL": f"filemail:///{directory / 'mail'}",
        "HTTPS": "off",
        "DATABASE_URL": url,
        "BACKUP_DIR": str(directory / "backups"),
        "COUNTS_DIR": str(directory / "counts"),
    }


@contextmanager
def new_database(directory, *, copied=False):
    """A site with an empty database, or a copy of the one that the tests have loaded."""
    name = f"test_{token_hex(6)}"
    if SERVER:
        like = "template0"
        if copied:
            like = connection.settings_dict["NAME"]
            connection.close()  # nobody may be in what is copied
        on_the_server("CREATE DATABASE {} TEMPLATE {}", name, like)
        url = named(name)
    else:
        path = directory / f"{name}.sqlite3"
        url = f"sqlite:///{path}"
        if copied:
            connection.ensure_connection()
            connection.connection.execute("VACUUM INTO ?", [str(path)])
    try:
        yield Site(directory, url)
    finally:
        if SERVER:
            on_the_server("DROP DATABASE {} WITH (FORCE)", name)


class Site(SimpleNamespace):
    def __init__(self, directory, url):
        super().__init__(directory=directory, url=url, variables=variables(directory, url))
        self.backups = directory / "backups"

    def manage(self, *arguments, changed=None, **options):
        """A command in a process of its own; what it says is in ``stdout`` and ``stderr``."""
        return subprocess.run(
            [sys.executable, "manage.py", *map(str, arguments)],
            env=self.variables | (changed or {}),
            **{"cwd": ROOT, "capture_output": True, "text": True} | options,
        )

    def run(self, code):
        """Code with all models imported."""
        done = self.manage("shell", "--verbosity", "0", "--command", code)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def connect(self):
        """The database itself, past all of the site."""
        if SERVER:
            return psycopg.connect(self.url, autocommit=True)
        return sqlite3.connect(self.url.removeprefix("sqlite:///"), isolation_level=None)

    def execute(self, *statements):
        with closing(self.connect()) as database:
            for statement in statements:
                database.execute(statement)

    def content(self, *only):
        """All rows of all tables, or of these, in an order that depends on nothing but them."""
        tables = (
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            if SERVER
            else "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
        with closing(self.connect()) as database:
            return {
                table: sorted(map(repr, database.execute(f"SELECT * FROM {table}")))  # noqa: S608
                for (table,) in database.execute(tables).fetchall()
                if table in (only or [table])
            }
