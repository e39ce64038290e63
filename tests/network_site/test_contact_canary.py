"""What is written to the Support Unit is afterwards in the e-mail, and nowhere else.

The real server runs on a copy of the site; what it prints, and every file that it or its database
could have written, is searched.
"""

import base64
import os
import shutil
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from contextlib import closing, contextmanager

import pytest
from django.conf import settings

from tests.browser.server import ROOT, serving
from tests.mail_server import closed_port, mail_server
from tests.network_site.contact import fields

CANARY = "canary-8f3a1c"
EVERYWHERE = {
    "name": f"Maria {CANARY}",
    "email": f"{CANARY}@fictional.example",
    "page": f"/{CANARY}/",
    "message": f"This is {CANARY}.",
}
ATTACHED = b'Content-Disposition: form-data; name="letter"; filename="letter.txt"\r\n\r\n'


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A directory with the site as deployed, and all that its processes may write to."""
    directory = tmp_path_factory.mktemp("copy")
    for part in ("network_site", "members", "jobs", "statements", "templates", "static"):
        shutil.copytree(ROOT / part, directory / part, ignore=shutil.ignore_patterns("data"))
    shutil.copy(ROOT / "manage.py", directory)
    for name in ("home", "tmp", "var"):
        (directory / name).mkdir()
    for command in (["migrate"], ["collectstatic", "--no-input"]):
        arguments = [sys.executable, "manage.py", *command, "--verbosity", "0"]
        subprocess.run(arguments, cwd=directory, env=variables(directory), check=True)
    return directory


def variables(directory, **changes):
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{directory}{os.pathsep}{ROOT}",
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": str(directory / "home"),
        "TMPDIR": str(directory / "tmp"),
        "DJANGO_SETTINGS_MODULE": "network_site.settings",
        "SECRET_KEY": settings.SECRET_KEY,
        "ALLOWED_HOSTS": "127.0.0.1",
        "SUPPORT_UNIT_EMAIL": "support-unit@fictional.example",
        "HTTPS": "off",
    } | changes


@pytest.fixture
def serve(copy):
    """Serves the copy with these variables, and adds what the server prints to a file in it."""

    @contextmanager
    def start(**changes):
        with (
            (copy / "printed.txt").open("ab") as printed,
            serving(variables(copy, **changes), cwd=copy, stdout=printed, stderr=printed) as site,
        ):
            yield site

    return start


def get(request):
    """The status and the text that come back, also from where the answer leads to."""
    try:
        with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310 (ours)
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def post(site, data, content_type="application/x-www-form-urlencoded"):
    request = urllib.request.Request(f"{site}/contact/?subject=media", data)  # noqa: S310
    request.add_header("Content-Type", content_type)
    return get(request)


def form(**changes):
    return urllib.parse.urlencode(fields(**EVERYWHERE | changes)).encode()


def with_file():
    """A form with a file that is too large to be held in memory."""
    parts = [
        f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode()
        for name, value in fields(**EVERYWHERE | {"name": ""}).items()
    ]
    parts.append(ATTACHED + CANARY.encode() * 250_000)
    return b"".join(b"--edge\r\n" + part + b"\r\n" for part in parts) + b"--edge--\r\n"


def check_nowhere(directory, printed):
    """No file and no table holds the text, and the server did print what it should."""
    assert holders(directory) == []
    with closing(sqlite3.connect(directory / "var" / "db.sqlite3")) as database:
        dump = "\n".join(database.iterdump())
    assert "CREATE TABLE" in dump
    assert CANARY not in dump
    assert printed in (directory / "printed.txt").read_text()


def holders(directory):
    """The files that hold the text."""
    needles = [CANARY.encode(), CANARY.encode("utf-16-le"), base64.b64encode(CANARY.encode())]
    files = [path for path in directory.rglob("*") if path.is_file()]
    return [path.name for path in files if any(one in path.read_bytes() for one in needles)]


def test_the_search_finds_what_is_there(tmp_path):
    for name, encoding in {"one": "utf-8", "two": "utf-16"}.items():
        (tmp_path / name).write_text(f"This is {CANARY}.", encoding=encoding)
    assert sorted(holders(tmp_path)) == ["one", "two"]


def test_a_message_that_is_sent_is_in_the_one_mail(copy, serve):
    with mail_server() as server:
        with serve(EMAIL_URL=server.address) as site:
            status, page = post(site, form())
        assert (status, CANARY in page) == (200, False)
        assert "Your message was sent" in page
        (mail,) = server.taken
    assert mail["Reply-To"] == EVERYWHERE["email"]
    assert mail.as_string().count(CANARY) == len(EVERYWHERE) + 1
    check_nowhere(copy, "")


def test_a_message_that_is_not_right_is_in_no_mail(copy, serve):
    with mail_server() as server:
        with serve(EMAIL_URL=server.address) as site:
            assert post(site, form(name=""))[0] == 400
            assert post(site, with_file(), "multipart/form-data; boundary=edge")[0] == 400
            assert post(site, form() + b"x" * 3_000_000)[0] == 400
        assert not server.taken
    check_nowhere(copy, "")


def test_a_message_that_the_mail_server_does_not_take_is_only_in_the_answer(copy, serve):
    with closed_port() as port, serve(EMAIL_URL=f"smtp://127.0.0.1:{port}") as site:
        status, page = post(site, form())
    assert status == 503
    assert EVERYWHERE["message"] in page
    check_nowhere(copy, "not taken by the mail server: ConnectionRefusedError")


def test_a_message_that_meets_an_error_nobody_thought_of_is_nowhere(copy, serve):
    with serve(DJANGO_SETTINGS_MODULE="tests.network_site.failing_mail") as site:
        status, page = post(site, form())
    assert (status, CANARY in page) == (500, False)
    check_nowhere(copy, "builtins.RuntimeError")


def test_a_message_that_is_sent_while_the_database_is_down_is_in_the_one_mail(copy, serve):
    with mail_server() as server, closed_port() as port:
        database = f"postgres://fictional@127.0.0.1:{port}/fictional"
        with serve(EMAIL_URL=server.address, DATABASE_URL=database) as site:
            for path, status in {"/": 500, "/healthz": 503, "/contact/": 200}.items():
                assert get(f"{site}{path}")[0] == status
            assert "What is it about?" in get(f"{site}/contact/?subject=media")[1]
            assert post(site, form(email="maria@"))[0] == 400
            assert post(site, form())[0] == 200
        assert len(server.taken) == 1
    check_nowhere(copy, "psycopg.OperationalError")
