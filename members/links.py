"""Follows links to tell which still lead to a page: politely, and on the public internet only.

Where a request goes is chosen by whoever typed the link and by each server on the way. So each hop
is judged anew: its name is resolved once, all its addresses are judged, and the connection goes to
a judged address, under the name's certificate. Of an answer only the head is read.
"""

import errno
import http.client
import io
import ipaddress
import re
import socket
import ssl
import string
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import quote, urljoin, urlsplit

from django.utils.encoding import iri_to_uri

from members.models.links import MAX_URL, Problem
from members.pacing import Stopwatch, Turns

PORTS = {"http": 80, "https": 443}
HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]*:[0-9a-f:.]*")
STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-9]\d\d)\b")
MAX_LINE = 8192
MAX_REDIRECTS = 5
MAX_ADDRESSES = 3
REDIRECTING = {301, 302, 303, 307, 308}
GONE = {404, 410}

# IANA's special-purpose addresses. Python's own `is_global` differs from version to version.
NOT_PUBLIC = [
    ipaddress.ip_network(network)
    for network in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16"),
        *("198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3"),
        "168.63.129.16/32",  # the metadata of virtual machines at one provider
        *("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),
    )
]
GLOBAL_IPV6 = ipaddress.ip_network("2000::/3")

NO_NAME = {socket.EAI_NONAME, socket.EAI_NODATA}
NO_ISSUER = {20, 21}  # OpenSSL's X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, …_VERIFY_LEAF_…
OUR_OWN = {errno.ENETUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL, errno.EMFILE, errno.ENFILE}


class Outcome(NamedTuple):
    """What became of a link; ``leads_to`` is where it redirects to."""

    problem: str = ""
    status: int | None = None
    leads_to: str = ""


class Trouble(Exception):  # noqa: N818 - it says what became of a link, nothing is wrong with us
    def __init__(self, problem):
        self.problem = problem


# Judging -----------------------------------------------------------------------------------------


def is_public(address):
    """Whether an IP address belongs to the public internet: all that this may connect to."""
    ip = ipaddress.ip_address(address)
    if ip.version == 6 and ip not in GLOBAL_IPV6:  # also those that only wrap an IPv4 address
        return False
    return not any(ip in network for network in NOT_PUBLIC)


def problem_of_status(status):
    if status in GONE:
        return Problem.GONE
    if status < 300:
        return ""
    if status < 400:
        return Problem.ANSWER
    return Problem.SERVER if 500 <= status < 600 else Problem.TURNED_AWAY


def problem_of_error(error):
    """The problem that an error of resolving, connecting or reading stands for."""
    match error:
        case socket.gaierror():
            return Problem.NO_NAME if error.errno in NO_NAME else Problem.LOOKUP
        case TimeoutError():
            return Problem.TIME
        case ssl.SSLCertVerificationError():
            return Problem.ISSUER if error.verify_code in NO_ISSUER else Problem.CERTIFICATE
        case ssl.SSLError():
            return Problem.ENCRYPTION
        case ConnectionRefusedError():
            return Problem.REFUSED
        case ConnectionError():
            return Problem.DROPPED
        case http.client.HTTPException():
            return Problem.ANSWER
    return Problem.NETWORK if error.errno in OUR_OWN else Problem.UNREACHABLE


@dataclass(frozen=True)
class Target:
    """A web address in the parts and the spelling that a request needs."""

    scheme: str
    host: str
    port: int
    path: str

    @classmethod
    def of(cls, url):
        try:
            parts = urlsplit(url.strip())
            host = (parts.hostname or "").rstrip(".").encode("idna").decode("ascii").lower()
            port = parts.port
            path = iri_to_uri((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        except ValueError as error:
            raise Trouble(Problem.ADDRESS) from error
        if parts.scheme not in PORTS or not HOST.fullmatch(host):
            raise Trouble(Problem.ADDRESS)
        if "@" in parts.netloc:
            raise Trouble(Problem.LOGIN)
        target = cls(parts.scheme, host, PORTS[parts.scheme] if port is None else port, path)
        if len(target.url) > MAX_URL:
            raise Trouble(Problem.ADDRESS)
        return target

    @property
    def netloc(self):
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self):
        return f"{self.scheme}://{self.netloc}{self.path}"

    @property
    def site(self):
        """Whose turn it takes: "example.org" and "www.example.org" are mostly one server."""
        return self.host.removeprefix("www.")


# Asking ------------------------------------------------------------------------------------------


class Arriving(io.RawIOBase):
    """The bytes of a socket while the stopwatch runs, also when they come one by one."""

    def __init__(self, sock, watch):
        self.sock = sock
        self.watch = watch

    def readable(self):
        return True

    def readinto(self, buffer):
        self.sock.settimeout(self.watch.timeout())
        return self.sock.recv_into(buffer)


def read_head(stream):
    """Status and ``Location`` of an answer, after whatever interim answers come before it."""
    while True:
        line = stream.readline(MAX_LINE)
        if not line:
            raise http.client.RemoteDisconnected
        match = STATUS_LINE.match(line)
        if not match:
            raise http.client.BadStatusLine(repr(line))
        headers = http.client.parse_headers(stream)
        if (status := int(match[1])) >= 200:
            # What is not ASCII goes on byte by byte, whatever encoding the server means.
            location = headers.get("Location", "")
            return status, quote(location, safe=string.printable, encoding="latin-1")


def resolve(host):
    """The addresses of a host name; the system's resolver bounds how long that takes."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [address for *_, (address, *_) in found]


def site_of(url):
    try:
        return Target.of(url).site
    except Trouble:
        return url


@dataclass
class LinkChecker:
    """Follows links. What may be connected to, and how names are resolved, is a parameter."""

    user_agent: str
    pause: float = 2
    patience: float = 10
    total: float = 30
    may_ask: Callable[[str], bool] = is_public
    ports: frozenset[int] | None = frozenset(PORTS.values())
    resolve: Callable[[str], list[str]] = resolve
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def __post_init__(self):
        self.turns = Turns(self.pause)

    def check(self, url):
        """What becomes of the link. It never raises, whatever the address or the server."""
        watch = Stopwatch(self.patience, self.total)
        seen, status, leads_to = set(), None, ""
        try:
            while len(seen) <= MAX_REDIRECTS:
                target = Target.of(url)
                leads_to = target.url if seen else ""
                if target.url in seen:
                    break
                seen.add(target.url)
                status = None
                status, location = self.ask(target, watch)
                if status not in REDIRECTING or not location:
                    return Outcome(problem_of_status(status), status, leads_to)
                url = urljoin(target.url, location)
        except Trouble as trouble:
            return Outcome(trouble.problem, None, leads_to)
        except (OSError, http.client.HTTPException) as error:
            return Outcome(problem_of_error(error), None, leads_to)
        except ValueError:
            return Outcome(Problem.ADDRESS, None, leads_to)
        return Outcome(Problem.REDIRECTS, status, leads_to)

    def ask(self, target, watch):
        """Status and location by HEAD, or by GET where HEAD is refused, fails or goes unheard."""
        try:
            status, location = self.request("HEAD", target, watch)
        except (OSError, http.client.HTTPException):
            return self.request("GET", target, watch)
        # 429 asks for fewer requests.
        if status < 400 or status == 429:
            return status, location
        return self.request("GET", target, watch)

    def request(self, method, target, watch):
        lines = (
            f"{method} {target.path} HTTP/1.1",
            f"Host: {target.netloc}",
            f"User-Agent: {self.user_agent}",
            "Accept: */*",
            "Accept-Encoding: identity",
            "Connection: close",
        )
        with self.turns.at(target.site), watch, self.connect(target, watch) as sock:
            sock.settimeout(watch.timeout())
            sock.sendall("\r\n".join((*lines, "", "")).encode("ascii", "replace"))
            return read_head(io.BufferedReader(Arriving(sock, watch)))

    def connect(self, target, watch):
        """A connection to an address of the target that was judged; ``Trouble`` where none is."""
        if self.ports is not None and target.port not in self.ports:
            raise Trouble(Problem.PORT)
        try:
            addresses = self.resolve(target.host)
            if not addresses or not all(self.may_ask(address) for address in addresses):
                raise Trouble(Problem.PRIVATE)
            sock = self.connect_to_one(addresses[:MAX_ADDRESSES], target.port, watch)
            return sock if target.scheme == "http" else self.secured(sock, target.host, watch)
        except OSError as error:
            raise Trouble(problem_of_error(error)) from error

    def connect_to_one(self, addresses, port, watch):
        """A connection to the first of the addresses that takes one, or the first one's error."""
        errors = []
        for address in addresses:
            try:
                # An IP address, not a name: nothing is looked up again.
                return socket.create_connection((address, port), watch.timeout())
            except OSError as error:
                errors.append(error)
        raise errors[0]

    def secured(self, sock, host, watch):
        """The connection under TLS, once the certificate has been checked against the name."""
        try:
            sock.settimeout(watch.timeout())
            return self.tls.wrap_socket(sock, server_hostname=host)
        except Exception:
            sock.close()
            raise
