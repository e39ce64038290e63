"""The pace of many requests: whose turn it is, and how long one may take."""

import threading
import time
from collections import defaultdict, deque
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field


class Stopwatch:
    """The seconds left for one link. It stands still while the link waits for its turn."""

    def __init__(self, patience, total):
        self.patience = patience
        self.left = total

    def __enter__(self):
        self.until = time.monotonic() + self.left
        return self

    def __exit__(self, *error):
        self.left = self.until - time.monotonic()

    def timeout(self):
        """How long the next wait for the server may take."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return min(self.patience, left)


class Turns:
    """One request at a time to a site, and a pause before the next one."""

    @dataclass
    class Turn:
        lock: threading.Lock = field(default_factory=threading.Lock)
        free_at: float = 0

    def __init__(self, pause):
        self.pause = pause
        self.lock = threading.Lock()
        self.turns = defaultdict(self.Turn)

    @contextmanager
    def at(self, site):
        with self.lock:
            turn = self.turns[site]
        with turn.lock:
            time.sleep(max(0, turn.free_at - time.monotonic()))
            try:
                yield
            finally:
                turn.free_at = time.monotonic() + self.pause


def check_all(check, urls, *, site_of, workers=6):
    """Yields each address with its outcome, as they come: one at a time of a site, many sites.

    Only ``check`` runs in other threads; the caller's own is the one that may use the database.
    """
    sites = defaultdict(deque)
    for url in urls:
        sites[site_of(url)].append(url)
    pool = ThreadPoolExecutor(workers)
    running = {}

    def ask_next(waiting):
        if waiting:
            url = waiting.popleft()
            running[pool.submit(check, url)] = url, waiting

    try:
        for waiting in sites.values():
            ask_next(waiting)
        while running:
            for done in wait(running, return_when=FIRST_COMPLETED).done:
                url, waiting = running.pop(done)
                ask_next(waiting)
                yield url, done.result()
    finally:
        pool.shutdown(cancel_futures=True)
