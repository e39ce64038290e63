"""What is sent to a visitor: its HTML and CSS are valid, and it is small."""

import gzip
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client

from tests.browser import fictional
from tests.browser.pages import PAGES
from tests.pages import PUBLIC, Page

pytestmark = pytest.mark.django_db

ROOT = Path(settings.BASE_DIR)
CHECKS = ROOT / ".ci"
JAR = CHECKS / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
STATIC = [*ROOT.glob("static/**/*.css"), *ROOT.glob("static/**/*.svg")]
# The one message that is not heeded, a warning. In Safari a list without bullets is no list to a
# screen reader unless its role is written down; the checker takes that for a mere repetition.
MEANT = re.compile("The “list” role is unnecessary for element “[ou]l”.")
# The checker finds something in each of these, or it has not looked.
WRONG = {
    "wrong.html": "<!doctype html>\n<html lang=en>\n<title>Fictional</title>\n<p>No</b>\n",
    "wrong.css": "a {\n  colour: red;\n}\n",
    "wrong.svg": '<svg xmlns="http://www.w3.org/2000/svg">\n<fictional/>\n</svg>\n',
}

# Validity ----------------------------------------------------------------------------------------


@pytest.fixture
def check():
    """Gives all that the Nu HTML checker says of the files in a directory, file by file."""
    java = shutil.which("java")
    if not java or not JAR.exists():
        missing = pytest.fail if os.environ.get("REQUIRE_HTML_CHECKER") == "1" else pytest.skip
        missing("No HTML checker here: `make test` gets it where there are Java and npm.")

    def run(directory):
        command = [java, "-jar", JAR, "--stdout", "--exit-zero-always", "--format", "json"]
        command += ["--also-check-css", "--also-check-svg", directory]
        answer = subprocess.run(command, check=True, capture_output=True, text=True)
        found = {path.name: [] for path in directory.iterdir()}
        for one in json.loads(answer.stdout)["messages"]:
            # Of all kinds: a warning, and even mere advice, is mended as an error is.
            if not MEANT.fullmatch(one["message"]):
                where = f"near line {one.get('lastLine', '?')}, {one.get('extract', '').strip()!r}"
                found[Path(urlsplit(one["url"]).path).name].append(f"{where}: {one['message']}")
        return found

    return run


@pytest.mark.urls("tests.browser.urls")
def test_every_page_error_stylesheet_and_drawing_is_valid(check, tmp_path):
    fictional.add()
    visitor = Client(raise_request_exception=False)
    for name, (address, status) in PAGES.items():
        response = visitor.get(address)
        assert response.status_code == status, name
        (tmp_path / f"{name.replace(' ', '-')}.html").write_bytes(response.content)
    for path in STATIC:
        shutil.copy(path, tmp_path)
    for name, text in WRONG.items():
        (tmp_path / name).write_text(text)
    found = check(tmp_path)
    assert len(found) == len(PAGES) + len(STATIC) + len(WRONG)
    assert all(found.pop(name) for name in WRONG)
    if messages := [f"{name}, {one}" for name in sorted(found) for one in found[name]]:
        pytest.fail("\n".join(messages))


def test_the_checker_is_locked_by_hashes_and_to_no_source():
    lock = (CHECKS / "package-lock.json").read_text()
    packages = [one for name, one in json.loads(lock)["packages"].items() if name]
    assert packages
    assert all(one["integrity"].startswith("sha512-") for one in packages)
    assert "resolved" not in lock
    assert "://" not in lock


# Weight ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name, (_, status) in PUBLIC.items() if status == 200])
def test_page_and_stylesheet_fit_into_the_first_round_trip(client, name):
    address, _ = PUBLIC[name]
    css = b"".join(
        Path(settings.BASE_DIR, *link["href"].strip("/").split("/")).read_bytes()
        for link in Page(client.get(address)).find("link", rel="stylesheet")
    )
    response = client.get(address, headers={"accept-encoding": "gzip"})
    assert response["Content-Encoding"] == "gzip"
    assert css
    assert len(response.content) + len(gzip.compress(css)) <= 14_000
