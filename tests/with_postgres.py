"""Run a command with TEST_DATABASE_URL set to a throw-away PostgreSQL, and remove that afterwards.

    python tests/with_postgres.py -- python -m pytest

The server listens on a unix socket in a private temporary directory and nowhere else. It runs as
an unprivileged user, also for root. A TEST_DATABASE_URL that is set already is used as it is.
"""

import locale
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path

NEEDED = ("initdb", "pg_ctl", "postgres")
NOT_FOUND = "No PostgreSQL server on this machine (Debian package: postgresql). This did not run: "
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GRACE = 10  # seconds that a command has to end by itself
# Nothing here outlives the run, so nothing has to survive a crash.
SERVER_OPTIONS = "-c listen_addresses='' -c fsync=off -c full_page_writes=off -k {directory}"


def by_version(bindir):
    """``/usr/lib/postgresql/15/bin`` sorts as 15, after ``9.6``."""
    return [int(part) for part in bindir.parent.name.split(".") if part.isdigit()]


def candidates(path, pg_config_bindir, debian=Path("/usr/lib/postgresql")):
    """The directories where the server's programs may be, the best guess first."""
    yield from (Path(entry) for entry in path.split(os.pathsep) if entry)
    if pg_config_bindir:
        yield Path(pg_config_bindir)
    yield from sorted(debian.glob("*/bin"), key=by_version, reverse=True)


def first_complete(directories):
    """The first directory that has all the programs, for they must be of one version."""
    return next((d for d in directories if all(shutil.which(p, path=d) for p in NEEDED)), None)


def find_binaries():
    bindir = ""
    if pg_config := shutil.which("pg_config"):
        answer = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True)
        bindir = answer.stdout.strip()
    return first_complete(candidates(os.environ.get("PATH", ""), bindir))


def unprivileged():
    """Who runs the server, as arguments for subprocess: PostgreSQL refuses to be root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            user = pwd.getpwnam(name)
            return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise SystemExit("PostgreSQL does not run as root, and there is no user postgres or nobody.")


def utf8_locale():
    """C.UTF-8 knows letters beyond ASCII; plain C is everywhere."""
    try:
        locale.setlocale(locale.LC_ALL, "C.UTF-8")
    except locale.Error:
        return "C"
    return "C.UTF-8"


def database_url(directory):
    """The form that django-environ, psycopg and psql all read."""
    return f"postgresql://postgres@/postgres?host={directory}"


def stop(number, _frame=None):
    """Turn the first signal into an exception, and let none disturb the clean-up after it."""
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise SystemExit(128 + number)


@contextmanager
def signals_wait():
    """Signals take effect when the block is over: half a server could not be cleaned up."""
    came = []
    before = {each: signal.signal(each, lambda number, _: came.append(number)) for each in SIGNALS}
    yield
    for each, handler in before.items():
        signal.signal(each, handler)
    if came:
        stop(came[0])


@contextmanager
def server(binaries, parent="/tmp"):  # noqa: S108
    """A running PostgreSQL; gives its URL."""
    user = unprivileged()
    # Not in $TMPDIR: that may be closed to the server's user, and a socket's path must be short.
    with tempfile.TemporaryDirectory(prefix="postgres-", dir=parent) as name:
        directory = Path(name)
        data, log = directory / "data", directory / "log"

        def run(program, *arguments):
            # In a session of its own, which Ctrl-C in the terminal does not reach.
            with log.open("ab") as output:
                subprocess.run(
                    [binaries / program, "-D", data, *arguments],
                    **{"check": True, "cwd": directory, "start_new_session": True, **user},
                    **{"stdin": subprocess.DEVNULL, "stdout": output, "stderr": output},
                )

        try:
            with signals_wait():
                if user:
                    os.chown(directory, user["user"], user["group"])
                as_utf8 = ("--encoding=UTF8", f"--locale={utf8_locale()}")
                run("initdb", "--username=postgres", "--auth=trust", "--no-sync", *as_utf8)
                run("pg_ctl", "start", "-w", "-o", SERVER_OPTIONS.format(directory=directory))
            yield database_url(directory)
        except subprocess.CalledProcessError as failure:
            raise SystemExit(f"PostgreSQL failed: {failure}\n{log.read_text()}") from failure
        finally:
            if (data / "postmaster.pid").exists():
                run("pg_ctl", "stop", "-m", "immediate")


def run_command(command, url):
    """The command's exit code, as a shell would give it."""
    process = subprocess.Popen(command, env=os.environ | {"TEST_DATABASE_URL": url})
    try:
        code = process.wait()
    except SystemExit as stopped:
        # Ctrl-C has reached the command as well: give it the time to close down.
        first = process.poll if stopped.code == 128 + signal.SIGINT else process.terminate
        for ask in (first, process.terminate, process.kill):
            ask()
            with suppress(subprocess.TimeoutExpired):
                process.wait(GRACE)
                break
        raise
    return 128 - code if code < 0 else code


def main(arguments):
    command = arguments[1:] if arguments[:1] == ["--"] else arguments
    if not command:
        raise SystemExit(__doc__)
    for each in SIGNALS:
        signal.signal(each, stop)
    if url := os.environ.get("TEST_DATABASE_URL"):
        return run_command(command, url)
    if binaries := find_binaries():
        with server(binaries) as url:
            return run_command(command, url)
    print(NOT_FOUND + " ".join(command), flush=True)
    return int(os.environ.get("REQUIRE_POSTGRES") == "1")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
