"""The site as deploy/ has it, for real and for a while: nginx, two gunicorns, PostgreSQL, TLS.

Each program is started by the line that its unit has, with the paths and ports of a server replaced
by some of this machine; nothing is listened to but on 127.0.0.1.
"""

import ctypes.util
import os
import re
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

from tests import with_postgres
from tests.browser.server import ROOT, SETUP

DEPLOY = ROOT / "deploy"
HOST = "www.example.org"
# Short, as the path of a socket must be, and open to the user of PostgreSQL.
TMP = "/tmp"  # noqa: S108
# Around the file for sites-available: what Debian's own nginx.conf has, as far as it matters here.
AROUND = """
{user}
daemon off;
worker_processes 2;
worker_rlimit_nofile 4096;
pid {directory}/nginx.pid;
error_log {directory}/log/error.log notice;
events {{ worker_connections 1024; }}
http {{
    sendfile on;
    tcp_nopush on;
    types_hash_max_size 2048;
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    gzip on;
    client_body_temp_path {directory}/tmp/body;
    proxy_temp_path {directory}/tmp/proxy;
    fastcgi_temp_path {directory}/tmp/fastcgi;
    uwsgi_temp_path {directory}/tmp/uwsgi;
    scgi_temp_path {directory}/tmp/scgi;
    include {directory}/nginx/site.conf;
}}
"""


def find_nginx():
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


def free_ports(count):
    """Ports that are free now; nginx binds them itself, so that they cannot be kept."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def wait_until(true, seconds=30, what="It"):
    """How many seconds it took until the function said so."""
    begun = time.monotonic()
    while not true():
        if time.monotonic() - begun > seconds:
            raise AssertionError(f"{what} did not come about within {seconds} s.")
        time.sleep(0.02)
    return time.monotonic() - begun


def unit_lines(name, *keys):
    """The values of these keys of a unit, in their order."""
    text = (DEPLOY / "systemd" / name).read_text()
    pairs = [line.partition("=")[::2] for line in text.splitlines()]
    return [value for key, value in pairs if key in keys]


def confined(unit, line):
    """The command of a line, with what its unit forbids where this machine can do that."""
    if not (shutil.which("systemd-analyze") and ctypes.util.find_library("seccomp")):
        return shlex.split(line)
    sandbox = Path(__file__).with_name("sandbox.py")
    return [sys.executable, sandbox, DEPLOY / "systemd" / unit, *shlex.split(line)]


class Database:
    """A throw-away PostgreSQL that can be killed and started again."""

    def __init__(self, url, binaries):
        self.url, self.binaries = url, binaries
        self.directory = Path(url.partition("host=")[2])

    def pid(self):
        return int((self.directory / "data" / "postmaster.pid").read_text().split()[0])

    def kill(self):
        os.kill(self.pid(), signal.SIGKILL)

    def start(self):
        options = with_postgres.SERVER_OPTIONS.format(directory=self.directory)
        command = [self.binaries / "pg_ctl", "start", "-D", self.directory / "data", "-w"]
        command += ["-o", options, "-l", self.directory / "log.again"]
        user = with_postgres.unprivileged()
        # What the killed server left is taken for another one's until its processes are gone.
        wait_until(
            lambda: (
                subprocess.run(
                    command, **user, cwd=self.directory, start_new_session=True, capture_output=True
                ).returncode
                == 0
            ),
            what="PostgreSQL",
        )


class Site:
    """The programs of one site, in a directory of their own."""

    def __init__(self, directory, database, memory):
        self.directory, self.database, self.memory = directory, database, memory
        self.port, self.plain_port = free_ports(2)
        self.nginx, self.instances = None, {}
        self.paths = {
            "/srv/network-site/.venv/bin/": f"{Path(sys.executable).parent}/",
            "/srv/network-site/var/static/": f"{directory}/static/",
            "/srv/network-site/deploy/": f"{directory}/deploy/",
            "/srv/network-site": f"{ROOT}",
            "/run/network-site/": f"{memory}/run/",
            "/run/nginx-": f"{memory}/nginx-",
            "/var/log/nginx/": f"{directory}/log/",
            "/etc/ssl/network-site/": f"{directory}/tls/",
            "/var/www/letsencrypt": f"{directory}/letsencrypt",
            "/var/lib/network-site-backups": f"{directory}/backups",
        }
        self.variables = {
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "tests.deploy.settings",
            "SECRET_KEY": "only for tests " * 5,
            "ALLOWED_HOSTS": HOST,
            "SUPPORT_UNIT_EMAIL": "support-unit@fictional.example",
            "EMAIL_URL": f"filemail:///{directory / 'mail'}",
            "CLIENT_ADDRESS_HEADER": "X-Real-IP",
            "HTTPS": "on",
            "DEBUG": "off",
            "DATABASE_URL": database.url,
            "TEST_STATIC_ROOT": str(directory / "static"),
            "COUNTS_DIR": str(memory / "run" / "counts"),
            "CHANGED_FILE": str(memory / "run" / "changed"),
            "SSL_CERT_FILE": str(directory / "tls" / "fullchain.pem"),
        }

    # Making it ----------------------------------------------------------------------------------

    def here(self, text):
        """The text of a file of deploy/ with what there is of this machine."""
        for path, own in self.paths.items():
            text = text.replace(path, own)
        return text

    def make(self):
        (self.memory / "run").mkdir(parents=True)
        for name in ("log", "tls", "tmp", "nginx", "deploy/nginx", "letsencrypt"):
            (self.directory / name).mkdir(parents=True)
        self.certify()
        for command in [*SETUP, ["make_error_pages"]]:
            self.manage(*command)
        for path in DEPLOY.rglob("*.conf*"):
            copy = self.directory / "deploy" / path.relative_to(DEPLOY)
            copy.write_text(self.here(path.read_text()))
        config = self.here((DEPLOY / "nginx.conf").read_text())
        lines = [line for line in config.splitlines() if "listen [::]" not in line]
        config = "\n".join(lines).replace("listen 443", f"listen 127.0.0.1:{self.port}")
        config = config.replace("listen 80", f"listen 127.0.0.1:{self.plain_port}")
        (self.directory / "nginx" / "site.conf").write_text(config)
        user = "user root;" if os.geteuid() == 0 else ""
        around = AROUND.format(directory=self.directory, user=user)
        self.config.write_text(around)

    @property
    def config(self):
        return self.directory / "nginx" / "nginx.conf"

    def certify(self):
        tls = self.directory / "tls"
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt"]
        command += ["ec_paramgen_curve:prime256v1", "-nodes", "-days", "30", "-subj", f"/CN={HOST}"]
        command += ["-addext", f"subjectAltName=DNS:{HOST}"]
        command += ["-keyout", tls / "privkey.pem", "-out", tls / "fullchain.pem"]
        subprocess.run(command, check=True, capture_output=True)

    def manage(self, *command, **options):
        arguments = [sys.executable, "manage.py", *command]
        if "capture_output" not in options:
            options = {"stdout": subprocess.DEVNULL} | options
        options = {"check": True} | options
        return subprocess.run(arguments, cwd=ROOT, env=self.variables, **options)

    # Running it ---------------------------------------------------------------------------------

    def start_nginx(self):
        self.nginx = subprocess.Popen([find_nginx(), "-c", self.config])
        wait_until(lambda: self.answers(self.port), what="nginx")

    def start(self, name):
        """One instance, by the line of its unit; as systemd starts it again."""
        (line,) = unit_lines("network-site@.service", "ExecStart")
        command = confined("network-site@.service", self.here(line).replace("%i", name))
        # Workers that are being killed may hold the old one for a moment.
        self.socket(name).unlink(missing_ok=True)
        with (self.directory / "log" / f"{name}.log").open("ab") as log:
            options = {"cwd": ROOT, "env": self.variables, "start_new_session": True}
            self.instances[name] = subprocess.Popen(command, stderr=log, **options)
        wait_until(lambda: self.is_up(name), what=f"Instance {name}")

    def kill(self, name):
        """The master and its workers, at once and without a word to them."""
        process = self.instances.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def workers(self, name):
        pid = self.instances[name].pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
        return [int(child) for child in children.split()]

    def is_up(self, name):
        with socket.socket(socket.AF_UNIX) as client, suppress(OSError):
            client.connect(str(self.socket(name)))
            return True
        return False

    def socket(self, name):
        return self.memory / "run" / f"{name}.sock"

    def answers(self, port):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return True
        return False

    def heal(self):
        """All that a test broke runs again."""
        for name in "ab":
            if name in self.instances and self.instances[name].poll() is not None:
                self.kill(name)
            if name not in self.instances:
                self.start(name)

    def stop(self):
        for process in [*self.instances.values(), self.nginx]:
            if process:
                process.terminate()
        for process in [*self.instances.values(), self.nginx]:
            if process:
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()

    # What systemd would do ----------------------------------------------------------------------

    def run_unit(self, name, instance="", *, seconds=None):
        """The lines of a oneshot service, one after the other; without those for systemctl."""
        for line in unit_lines(name, "ExecStartPre", "ExecStart"):
            line = self.here(line).replace("%i", instance)
            if seconds is not None:
                line = re.sub(r"^(\S+/sleep) .*", rf"\1 {seconds}", line)
            plain = line.lstrip("+-")
            command = shlex.split(plain) if line.startswith("+") else confined(name, plain)
            must = not line.startswith("-")
            subprocess.run(command, check=must, cwd=ROOT, env=self.variables)

    @property
    def changed(self):
        return self.memory / "run" / "changed"

    def forget(self, seconds=0):
        self.run_unit("network-site-forget.service", seconds=seconds)

    def warm(self, limit):
        address = f"127.0.0.1:{self.port}"
        self.manage("warm_cache", "--address", address, "--limit", str(limit))

    def cached(self):
        """How many answers nginx keeps: of pages, and of what depends on a query."""
        return tuple(
            sum(path.is_file() for path in (self.memory / name).rglob("*"))
            for name in ("nginx-pages", "nginx-answers")
        )

    def tls(self):
        """Trusts the certificate of the site and no other."""
        return ssl.create_default_context(cafile=self.directory / "tls" / "fullchain.pem")


@contextmanager
def small_disk(directory, size="700m"):
    """A disk of its own, where one may be mounted: gives whether it is there."""
    mount, umount = shutil.which("mount"), shutil.which("umount")
    command = [mount, "-t", "tmpfs", "-o", f"size={size},mode=755", "none", directory]
    mounted = os.geteuid() == 0 and not subprocess.run(command, capture_output=True).returncode
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run([umount, "--lazy", directory], check=True)


@contextmanager
def running(directory, *, disk=TMP, memory=None):
    """A new site with its starter content, behind nginx.

    The database is on the ``disk``; ``memory`` is where /run is, if not in the directory.
    """
    binaries = with_postgres.find_binaries()
    with with_postgres.server(binaries, disk) as url:
        site = Site(directory, Database(url, binaries), memory or directory)
        try:
            site.make()
            site.start("a")
            site.start("b")
            site.start_nginx()
            yield site
        finally:
            site.stop()
