"""Measure the site as it is served, beside nginx with the same bytes as files and an empty view.

    python -m benchmarks.web [--quick] [--rounds 3] [--seconds 5]

nginx, two instances of gunicorn and PostgreSQL run as deploy/ has them, on 127.0.0.1 with TLS, and
`wrk` asks with 32 connections. What is compared takes turns in each round; figures are the medians
of the rounds. The processor's time is that of the servers' processes, as /proc tells it, without
the load generator's. An instance of gunicorn more answers without nginx, and so without a cache; it
is asked over one connection as well, where no request is in another's way ("alone").
"""

import argparse
import gzip
import os
import re
import shlex
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from tests import with_postgres
from tests.deploy.site import HOST, TMP, Database, Site, find_nginx, free_ports, unit_lines

CONNECTIONS = 32
PAGES = {
    "home": "/",
    "directory": "/members/",
    "region": "/regions/us-tx/",
    "finder answer": "/find/?place=Texas",
    "job list": "/jobs/",
}
STATIC, CACHED, UNCACHED, EMPTY = (
    "nginx, the same bytes as a file",
    "the site behind nginx, cached",
    "the site under gunicorn, uncached",
    "an empty view under gunicorn",
)
# Seconds for a server to become idle: gunicorn goes on with requests that nobody waits for.
PATIENCE = 60
TICKS = os.sysconf("SC_CLK_TCK")
# Besides the site: the files, with the same TLS and headers.
FILES = """
server {{
    listen 127.0.0.1:{port} ssl http2;
    server_name {host};
    ssl_certificate {tls}/fullchain.pem;
    ssl_certificate_key {tls}/privkey.pem;
    include {deploy}/nginx/tls.conf;
    include {deploy}/nginx/limits.conf;
    access_log {log}/files.access.log network_site buffer=32k flush=5s;
    open_file_cache max=4000 inactive=60s;
    open_file_cache_valid 5s;
    location / {{
        root {root};
        gzip_static on;
        gzip_vary on;
        include {deploy}/nginx/headers.conf;
        add_header Cache-Control "public, max-age=60";
    }}
}}
"""
# wrk tells nginx the name of the site and finds it here.
HERE = """
function wrk.resolve(host, service)
    wrk.addrs = wrk.lookup("127.0.0.1", service)
end
"""


class Round(NamedTuple):
    """Requests a second; milliseconds of the processor a request; milliseconds of waiting."""

    rate: float
    server: float
    database: float
    p50: float
    p99: float


# Processes ---------------------------------------------------------------------------------------


def processes():
    """The parent and the ticks of the processor (with dead children's) of each process."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        found[int(path.parent.name)] = int(fields[1]), sum(map(int, fields[11:15]))
    return found


def family(pid, found):
    """The process and all that came of it."""
    members = {pid}
    while more := {one for one, (parent, _) in found.items() if parent in members} - members:
        members |= more
    return members & found.keys()


def seconds_of(pids):
    """How long the processes and their children have had a processor."""
    found = processes()
    return sum(found[one][1] for pid in pids for one in family(pid, found)) / TICKS


def memory_of(pid):
    """MB, with what is shared counted in parts (PSS)."""
    members = family(pid, processes())
    texts = [Path(f"/proc/{one}/smaps_rollup").read_text() for one in members]
    return sum(int(re.search(r"^Pss: +(\d+)", text, re.M)[1]) for text in texts) / 1000


def wait_until_idle(pids):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        before = seconds_of(pids)
        time.sleep(0.5)
        if seconds_of(pids) - before <= 0.02:
            return
    raise SystemExit("The servers do not become idle.")


# Servers -----------------------------------------------------------------------------------------


class Servers:
    """The site, the instance without nginx, and the files."""

    def __init__(self, directory, database):
        self.site = Site(directory, database, directory)
        self.site.variables["DJANGO_SETTINGS_MODULE"] = "benchmarks.web_settings"
        self.files_port, self.direct_port = free_ports(2)
        self.files = directory / "files"
        self.script = directory / "here.lua"
        self.direct = None

    def start(self):
        site = self.site
        site.make()
        self.files.mkdir()
        self.script.write_text(HERE)
        with (site.directory / "nginx" / "site.conf").open("a") as config:
            config.write(
                FILES.format(
                    port=self.files_port,
                    host=HOST,
                    tls=site.directory / "tls",
                    deploy=site.directory / "deploy",
                    log=site.directory / "log",
                    root=self.files,
                )
            )
        for name in "ab":
            site.start(name)
        site.start_nginx()
        (line,) = unit_lines("network-site@.service", "ExecStart")
        command = shlex.split(re.sub(r"unix:\S+", f"127.0.0.1:{self.direct_port}", site.here(line)))
        command += ["--log-level", "warning"]
        self.direct = subprocess.Popen(command, env=site.variables)
        self.keep_files()

    def stop(self):
        if self.direct:
            self.direct.terminate()
            self.direct.wait(30)
        self.site.stop()

    def pids(self):
        """The servers' own processes, without PostgreSQL's."""
        return [
            self.site.nginx.pid,
            self.direct.pid,
            *(instance.pid for instance in self.site.instances.values()),
        ]

    def keep_files(self):
        """The pages as they come through nginx, compressed and not."""
        for name, path in PAGES.items():
            body = self.asked(self.site.port, path)[1]
            file = self.files / self.file(name)
            file.write_bytes(gzip.decompress(body))
            file.with_name(f"{file.name}.gz").write_bytes(body)

    def file(self, name):
        return f"{name.replace(' ', '-')}.html"

    def asked(self, port, path):
        """The head of an answer, and its body as it comes."""
        with (
            socket.create_connection(("127.0.0.1", port), 30) as plain,
            self.site.tls().wrap_socket(plain, server_hostname=HOST) as visitor,
        ):
            visitor.sendall(
                f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nAccept-Encoding: gzip\r\n"
                "Connection: close\r\n\r\n".encode()
            )
            with closing(visitor.makefile("rb")) as answer:
                head, _, body = answer.read().partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"{path}: {head.splitlines()[0].decode()}")
        return head, body

    def addresses(self):
        """What is measured, by page and server, in the order of the turns.

        The empty view comes before each page: how busy the machine is, and how the connections
        fall to the processes, moves it by a third.
        """
        for name, path in PAGES.items():
            yield (EMPTY, ""), f"http://127.0.0.1:{self.direct_port}/empty/"
            files = f"https://{HOST}:{self.files_port}/{self.file(name)}"
            yield (STATIC, name), files
            yield (CACHED, name), f"https://{HOST}:{self.site.port}{path}"
            yield (UNCACHED, name), f"http://127.0.0.1:{self.direct_port}{path}"

    def measure(self, address, seconds, connections=CONNECTIONS):
        headers = {"Host": HOST, "Accept-Encoding": "gzip", "X-Forwarded-Proto": "https"}
        command = [find_wrk(), "--threads", "1", "--connections", str(connections), "--latency"]
        command += ["--duration", f"{seconds}s", "--timeout", "30s"]
        command += ["--script", str(self.script)] if address.startswith("https:") else []
        for name, value in headers.items():
            command += ["--header", f"{name}: {value}"]
        own, database = self.pids(), [self.site.database.pid()]
        wait_until_idle(own + database)
        before = seconds_of(own), seconds_of(database)
        done = subprocess.run([*command, address], check=True, capture_output=True, text=True)
        after = seconds_of(own), seconds_of(database)
        return read(done.stdout, before, after)


def read(report, before, after):
    """What wrk reports."""
    if "Non-2xx" in report or "Socket errors" in report:
        raise SystemExit(f"Not everything was answered:\n{report}")
    requests = int(re.search(r"(\d+) requests in", report)[1])
    server, database = (
        (end - begin) * 1000 / requests for begin, end in zip(before, after, strict=True)
    )
    rate = float(re.search(r"Requests/sec: +([\d.]+)", report)[1])
    return Round(rate, server, database, *(latency(report, share) for share in ("50%", "99%")))


def latency(report, share):
    number, unit = re.search(rf"{share} +([\d.]+)(us|ms|s|m)\b", report).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60_000}[unit]


def find_wrk():
    return shutil.which("wrk")


@contextmanager
def servers():
    binaries = with_postgres.find_binaries()
    for program, package, there in (
        ("wrk", "wrk", find_wrk()),
        ("nginx", "nginx", find_nginx()),
        ("PostgreSQL", "postgresql", binaries),
    ):
        if not there:
            raise SystemExit(f"No {program} on this machine (Debian package: {package}).")
    with (
        tempfile.TemporaryDirectory(prefix="bench-", dir=TMP) as name,
        with_postgres.server(binaries) as url,
    ):
        directory = Path(name)
        directory.chmod(0o755)
        running = Servers(directory, Database(url, binaries))
        try:
            running.start()
            yield running
        finally:
            running.stop()


# The report --------------------------------------------------------------------------------------


def table(head, rows):
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    yield from (f"| {' | '.join(map(str, row))} |" for row in rows)


def medians(results):
    return {
        key: Round(*map(statistics.median, zip(*rounds, strict=True)))
        for key, rounds in results.items()
    }


def speed(together, alone):
    empty = EMPTY, ""
    for (server, page), one in together.items():
        if server == CACHED:
            share = f"{one.rate / together[STATIC, page].rate:.2f} of the file's requests/s"
        elif server == UNCACHED:
            times = one.server / together[empty].server
            times_alone = alone[server, page].server / alone[empty].server
            share = f"{times:.1f} times the empty view's CPU, {times_alone:.1f} alone"
        else:
            share = ""
        yield (
            page or "–",
            server,
            f"{one.rate:,.0f}",
            f"{one.server:.3f}",
            f"{alone[server, page].server:.3f}" if (server, page) in alone else "",
            f"{one.database:.3f}",
            f"{one.p50:.1f}",
            f"{one.p99:.1f}",
            share,
        )


def memory(running):
    site = running.site
    for name, pid in (
        ("nginx, with its caches' index", site.nginx.pid),
        *((f"gunicorn, instance {name}", one.pid) for name, one in site.instances.items()),
        ("PostgreSQL", site.database.pid()),
    ):
        yield name, f"{memory_of(pid):.0f}"


def first_visit(running):
    """What comes for the home page in a browser that was never here: heads and bodies."""

    def fetch(path):
        head, body = running.asked(running.site.port, path)
        packed = b"content-encoding: gzip" in head.lower()
        return len(head) + 4 + len(body), gzip.decompress(body) if packed else body

    total, page = fetch("/")
    yield "page", total
    text = page.decode()
    styles = re.findall(r'<link rel="stylesheet"[^>]* href="([^"]+)"', text)
    icons = re.findall(r'<link rel="icon"[^>]* href="([^"]+\.svg)"', text)
    fonts = []
    for kind, paths in (("styles", styles), ("font", fonts), ("icon", icons)):
        size = 0
        for path in paths:
            count, content = fetch(path)
            size += count
            if kind == "styles":
                urls = re.findall(r"url\(\s*[\"']?([^)\"']+)", content.decode())
                fonts += [os.path.normpath(f"{path}/../{url}") for url in urls]
        total += size
        yield kind, size
    yield "in all", total


def say(message):
    print(message, file=sys.stderr, flush=True)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5, help="for each figure of a round")
    parser.add_argument("--quick", action="store_true", help="one round of one second")
    given = parser.parse_args()
    if given.quick:
        given.rounds = given.seconds = 1
    return given


def main():
    given = arguments()
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    together, alone = defaultdict(list), defaultdict(list)
    say("Making the site")
    with servers() as running:
        for address in dict(running.addresses()).values():
            running.measure(address, 1)  # warms it up
        for number in range(given.rounds):
            say(f"Round {number + 1} of {given.rounds}")
            for key, address in running.addresses():
                together[key].append(running.measure(address, given.seconds))
                if key[0] in {EMPTY, UNCACHED}:
                    alone[key].append(running.measure(address, given.seconds, connections=1))
        head = ["page", "server", "requests/s", "CPU ms", "alone", "database's"]
        head += ["p50 ms", "p99 ms", ""]
        print(*table(head, speed(medians(together), medians(alone))), "", sep="\n")
        print(*table(["memory (PSS)", "MB"], memory(running)), "", sep="\n")
        sizes = [(name, f"{size:,}") for name, size in first_visit(running)]
        print(*table(["first visit to the home page", "bytes"], sizes), sep="\n")


if __name__ == "__main__":
    main()
