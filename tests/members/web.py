"""A web server of one's own on a loopback address, with pages that behave badly on purpose."""

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Asked:
    """One request, and when it was in progress."""

    method: str
    host: str
    path: str
    agent: str
    began: float
    ended: float | None = None


class Handler(BaseHTTPRequestHandler):
    def answer(self):
        host, _, _port = self.headers["Host"].partition(":")
        agent = self.headers["User-Agent"]
        asked = Asked(self.command, host, self.path, agent, time.monotonic())
        self.server.asked.append(asked)
        try:
            self.server.pages.get(self.path, status(404))(self)
        except OSError:
            self.close_connection = True  # the other side has gone
        asked.ended = time.monotonic()

    do_HEAD = do_GET = answer  # noqa: N815 - the library looks for this name

    def log_message(self, *args):
        pass


class Web(ThreadingHTTPServer):
    daemon_threads = False  # closing waits for them

    def __init__(self, address="127.0.0.1", port=0):
        super().__init__((address, port), Handler)
        self.pages = {}
        self.asked = []
        self.sent = 0
        self.closing = threading.Event()

    def url(self, path="/", host="fictional.example", scheme="http"):
        return f"{scheme}://{host}:{self.server_port}{path}"

    @property
    def methods(self):
        return [asked.method for asked in self.asked]

    def handle_error(self, request, client_address):
        pass


@contextmanager
def serving(address="127.0.0.1", port=0, tls=None):
    web = Web(address, port)
    if tls:
        web.socket = tls.wrap_socket(web.socket, server_side=True)
    thread = threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield web
    finally:
        web.closing.set()
        web.shutdown()
        thread.join()
        web.server_close()


# Pages -------------------------------------------------------------------------------------------


def status(code, **headers):
    def page(handler):
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()

    return page


def redirect(to, code=302):
    return status(code, Location=to)


def raw(answer):
    """Exactly these bytes, and nothing else."""
    return lambda handler: handler.wfile.write(answer)


def by_method(**pages):
    """One page for HEAD, another for GET."""
    return lambda handler: pages[handler.command](handler)


def hang(handler):
    handler.server.closing.wait(10)


def drip(handler):
    """A head that comes byte by byte and never ends."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not handler.server.closing.wait(0.05):
        handler.wfile.write(b"x")


def flood(handler):
    """A body without end."""
    status(200)(handler)
    while not handler.server.closing.is_set():
        handler.server.sent += handler.wfile.write(b"x" * 65_536)


def lasting(seconds, page):
    def late(handler):
        handler.server.closing.wait(seconds)
        page(handler)

    return late
