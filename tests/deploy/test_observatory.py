"""The MDN HTTP Observatory passes the site in all that it looks at, also from the cache alone."""

import json
import os
import shutil
import signal
import subprocess
from contextlib import contextmanager

import pytest

from tests.browser.server import ROOT
from tests.deploy.site import HOST, wait_until
from tests.deploy.visitor import once

CHECKS = ROOT / ".ci"

pytestmark = pytest.mark.deploy


@pytest.fixture
def observe():
    node = shutil.which("node")
    if not node or not (CHECKS / "node_modules" / "@mdn").exists():
        missing = pytest.fail if os.environ.get("REQUIRE_HTML_CHECKER") == "1" else pytest.skip
        missing("No Observatory here: `make test` gets it where there are Java and npm.")

    def run(site):
        command = [node, CHECKS / "observatory.mjs", HOST, str(site.port), str(site.plain_port)]
        trusted = {"NODE_EXTRA_CA_CERTS": str(site.directory / "tls" / "fullchain.pem")}
        answer = subprocess.run(
            command, env=os.environ | trusted, capture_output=True, text=True, timeout=60
        )
        assert answer.returncode == 0, answer.stderr
        return json.loads(answer.stdout)

    return run


def marks(report):
    """The grade, and each test that is not passed."""
    failed = {name for name, test in report["tests"].items() if not test["pass"]}
    return report["scan"]["grade"], failed


def test_the_observatory_passes_everything(site, observe):
    report = observe(site)
    assert report["scan"]["testsQuantity"] == len(report["tests"]) >= 10
    assert marks(report) == ("A+", set())


def test_the_home_page_passes_while_the_application_is_dead(site, observe):
    assert once(site).status == 200
    for name in "ab":
        site.kill(name)
    assert marks(observe(site)) == ("A+", set())
    assert once(site)["X-Cache"] in ("HIT", "STALE")


@contextmanager
def sending(site, header, value):
    """nginx, which sends one header more."""
    headers = site.directory / "deploy" / "nginx" / "headers.conf"
    text = headers.read_text()

    def takes(text, *, sends):
        headers.write_text(text)
        site.nginx.send_signal(signal.SIGHUP)
        wait_until(lambda: bool(once(site)[header]) == sends, what=f"{header}: {sends}")

    takes(f'{text}\nadd_header {header} "{value}" always;\n', sends=True)
    try:
        yield
    finally:
        takes(text, sends=False)


def test_a_careless_cookie_is_noticed(site, observe):
    with sending(site, "Set-Cookie", "sessionid=fictional"):
        grade, failed = marks(observe(site))
    assert grade != "A+"
    assert "cookies" in failed
