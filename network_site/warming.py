"""Asks the proxy in front for every public page, so that it has them when the site is away."""

import gzip
import http.client
import re
import socket
import ssl
from collections import deque
from dataclasses import dataclass, field

# Every other page is found from these.
FIRST = ("/", "/sitemap.xml")
# What no cache keeps, or what is a file; and any address with a query.
NOT_KEPT = ("/admin/", "/contact/", "/static/")
# So many failures in a row, and the site is not well: one more question would not help it.
ENOUGH = 5


@dataclass
class Warmed:
    pages: list = field(default_factory=list)
    failed: list = field(default_factory=list)


class Front(http.client.HTTPSConnection):
    """The proxy by its own address, whatever the host's name leads to from here."""

    def __init__(self, host, address, timeout=30):
        super().__init__(host, timeout=timeout, context=ssl.create_default_context())
        self.address = address

    def connect(self):
        plain = socket.create_connection(self.address, self.timeout)
        self.sock = self._context.wrap_socket(plain, server_hostname=self.host)

    def page(self, path):
        """Status and text; a status of 0 when there is no answer."""
        try:
            self.request("GET", path, headers={"Host": self.host, "Accept-Encoding": "gzip"})
            answer = self.getresponse()
            body = answer.read()
            if answer.headers["Content-Encoding"] == "gzip":
                body = gzip.decompress(body)
            return answer.status, body.decode(errors="replace")
        except (OSError, EOFError, http.client.HTTPException):
            self.close()
            return 0, ""


def warm(page, host, limit):
    """Asks for what the pages link to, from page to page, each once."""
    warmed, waiting, seen = Warmed(), deque(FIRST), set(FIRST)
    in_a_row = 0
    while waiting and in_a_row < ENOUGH and len(warmed.pages) < limit:
        path = waiting.popleft()
        status, text = page(path)
        if status in (0, 429) or status >= 500:
            warmed.failed.append(path)
            in_a_row += 1
            continue
        in_a_row = 0
        if status == 200:
            warmed.pages.append(path)
            new = [one for one in links(text, host) if one not in seen]
            seen.update(new)
            waiting.extend(new)
    return warmed


def links(text, host):
    """The paths that a page, or the map of the site, leads to."""
    found = re.findall(r'(?:href="|<loc>)([^"<]+)', text)
    own = (address.removeprefix(f"https://{host}") for address in found)
    return dict.fromkeys(
        path
        for path in own
        if re.fullmatch(r"/(?!/)[^?#&\s]*", path) and not path.startswith(NOT_KEPT)
    )
