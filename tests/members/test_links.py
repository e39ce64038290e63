import errno
import http.client
import shutil
import socket
import ssl
import subprocess
import time
from itertools import pairwise

import pytest

from members import links
from members.links import LinkChecker, Outcome, Target, Trouble, is_public, problem_of_error
from members.models.links import MAX_URL, Problem
from members.pacing import Stopwatch, check_all
from tests.members.web import (
    by_method,
    drip,
    flood,
    hang,
    lasting,
    raw,
    redirect,
    serving,
    status,
)

WORKS = ""
OPENSSL = shutil.which("openssl")
needs_openssl = pytest.mark.skipif(not OPENSSL, reason="makes its certificates with openssl")


@pytest.fixture
def web():
    with serving() as server:
        yield server


@pytest.fixture
def make_checker():
    """Makes a checker for which 127.0.0.1 is the whole internet, under any name and port."""

    def make(**changes):
        local = {
            "user_agent": "FictionalLinkCheck/1.0 (+https://site.example/)",
            "pause": 0,
            "patience": 1,
            "total": 3,
            "may_ask": lambda address: address == "127.0.0.1",
            "ports": None,
            "resolve": lambda host: ["127.0.0.1"],
        }
        return LinkChecker(**(local | changes))

    return make


# Addresses ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    """
    8.8.8.8 1.1.1.1 100.63.255.255 100.128.0.0 172.15.0.1 172.32.0.1 192.0.1.1 223.255.255.255
    2606:4700::1111 2001:200::1 2a00:1450:4001::1
    """.split(),
)
def test_the_public_internet_may_be_asked(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    """
    0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 127.8.9.10
    168.63.129.16 169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.8 192.0.0.192 192.0.2.1
    192.88.99.1 192.168.1.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255
    240.0.0.1 255.255.255.255
    :: ::1 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:0:127.0.0.1 64:ff9b::8.8.8.8
    64:ff9b:1::1 100::1 2001::1 2001:db8::1 2002:7f00:1:: 3fff::1 5f00::1 fc00::1 fd00:ec2::254
    fe80::1 fe80::1%1 fec0::1 ff02::1 ff0e::1
    """.split(),
)
def test_nothing_else_may_be_asked(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    ("url", "host", "spelled"),
    [
        ("https://Fictional.Example", "fictional.example", "https://fictional.example/"),
        ("http://fictional.example.:80/", "fictional.example", "http://fictional.example/"),
        ("https://a.example:444/?q=1#top", "a.example", "https://a.example:444/?q=1"),
        ("https://a.example/ä b?ü=%20", "a.example", "https://a.example/%C3%A4%20b?%C3%BC=%20"),
        ("https://bücher.example/", "xn--bcher-kva.example", "https://xn--bcher-kva.example/"),
        ("http://１２７。０。０。１/", "127.0.0.1", "http://127.0.0.1/"),
        ("http://[::1]:81/", "::1", "http://[::1]:81/"),
        ("https://a.example/\r\nX-Evil: 1", "a.example", "https://a.example/X-Evil:%201"),
        ("https://a.example/\0", "a.example", "https://a.example/%00"),
    ],
)
def test_an_address_is_spelled_as_a_request_needs_it(url, host, spelled):
    target = Target.of(url)
    assert (target.host, target.url) == (host, spelled)


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("", Problem.ADDRESS),
        ("fictional.example", Problem.ADDRESS),
        ("//fictional.example/", Problem.ADDRESS),
        ("https://", Problem.ADDRESS),
        ("https:///path", Problem.ADDRESS),
        ("https://[::1/", Problem.ADDRESS),
        ("https://[fe80::1%25eth0]/", Problem.ADDRESS),
        ("https://a..example/", Problem.ADDRESS),
        ("https://.example/", Problem.ADDRESS),
        (f"https://{'a' * 64}.example/", Problem.ADDRESS),
        ("https://a b.example/", Problem.ADDRESS),
        ("https://a\0b.example/", Problem.ADDRESS),
        ("https://a.example:port/", Problem.ADDRESS),
        ("https://a.example:99999/", Problem.ADDRESS),
        ("https://a.example/\ud800", Problem.ADDRESS),
        (f"https://a.example/{'a' * MAX_URL}", Problem.ADDRESS),
        ("ftp://a.example/", Problem.ADDRESS),
        ("file:///etc/passwd", Problem.ADDRESS),
        ("javascript:alert(1)", Problem.ADDRESS),
        ("https://name@a.example/", Problem.LOGIN),
        ("https://name:word@a.example/", Problem.LOGIN),
        ("https://@a.example/", Problem.LOGIN),
    ],
)
def test_a_bad_address_is_an_outcome_and_no_error(make_checker, url, problem):
    with pytest.raises(Trouble):
        Target.of(url)
    assert make_checker().check(url) == Outcome(problem)


def test_only_the_ports_of_the_web_are_asked(web, make_checker):
    checker = make_checker(ports=frozenset({80, 443}))
    assert checker.check(web.url()).problem == Problem.PORT
    assert checker.check("http://fictional.example:0/").problem == Problem.PORT
    assert not web.asked


def test_by_default_nothing_but_the_public_internet_is_asked(web):
    checker = LinkChecker("FictionalLinkCheck/1.0", ports=None)
    port = web.server_port
    for host in ("127.0.0.1", "127.1", "2130706433", "0x7f.1", "localhost", "0.0.0.0"):  # noqa: S104
        assert checker.check(f"http://{host}:{port}/").problem == Problem.PRIVATE, host
    assert LinkChecker("").check(web.url(host="127.0.0.1")).problem == Problem.PORT
    assert not web.asked


# Answers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        (200, WORKS),
        (204, WORKS),
        (206, WORKS),
        (304, Problem.ANSWER),
        (401, Problem.TURNED_AWAY),
        (403, Problem.TURNED_AWAY),
        (404, Problem.GONE),
        (410, Problem.GONE),
        (429, Problem.TURNED_AWAY),
        (500, Problem.SERVER),
        (503, Problem.SERVER),
        (526, Problem.SERVER),
        (999, Problem.TURNED_AWAY),
    ],
)
def test_the_status_tells_what_became_of_the_page(web, make_checker, code, problem):
    web.pages["/"] = status(code)
    assert make_checker().check(web.url()) == Outcome(problem, code)


def test_a_page_that_works_is_asked_for_once_and_told_who_asks(web, make_checker):
    web.pages["/a?b=%C3%A4"] = status(200)
    assert make_checker().check(web.url("/a?b=ä#c")).problem == WORKS
    [asked] = web.asked
    assert (asked.method, asked.host, asked.path) == ("HEAD", "fictional.example", "/a?b=%C3%A4")
    assert asked.agent == "FictionalLinkCheck/1.0 (+https://site.example/)"


@pytest.mark.parametrize(
    "head",
    [status(403), status(404), status(405), status(501), raw(b""), raw(b"Bye\r\n"), hang],
    ids=["403", "404", "405", "501", "dropped", "not HTTP", "no answer"],
)
def test_where_head_is_refused_get_decides(web, make_checker, head):
    web.pages["/"] = by_method(HEAD=head, GET=status(200))
    assert make_checker(patience=0.2).check(web.url()) == Outcome(WORKS, 200)


def test_who_asks_for_fewer_requests_gets_no_second_one(web, make_checker):
    web.pages["/"] = status(429)
    make_checker().check(web.url())
    assert web.methods == ["HEAD"]


def test_no_body_is_read(web, make_checker):
    web.pages["/"] = by_method(HEAD=status(405), GET=flood)
    began = time.monotonic()
    assert make_checker().check(web.url()) == Outcome(WORKS, 200)
    assert time.monotonic() - began < 2
    assert web.sent < 20_000_000  # what the buffers of both ends take


def test_interim_answers_are_passed_over(web, make_checker):
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
    web.pages["/"] = raw(early + b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Gone\r\n\r\n")
    assert make_checker().check(web.url()) == Outcome(Problem.GONE, 404)


@pytest.mark.parametrize(
    ("page", "problem"),
    [
        (raw(b""), Problem.DROPPED),
        (raw(b"SSH-2.0-OpenSSH_9.9\r\n"), Problem.ANSWER),
        (raw(b"HTTP/1.1 000 Nothing\r\n\r\n"), Problem.ANSWER),
        (raw(b"x" * 100_000), Problem.ANSWER),
        (raw(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200), Problem.ANSWER),
        (raw(b"HTTP/1.1 200 OK\r\nA: " + b"b" * 100_000), Problem.ANSWER),
        (raw(b"\0\xff" * 50), Problem.ANSWER),
    ],
    ids=["nothing", "another protocol", "no status", "no line", "no end", "long line", "noise"],
)
def test_a_server_that_talks_nonsense_is_no_error(web, make_checker, page, problem):
    web.pages["/"] = page
    assert make_checker().check(web.url()).problem == problem


# Time --------------------------------------------------------------------------------------------


def test_a_server_that_says_nothing_is_given_up(web, make_checker):
    web.pages["/"] = hang
    assert make_checker(patience=0.2).check(web.url()) == Outcome(Problem.TIME)


def test_a_head_that_comes_byte_by_byte_is_given_up(web, make_checker):
    web.pages["/"] = drip
    began = time.monotonic()
    assert make_checker(patience=0.3, total=0.6).check(web.url()) == Outcome(Problem.TIME)
    assert 0.6 <= time.monotonic() - began < 2


def test_the_time_of_all_redirects_counts_together(web, make_checker):
    web.pages |= {f"/{n}": lasting(0.3, redirect(f"/{n + 1}")) for n in range(3)}
    assert make_checker(total=0.7).check(web.url("/0")).problem == Problem.TIME
    assert [asked.path for asked in web.asked][:2] == ["/0", "/1"]


def test_waiting_for_its_turn_does_not_count(web, make_checker):
    web.pages["/"] = status(200)
    checker = make_checker(pause=0.4, total=0.3)
    assert [checker.check(web.url()).problem for _ in range(2)] == [WORKS, WORKS]


# Redirects ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed_and_its_end_told(web, make_checker, code):
    web.pages |= {"/old": redirect("new?a=b#c", code), "/new?a=b": status(200)}
    outcome = make_checker().check(web.url("/old"))
    assert outcome == Outcome(WORKS, 200, web.url("/new?a=b"))


@pytest.mark.parametrize(
    ("bytes_sent", "path"), [(b"/\xc3\xa4 b", "/%C3%A4%20b"), (b"/\xe4", "/%E4"), (b"/\0", "/%00")]
)
def test_a_redirect_that_is_not_ascii_goes_where_a_browser_goes(
    web, make_checker, bytes_sent, path
):
    head = b"HTTP/1.1 302 Found\r\nLocation: " + bytes_sent + b"\r\n\r\n"
    web.pages |= {"/": raw(head), path: status(200)}
    assert make_checker().check(web.url()) == Outcome(WORKS, 200, web.url(path))


def test_a_redirect_to_another_site_is_followed_under_its_name(web, make_checker):
    web.pages |= {"/": redirect(web.url("/b", host="other.example")), "/b": status(410)}
    outcome = make_checker().check(web.url())
    assert outcome == Outcome(Problem.GONE, 410, web.url("/b", host="other.example"))
    assert [(asked.host, asked.path) for asked in web.asked][:2] == [
        ("fictional.example", "/"),
        ("other.example", "/b"),
    ]


def test_five_redirects_are_followed_and_no_sixth(web, make_checker):
    web.pages |= {f"/{n}": redirect(f"/{n - 1}") for n in range(1, 9)} | {"/0": status(200)}
    assert make_checker().check(web.url("/5")).problem == WORKS
    web.asked.clear()
    outcome = make_checker().check(web.url("/6"))
    assert (outcome.problem, outcome.status) == (Problem.REDIRECTS, 302)
    assert len(web.asked) == 6


def test_a_circle_of_redirects_ends(web, make_checker):
    web.pages |= {"/a": redirect("/b"), "/b": redirect("/a#again")}
    assert make_checker().check(web.url("/a")).problem == Problem.REDIRECTS
    assert len(web.asked) == 2


@pytest.mark.parametrize(
    ("to", "problem"),
    [
        ("ftp://fictional.example/", Problem.ADDRESS),
        ("file:///etc/passwd", Problem.ADDRESS),
        ("http://[", Problem.ADDRESS),
        ("http://name:word@fictional.example/", Problem.LOGIN),
        ("/" + "a" * MAX_URL, Problem.ADDRESS),
    ],
)
def test_a_redirect_to_a_bad_address_is_not_followed(web, make_checker, to, problem):
    web.pages["/"] = redirect(to)
    assert make_checker().check(web.url()).problem == problem
    assert len(web.asked) == 1


def test_a_redirect_to_nowhere_is_no_page(web, make_checker):
    web.pages["/"] = status(302)
    assert make_checker().check(web.url()) == Outcome(Problem.ANSWER, 302)


def test_a_redirect_to_a_private_address_is_not_followed(web, make_checker):
    with serving("127.0.0.2") as inner:
        inside = inner.url(host="inside.example")
        web.pages["/"] = redirect(inside)
        places = {"inside.example": ["127.0.0.2"]}
        checker = make_checker(resolve=lambda host: places.get(host, ["127.0.0.1"]))
        assert checker.check(web.url()) == Outcome(Problem.PRIVATE, None, inside)
        web.pages["/"] = redirect(inner.url(host="127.0.0.2"))
        checker = make_checker(resolve=links.resolve)
        assert checker.check(web.url(host="127.0.0.1")).problem == Problem.PRIVATE
        assert not inner.asked


# Names and connections ---------------------------------------------------------------------------


def test_a_name_that_changes_its_address_is_judged_each_time(web, make_checker):
    answers = [["127.0.0.1"], ["127.0.0.2"]]
    with serving("127.0.0.2", web.server_port) as inner:
        checker = make_checker(resolve=lambda host: answers.pop(0))
        # HEAD gets a 404 from the outside; the GET would go inside.
        assert checker.check(web.url()).problem == Problem.PRIVATE
        assert (web.methods, inner.asked, answers) == (["HEAD"], [], [])


def test_a_name_is_not_looked_up_again_to_connect(web, make_checker, monkeypatch):
    web.pages["/"] = status(200)
    looked_up = []
    real = socket.getaddrinfo

    def getaddrinfo(host, *args, **kwargs):
        looked_up.append(host)
        return real(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    assert make_checker().check(web.url()).problem == WORKS
    assert set(looked_up) <= {"127.0.0.1"}


@pytest.mark.parametrize("addresses", [["127.0.0.1", "127.0.0.2"], ["127.0.0.1", "::1"], []])
def test_one_private_address_of_a_name_is_enough_to_refuse_it(web, make_checker, addresses):
    assert make_checker(resolve=lambda host: addresses).check(web.url()).problem == Problem.PRIVATE
    assert not web.asked


def test_another_address_of_the_name_is_tried(web, make_checker):
    web.pages["/"] = status(200)
    checker = make_checker(
        may_ask=lambda address: True, resolve=lambda host: ["127.0.0.3", "127.0.0.1"]
    )
    assert checker.check(web.url()).problem == WORKS


def test_a_closed_port_is_told(make_checker):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert make_checker().check(f"http://fictional.example:{port}/").problem == Problem.REFUSED


def raising(error):
    def resolve(host):
        raise error

    return resolve


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (socket.gaierror(socket.EAI_NONAME, ""), Problem.NO_NAME),
        (socket.gaierror(socket.EAI_NODATA, ""), Problem.NO_NAME),
        (socket.gaierror(socket.EAI_AGAIN, ""), Problem.LOOKUP),
        (OSError(errno.ENETUNREACH, ""), Problem.NETWORK),
        (OSError(errno.EMFILE, ""), Problem.NETWORK),
        (OSError(errno.EHOSTUNREACH, ""), Problem.UNREACHABLE),
        (TimeoutError(), Problem.TIME),
        (ConnectionRefusedError(), Problem.REFUSED),
        (ConnectionResetError(), Problem.DROPPED),
        (ssl.SSLError(), Problem.ENCRYPTION),
    ],
)
def test_what_goes_wrong_with_a_connection_is_an_outcome(make_checker, error, problem):
    checker = make_checker(resolve=raising(error))
    assert checker.check("https://fictional.example/") == Outcome(problem)


def test_what_goes_wrong_with_an_answer_is_told_apart():
    assert problem_of_error(http.client.RemoteDisconnected()) == Problem.DROPPED
    assert problem_of_error(http.client.LineTooLong("header line")) == Problem.ANSWER


# Certificates ------------------------------------------------------------------------------------


def openssl(directory, *args):
    subprocess.run([OPENSSL, *args], cwd=directory, check=True, capture_output=True)


@pytest.fixture(scope="session")
def certificates(tmp_path_factory):
    """For fictional.example: one signed by itself, one by an authority that it does not send."""
    directory = tmp_path_factory.mktemp("certificates")
    new = "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes".split()
    name = "-subj /CN=fictional.example -addext subjectAltName=DNS:fictional.example".split()
    for certificate, subject in (("self", name), ("authority", ["-subj", "/CN=Fictional CA"])):
        out = f"-x509 -days 2 -keyout {certificate}.key -out {certificate}.pem".split()
        openssl(directory, *new, *out, *subject)
    openssl(directory, *new, *"-keyout leaf.key -out leaf.csr".split(), *name)
    openssl(
        directory,
        *"x509 -req -in leaf.csr -CA authority.pem -CAkey authority.key -CAcreateserial".split(),
        *"-days 2 -copy_extensions copy -out leaf.pem".split(),
    )
    return directory


@pytest.fixture
def secure_web(certificates):
    """Starts a server with a certificate; it notes for which names it is asked."""
    opened = []

    def start(certificate):
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(
            certificates / f"{certificate}.pem", certificates / f"{certificate}.key"
        )
        names = []
        tls.sni_callback = lambda sock, name, context: names.append(name)
        context = serving(tls=tls)
        server = context.__enter__()
        opened.append(context)
        server.pages["/"] = status(200)
        server.names = names
        return server

    yield start
    for context in opened:
        context.__exit__(None, None, None)


@needs_openssl
def test_the_name_is_checked_against_the_certificate_though_an_address_is_dialled(
    secure_web, certificates, make_checker
):
    web = secure_web("self")
    trusting = make_checker(tls=ssl.create_default_context(cafile=certificates / "self.pem"))
    assert trusting.check(web.url(scheme="https")) == Outcome(WORKS, 200)
    assert web.names == ["fictional.example"]
    assert [asked.host for asked in web.asked] == ["fictional.example"]
    other = trusting.check(web.url(scheme="https", host="other.example"))
    assert other.problem == Problem.CERTIFICATE
    assert len(web.asked) == 1


@needs_openssl
@pytest.mark.parametrize(
    ("certificate", "problem"), [("self", Problem.CERTIFICATE), ("leaf", Problem.ISSUER)]
)
def test_a_certificate_of_nobody_known_is_told(secure_web, make_checker, certificate, problem):
    web = secure_web(certificate)
    assert make_checker().check(web.url(scheme="https")) == Outcome(problem)
    assert not web.asked


def test_a_server_that_does_not_speak_tls_is_told(web, make_checker):
    assert make_checker().check(web.url(scheme="https")) == Outcome(Problem.ENCRYPTION)


def test_a_handshake_that_hangs_is_given_up(make_checker):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        checker = make_checker(patience=0.2)
        assert checker.check(f"https://fictional.example:{port}/") == Outcome(Problem.TIME)


def test_a_connection_that_comes_too_late_is_closed(make_checker):
    late, other = socket.socketpair()
    with other, Stopwatch(patience=1, total=0) as watch, pytest.raises(TimeoutError):
        make_checker().secured(late, "fictional.example", watch)
    assert late.fileno() == -1


# Manners -----------------------------------------------------------------------------------------


def test_a_site_is_asked_one_thing_at_a_time_with_a_pause(make_checker):
    checker = make_checker(pause=0.15, patience=5, total=10)
    with serving() as web:
        web.pages |= {f"/{n}": lasting(0.03, status(200)) for n in range(4)}
        urls = [web.url(f"/{n}", host) for n in range(4) for host in ("a.example", "www.a.example")]
        # Meanwhile other sites lead there.
        web.pages["/to-a"] = redirect(web.url("/0", "a.example"))
        urls += [web.url("/to-a", f"{name}.example") for name in "bcd"]
        found = dict(check_all(checker.check, urls, site_of=links.site_of))
    assert set(found) == set(urls)
    assert {outcome.status for outcome in found.values()} == {200}
    asked = sorted(
        (one for one in web.asked if one.host.endswith("a.example")), key=lambda one: one.began
    )
    assert len(asked) == 11
    for one, following in pairwise(asked):
        assert following.began - one.ended > 0.05
