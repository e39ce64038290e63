"""What a visitor gets through nginx: headers, copies that are kept, and what is refused."""

import gzip
import re
import socket
import ssl
import subprocess
import time
from urllib.parse import urlencode

import pytest

from network_site.management.commands.make_error_pages import PAGES
from tests.deploy.site import HOST, wait_until
from tests.deploy.visitor import Visitor, once, title
from tests.network_site.contact import fields
from tests.network_site.test_headers import FEATURES, POLICY
from tests.pages import PUBLIC

pytestmark = pytest.mark.deploy

ONCE = {
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
}


def check(answer, *, tls=True, policy=POLICY):
    """Every header that protects visitors is there, once, and says the same everywhere."""
    (own,) = answer.all("Content-Security-Policy")
    assert {part.strip() for part in own.split(";")} == policy
    (permissions,) = answer.all("Permissions-Policy")
    assert {part.strip() for part in permissions.split(",")} == {f"{f}=()" for f in FEATURES}
    for name, value in ONCE.items():
        wanted = [value] if tls or name != "Strict-Transport-Security" else []
        assert answer.all(name) == wanted, name
    assert answer["Server"] == "nginx"
    assert not answer.all("Set-Cookie")
    assert len(answer.all("Cache-Control")) == 1


def kept(site, path, state="HIT"):
    """Asks until nginx answers from what it keeps."""
    answers = []

    def is_kept():
        answers.append(once(site, path))
        return answers[-1]["X-Cache"] == state

    wait_until(is_kept, what=f"{path} as {state}")
    return answers[-1]


# Headers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "status"),
    [
        *(
            (path, 200)
            for path in ("/", "/members/", "/find/?place=Texas", "/contact/", "/healthz")
        ),
        *((path, 200) for path in ("/robots.txt", "/sitemap.xml", "/jobs/feed/", "/favicon.ico")),
        *((path, 301) for path in ("/members", "/regions/US-VA/")),
        *((path, 400) for path in ("/find/?place=", "/members/?kind=x", "/contact/?subject=x")),
        *(
            (path, 404)
            for path in ("/nowhere/", "/static/nowhere.css", "/static/", "/errors/413.html")
        ),
        ("/broken/", 500),
        ("/%2e%2e/%2e%2e/", 400),
        (f"/{'x' * 9000}", 414),
    ],
)
def test_every_answer_has_each_header_once(site, path, status):
    for _ in range(2):
        answer = once(site, path)
        assert answer.status == status
        check(answer)
        if status >= 400:
            assert "no-" in answer["Cache-Control"]
            assert title(answer)


def test_the_desk_keeps_its_own_policy(site):
    own = POLICY | {"script-src 'self'", "connect-src 'self'"}
    answer = once(site, "/admin/login/")
    assert answer.status == 200
    assert answer.all("Set-Cookie")
    (policy,) = answer.all("Content-Security-Policy")
    assert {part.strip() for part in policy.split(";")} == own
    assert "no-store" in answer["Cache-Control"]
    assert not answer["X-Cache"]


def test_files_are_compressed_and_never_change(site):
    page = once(site, "/").body.decode()
    (css,) = re.findall(r'href="(/static/css/[^"]+)"', page)
    packed = once(site, css, Accept_Encoding="gzip")
    plain = once(site, css)
    for answer in (packed, plain):
        check(answer)
        assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer["Vary"] == "Accept-Encoding"
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert once(site, "/favicon.ico")["Cache-Control"] == "public, max-age=60"


def test_without_tls_there_is_only_the_way_to_it(site):
    with socket.create_connection(("127.0.0.1", site.plain_port), 10) as client:
        client.sendall(f"GET /find/?place=x HTTP/1.0\r\nHost: {HOST}\r\n\r\n".encode())
        head = b"".join(iter(lambda: client.recv(4096), b"")).decode()
    assert head.startswith("HTTP/1.1 301 ")
    assert f"Location: https://{HOST}/find/?place=x\r\n" in head
    assert head.count("Content-Security-Policy: ") == 1
    assert "Strict-Transport-Security" not in head


# What is kept ------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/members/", "/regions/us-tx/", "/find/?place=Utah"])
def test_a_page_is_kept_compressed_and_read_by_all(site, path):
    plain = kept(site, path)
    check(plain)
    assert not plain["Content-Encoding"]
    packed = once(site, path, Accept_Encoding="br, gzip;q=0.5")
    assert packed["X-Cache"] != "MISS"
    assert packed["Content-Encoding"] == "gzip"
    assert packed.all("Vary") == ["Accept-Encoding"]
    assert title(plain) in gzip.decompress(packed.body).decode()
    head = once(site, path, "HEAD")
    assert (head.status, head.body) == (200, b"")
    check(head)
    again = once(site, path, If_None_Match=plain["ETag"])
    assert (again.status, again.body) == (304, b"")
    check(again)


def test_a_part_that_is_asked_for_is_that_part_or_the_whole(site):
    whole = kept(site, "/guide/")
    part = once(site, "/guide/", Range="bytes=0-99")
    assert part.status in {200, 206}
    assert part.body == (whole.body if part.status == 200 else part.body[:100])


def test_what_is_not_a_page_for_all_is_never_kept(site):
    for path in (
        "/contact/",
        "/admin/login/",
        "/healthz",
        "/nowhere/",
        "/find/?place=",
        "/members",
    ):
        for _ in range(3):
            assert once(site, path)["X-Cache"] in {"", "MISS"}, path


def test_cookies_and_claims_of_a_browser_change_nothing(site):
    claims = {
        "Cookie": "__Host-sessionid=fictional; sessionid=fictional",
        "Authorization": "Basic fictional",
        "X_Forwarded_Host": "forged.example",
        "X_Forwarded_Proto": "http",
        "X_Original_URL": "/admin/",
        "Accept_Language": "ar",
    }
    once(site, "/accessibility/", **claims)
    answer = kept(site, "/accessibility/")
    assert b"forged.example" not in answer.body
    assert f'href="https://{HOST}/accessibility/"'.encode() in answer.body


def test_a_thousand_languages_and_queries_are_one_page(site):
    visitor = Visitor(site)
    first = visitor.ask("/history/")
    pages, answers = site.cached()
    for number in range(1000):
        answer = visitor.ask(f"/history/?x{number}={number}", Accept_Language=f"x-{number}")
        assert answer.body == first.body
        assert answer["X-Cache"] != "MISS" or number == 0
    for number in range(100):
        visitor.ask(f"/members/?x{number}={number}&utm_source={number}")
        visitor.ask(f"/find/?place=Ohio&fbclid={number}")
        visitor.ask(f"/jobs/?fbclid={number}")
    visitor.close()
    after = site.cached()
    assert after[0] <= pages + 2  # the lists, if nobody had asked for them before
    assert after[1] <= answers + 1  # Ohio


def test_many_questions_push_out_no_page(site):
    kept(site, "/privacy/")
    pages, _ = site.cached()
    visitor = Visitor(site)
    for number in range(60):
        assert visitor.ask(f"/search/?q=fictional{number}").status == 200
    visitor.close()
    assert site.cached()[0] == pages
    assert once(site, "/privacy/")["X-Cache"] != "MISS"


@pytest.mark.parametrize(
    "path", [path for path, status in PUBLIC.values() if "?" in path and status == 200]
)
def test_what_a_page_reads_of_its_address_gets_there(site, path):
    """The same page as without nginx, so that no name is missing in maps.conf."""
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(site.socket("a")))
        head = f"GET {path} HTTP/1.0\r\nHost: {HOST}\r\nX-Forwarded-Proto: https\r\n\r\n"
        client.sendall(head.encode())
        direct = b"".join(iter(lambda: client.recv(65536), b"")).partition(b"\r\n\r\n")[2]
    stamps = re.compile(rb'name="stamp" value="[^"]*"')
    assert stamps.sub(b"", once(site, path).body) == stamps.sub(b"", direct)


# What is refused ---------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["fictional.example", "127.0.0.1", f"{HOST}.fictional.example"])
def test_a_host_that_is_not_ours_is_refused(site, host):
    visitor = Visitor(site)
    visitor.request("GET", "/", headers={"Host": host})
    answer = visitor.getresponse()
    assert answer.status == 421
    visitor.close()


@pytest.mark.parametrize("port", ["", ":443", ":8443"])
def test_a_port_in_the_host_poisons_nothing(site, port):
    once(site, "/about/", Host=f"{HOST}{port}")
    assert f'href="https://{HOST}/about/"'.encode() in kept(site, "/about/").body


def test_no_certificate_is_shown_to_who_asks_for_another_name(site):
    context = ssl.create_default_context()
    for name in ("fictional.example", None):
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        plain = socket.create_connection(("127.0.0.1", site.port), 10)
        with plain, pytest.raises(ssl.SSLError):
            context.wrap_socket(plain, server_hostname=name)


@pytest.mark.parametrize(
    ("options", "works"),
    [
        (["-tls1_1"], False),
        (["-tls1_2"], True),
        (["-tls1_3"], True),
        (["-tls1_2", "-cipher", "AES128-SHA:AES256-SHA:AES128-GCM-SHA256"], False),
        (["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA256"], False),
        (["-tls1_2", "-cipher", "ECDHE-ECDSA-CHACHA20-POLY1305"], True),
        (["-curves", "P-521"], False),
    ],
)
def test_tls_is_the_intermediate_one(site, options, works):
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{site.port}", "-servername", HOST]
    answer = subprocess.run([*command, *options], input=b"", capture_output=True)
    assert (answer.returncode == 0) is works


def test_a_head_that_is_too_large_is_refused_in_the_sites_look(site):
    answer = once(site, "/", Cookie="x" * 20_000)
    assert answer.status == 400
    check(answer)
    assert title(answer)


def test_plain_http_where_tls_is_wanted_is_refused_in_the_sites_look(site):
    with socket.create_connection(("127.0.0.1", site.port), 10) as client:
        client.sendall(f"GET / HTTP/1.0\r\nHost: {HOST}\r\n\r\n".encode())
        answer = b"".join(iter(lambda: client.recv(65536), b"")).decode()
    assert answer.startswith("HTTP/1.1 400 ")
    assert "Innocence Network</title>" in answer


@pytest.mark.parametrize("path", ["/contact/", "/find/"])
def test_what_is_too_large_is_told_so_in_the_sites_look(site, path):
    answer = once(site, path, "POST", b"x" * 70_000, address="127.0.2.1")
    assert answer.status == 413
    check(answer)
    assert title(answer) == "This is too much to send"


def test_who_sends_too_often_is_told_so_and_goes_on_reading(site):
    visitor = Visitor(site, "127.0.2.2")
    answers = [visitor.post("/contact/", fields(name="")) for _ in range(30)]
    assert [answer.status for answer in answers[:21]] == [400] * 21
    last = answers[-1]
    assert last.status == 429
    check(last)
    assert last["Retry-After"] == "60"
    assert title(last) == "Too much was sent from your address"
    assert visitor.ask("/").status == 200
    visitor.close()
    other = Visitor(site, "127.0.2.3")
    assert other.post("/contact/", fields(name="")).status == 400
    other.close()


def test_who_is_slow_holds_up_nobody(site):
    """Hundreds of connections, and forms, that never come to an end: nginx ends them."""
    slow = []
    for number in range(300):
        visitor = Visitor(site, f"127.0.3.{number % 250 + 1}")
        visitor.connect()
        head = f"POST /contact/ HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 1000\r\n"
        visitor.sock.sendall((head + "\r\nx" * (number % 2)).encode())
        slow.append(visitor)
    begun = time.monotonic()
    for path in ("/", "/find/?place=Iowa", "/contact/", "/healthz"):
        assert once(site, path).status == 200
    assert time.monotonic() - begun < 5
    time.sleep(max(0, begun + 12 - time.monotonic()))
    for visitor in slow:
        visitor.sock.settimeout(2)
        try:
            while visitor.sock.recv(4096):
                pass
        except ConnectionError:
            pass
        visitor.close()


def test_pages_of_errors_are_all_there(site):
    for page in PAGES:
        assert (site.directory / "static" / "errors" / f"{page}.html").exists()


# Logs --------------------------------------------------------------------------------------------


def test_no_log_has_an_address_or_a_query(site):
    once(site, "/find/?place=Fictionalville", address="127.0.4.1")
    once(site, "/admin/password-reset/MQ/fictional-token/", address="127.0.4.1")
    log = site.directory / "log" / "network-site.access.log"
    wait_until(lambda: log.exists() and "/find/" in log.read_text(), what="The log")
    for path in log.parent.iterdir():
        text = path.read_text(errors="replace")
        for secret in ("127.0.", "Fictionalville", "place=", "fictional-token", "client:"):
            assert secret not in text, (path.name, secret)


def test_staff_sign_in_through_nginx(site):
    visitor = Visitor(site, "127.0.7.1")
    page = visitor.ask("/admin/login/")
    (token,) = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.body.decode())
    cookies = "; ".join(value.partition(";")[0] for value in page.all("Set-Cookie"))
    sent = {"csrfmiddlewaretoken": token, "username": "fictional", "password": "wrong"}
    answer = visitor.ask(
        "/admin/login/",
        "POST",
        urlencode(sent),
        Content_Type="application/x-www-form-urlencoded",
        Cookie=cookies,
        Origin=f"https://{HOST}",
    )
    visitor.close()
    assert answer.status == 200
    assert b"The username or the password is wrong." in answer.body
