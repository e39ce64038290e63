import subprocess
import sys
from pathlib import Path

import pytest

from network_site.counts import count

AT, PERIOD = 1_000_000, 1000
# One process of several: it waits for the word to begin, counts, and tells what it was given.
COUNTING = """
import sys
from django.conf import settings
settings.configure(SECRET_KEY="fictional", COUNTS_DIR=sys.argv[1])
from network_site.counts import count
print("ready", flush=True)
sys.stdin.read(1)
print(*(count("visits", period=1000, at=1_000_000) for _ in range(500)))
"""


def test_counts_begin_anew_with_each_period_and_each_name():
    assert [count("visits", period=PERIOD, at=AT + second) for second in (0, 999, 1000)] == [
        1,
        2,
        1,
    ]
    assert count("others", period=PERIOD, at=AT) == 1
    assert count("visits", period=2 * PERIOD, at=AT) == 1


def test_what_is_over_leaves_nothing_behind(settings):
    for period in (PERIOD, 2 * PERIOD):
        for number in range(5):
            count(f"visits {number}", period=period, at=AT + number * period)
    assert len([path for path in Path(settings.COUNTS_DIR).rglob("*") if path.is_file()]) == 2


def test_processes_at_once_lose_no_count(tmp_path):
    command = [sys.executable, "-c", COUNTING, tmp_path / "counts"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    processes = [subprocess.Popen(command, **pipes) for _ in range(2)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("x")
        process.stdin.flush()
    numbers = [int(n) for process in processes for n in process.communicate(timeout=60)[0].split()]
    assert sorted(numbers) == list(range(1, 1001))


@pytest.mark.parametrize("path", ["/dev/full/counts", "/proc/fictional"])
def test_where_nothing_can_be_counted_it_is_none_and_is_told(settings, caplog, path):
    settings.COUNTS_DIR = path
    assert count("visits of 192.0.2.1", period=PERIOD, at=AT) == 0
    assert "could be counted" in caplog.text
    assert "192.0.2.1" not in caplog.text
