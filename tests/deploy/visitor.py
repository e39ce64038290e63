"""Visitors: one who looks at every byte of an answer, and many at once who count failures."""

import http.client
import re
import socket
import threading
import time
from dataclasses import dataclass
from urllib.parse import urlencode

from tests.deploy.site import HOST


@dataclass
class Answer:
    status: int
    pairs: list
    body: bytes

    def all(self, name):
        return [value for key, value in self.pairs if key.lower() == name.lower()]

    def __getitem__(self, name):
        return next(iter(self.all(name)), "")


class Visitor(http.client.HTTPSConnection):
    """A connection to nginx, from an address of this machine's own network."""

    def __init__(self, site, address="127.0.0.1", timeout=30):
        super().__init__(HOST, timeout=timeout, context=site.tls())
        self.site, self.address = site, address

    def connect(self):
        front = ("127.0.0.1", self.site.port)
        plain = socket.create_connection(front, self.timeout, (self.address, 0))
        self.sock = self._context.wrap_socket(plain, server_hostname=HOST)

    def ask(self, path="/", method="GET", body=None, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self.request(method, path, body, {"Host": HOST} | headers)
        answer = self.getresponse()
        return Answer(answer.status, answer.getheaders(), answer.read())

    def post(self, path, fields):
        form = "application/x-www-form-urlencoded"
        return self.ask(path, "POST", urlencode(fields), Content_Type=form)


def once(site, path="/", *arguments, address="127.0.0.1", **options):
    visitor = Visitor(site, address)
    try:
        return visitor.ask(path, *arguments, **options)
    finally:
        visitor.close()


class Crowd:
    """Visitors who read the same pages over and over until they are told to stop, or it is late."""

    def __init__(self, site, paths, size=4, seconds=90):
        self.site, self.paths = site, paths
        self.answers, self.failures = 0, []
        self.late, self.stopped = time.monotonic() + seconds, threading.Event()
        self.threads = [threading.Thread(target=self.read, args=[n]) for n in range(size)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *failed):
        self.stopped.set()
        for thread in self.threads:
            thread.join()

    def read(self, number):
        visitor = Visitor(self.site)
        while not self.stopped.is_set() and time.monotonic() < self.late:
            for path in self.paths[number:] + self.paths[:number]:
                try:
                    answer = visitor.ask(path)
                    if answer.status != 200:
                        self.failures.append((path, answer.status, answer["X-Cache"]))
                except (OSError, http.client.HTTPException) as error:
                    visitor.close()
                    self.failures.append((path, repr(error)))
                self.answers += 1
            # Enough to be under way at any moment, and some time for the site on two cores.
            time.sleep(0.01)
        visitor.close()


def title(answer):
    return re.search(rb"<h1[^>]*>([^<]*)", answer.body)[1].decode()
