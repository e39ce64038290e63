"""The files of deploy/ by themselves: what the programs that read them say of them."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from jobs.filters import JobFilter
from members.filters import MemberFilter
from tests.browser.server import ROOT
from tests.deploy.site import DEPLOY, unit_lines

UNITS = sorted((DEPLOY / "systemd").iterdir())
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]

MOST_EXPOSED = 2.0


@pytest.fixture
def analyze():
    program = shutil.which("systemd-analyze")
    if not program:
        missing = pytest.fail if os.environ.get("REQUIRE_NGINX") == "1" else pytest.skip
        missing("No systemd-analyze on this machine (Debian package: systemd).")
    return lambda *arguments: subprocess.run(
        [program, *arguments], capture_output=True, text=True, timeout=60
    )


def test_systemd_understands_every_unit(analyze, tmp_path):
    for unit in UNITS:
        text = unit.read_text().replace("/srv/network-site/.venv/bin/python", sys.executable)
        text = text.replace("/srv/network-site/.venv/bin", str(Path(sys.executable).parent))
        (tmp_path / unit.name).write_text(text.replace("/srv/network-site", str(ROOT)))
        if "@" in unit.name:
            (tmp_path / unit.name.replace("@", "@check")).symlink_to(unit.name)
    units = [path for path in sorted(tmp_path.iterdir()) if "@." not in path.name]
    answer = analyze("verify", "--man=no", "--recursive-errors=no", *units)
    told = [line for line in answer.stderr.splitlines() if "network-site" in line]
    assert (answer.returncode, told) == (0, [])


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_service_can_do_little_but_its_work(analyze, unit):
    answer = analyze("security", "--offline=yes", unit)
    assert float(re.search(r"exposure level .*: ([0-9.]+)", answer.stdout)[1]) < MOST_EXPOSED


def test_every_timer_runs_a_command_that_there_is():
    commands = {
        unit.removeprefix("network-site-job@").removesuffix(".service")
        for path in UNITS
        if path.suffix == ".timer"
        for unit in unit_lines(path.name, "Unit")
        if "@" in unit
    }
    assert commands == {"check_links", "clearsessions", "renew_cache", "warm_cache"}
    for command in commands:
        subprocess.run(
            [sys.executable, "manage.py", command, "--help"],
            **{"cwd": ROOT, "check": True, "capture_output": True},
        )


def weaknesses(config):
    # hsts_header: it looks for a literal value; ours is sent with TLS alone, which is tested.
    command = [Path(sys.executable).parent / "gixy", "--skips", "hsts_header", "-f", "json", config]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    return [one["plugin"] for one in json.loads(answer.stdout)]


def test_no_weakness_is_known_in_the_configuration_of_nginx(tmp_path):
    (tmp_path / "nginx").mkdir()
    for path in DEPLOY.rglob("*.conf"):
        text = path.read_text().replace("/srv/network-site/deploy", str(tmp_path))
        (tmp_path / path.relative_to(DEPLOY)).write_text(text)
    whole = tmp_path / "whole.conf"
    whole.write_text(f"events {{}}\nhttp {{\n    include {tmp_path}/nginx.conf;\n}}\n")
    assert weaknesses(whole) == []
    site = tmp_path / "nginx" / "site.conf"
    site.write_text(site.read_text().replace("Host $host", "Host $http_host"))
    assert weaknesses(whole)


@pytest.mark.parametrize(
    ("variable", "filterset"), [("members_asked", MemberFilter), ("jobs_asked", JobFilter)]
)
def test_every_filter_is_heard_through_nginx(variable, filterset):
    maps = (DEPLOY / "nginx" / "maps.conf").read_text()
    names = re.search(rf"\${variable} {{[^}}]*\(\?:(\w[^)]*)\)=", maps)[1].split("|")
    assert set(names) == {*filterset.base_filters, "page"}


def test_nginx_is_done_with_what_was_begun_before_it_forgets_for_the_second_time():
    page = (DEPLOY / "nginx" / "page.conf").read_text()
    (waits,) = re.findall(r"proxy_read_timeout (\d+)s;", page)
    forgets = unit_lines("network-site-forget.service", "ExecStart")
    first, pause, second, *_others = forgets
    assert first == second
    assert int(pause.rpartition(" ")[2]) > int(waits)


def test_every_location_has_the_headers():
    text = "".join((DEPLOY / name).read_text() for name in ("nginx.conf", "nginx/errors.conf"))
    locations = re.findall(r"location [^{]+{([^}]*)}", text)
    assert len(locations) > 10
    carriers = ("headers.conf", "page.conf", "uncached.conf")
    assert all(any(name in body for name in carriers) for body in locations)
    for name in carriers[1:]:
        assert "headers.conf" in (DEPLOY / "nginx" / name).read_text()
