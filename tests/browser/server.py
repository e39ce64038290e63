"""Chromium, and the real server on the site as delivered, for whoever drives the one at the other.

The site is made as `make serve` makes it, from nothing, and served by gunicorn with the settings of
production but for TLS.
"""

import os
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

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
    ["sync_roles"],
    ["load_gazetteer"],
    ["load_starter_content"],
    ["collectstatic", "--no-input", "--verbosity", "0"],
]


def new_site(directory):
    """The variables of a new site: nothing of this machine's but where programs are."""
    variables = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "tests.browser.settings",
        "SECRET_KEY": "only for tests " * 5,
        "ALLOWED_HOSTS": "127.0.0.1",
        "SUPPORT_UNIT_EMAIL": "support-unit@fictional.example",
        "EMAIL_URL": f"filemail:///{directory / 'mail'}",
        "HTTPS": "off",
        "DEBUG": "off",
        "DATABASE_URL": f"sqlite:///{directory / 'db.sqlite3'}",
        "TEST_STATIC_ROOT": str(directory / "static"),
        "COUNTS_DIR": str(directory / "counts"),
    }
    for command in SETUP:
        arguments = [sys.executable, "manage.py", *command]
        subprocess.run(arguments, cwd=ROOT, env=variables, check=True, stdout=subprocess.DEVNULL)
    return variables


def add_fictional_content(variables):
    command = [sys.executable, "-m", "tests.browser.fictional"]
    subprocess.run(command, cwd=ROOT, env=variables, check=True)


@contextmanager
def serving(variables, **options):
    """Gives where the site is served; the options are those of the server's process."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        # The server inherits the socket, so that nobody else can take the port in between.
        number, port = listener.fileno(), listener.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", "network_site.wsgi:application"]
        command += ["--bind", f"fd://{number}", "--worker-class", "gthread", "--threads", "4"]
        command += ["--limit-request-line", "0", "--no-control-socket", "--log-level", "warning"]
        options = {"cwd": ROOT, "env": variables, "pass_fds": [number]} | options
        server = subprocess.Popen(command, **options)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=40)
