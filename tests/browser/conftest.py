"""A real Chromium, and the real server on the site as delivered.

The site is made as `make serve` makes it, from nothing, and served by gunicorn with the settings of
production but for TLS: no test of a browser touches the database of the other tests.
"""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
CHROMIUM = Path("/usr/bin/chromium")
# The last one lets nothing but this machine be found: a request to another host fails loudly.
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1",
]
SETUP = [
    ["migrate", "--verbosity", "0"],
    ["load_gazetteer"],
    ["load_starter_content"],
    ["collectstatic", "--no-input", "--verbosity", "0"],
]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Runs the browser's tests last.

    Playwright keeps an event loop running in the thread of the tests, from its first test to the
    end of the session, and Django has other connections to the database while one runs.
    """
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session")
def chromium():
    if not CHROMIUM.exists():
        missing = pytest.fail if os.environ.get("REQUIRE_BROWSER") == "1" else pytest.skip
        missing("No Chromium on this machine (Debian package: chromium).")
    return str(CHROMIUM)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args, chromium):
    return browser_type_launch_args | {"executable_path": chromium, "args": ARGUMENTS}


@pytest.fixture(scope="session")
def environment(chromium, tmp_path_factory):
    """The variables of a new site: nothing of this machine's but where programs are."""
    directory = tmp_path_factory.mktemp("site")
    variables = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "tests.browser.settings",
        "SECRET_KEY": "only for tests " * 5,
        "ALLOWED_HOSTS": "127.0.0.1",
        "SUPPORT_UNIT_EMAIL": "support-unit@fictional.example",
        "HTTPS": "off",
        "DEBUG": "off",
        "DATABASE_URL": f"sqlite:///{directory / 'db.sqlite3'}",
        "TEST_STATIC_ROOT": str(directory / "static"),
    }
    for command in SETUP:
        arguments = [sys.executable, "manage.py", *command]
        subprocess.run(arguments, cwd=ROOT, env=variables, check=True, stdout=subprocess.DEVNULL)
    return variables


@pytest.fixture(scope="session")
def base_url(environment):
    """Where the site is served: pytest-playwright completes addresses with it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        # The server inherits the socket, so that nobody else can take the port in between.
        number, port = listener.fileno(), listener.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", "network_site.wsgi:application"]
        command += ["--bind", f"fd://{number}", "--worker-class", "gthread", "--threads", "4"]
        command += ["--limit-request-line", "0", "--no-control-socket", "--log-level", "warning"]
        server = subprocess.Popen(command, cwd=ROOT, env=environment, pass_fds=[number])
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=40)
