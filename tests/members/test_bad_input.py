"""Whatever is sent, a page comes back: generated input against every address that takes any."""

import re
from urllib.parse import quote_from_bytes, urlencode

import pytest
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.django_db

# One client for all: none of these requests leaves anything behind in it, or in the database, so
# that the examples of one test may well share its transaction.
CLIENT = Client()
generated = settings(
    deadline=None,
    derandomize=True,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

# But for the sign, and the data for programs.
OURS = rb'(?! width="32"| type="application/ld\+json">)'
MARKUP = re.compile(rb"<\s*(script|img|svg|b)\b" + OURS + rb"[^>]*>", re.IGNORECASE)
NASTY = [
    *("\0", "\ud800", "\udfff", "%", "_", "'", '"', "\\", "`", ";", "--", "/*", "\r\n", "\x1b"),
    *(
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "'><b>",
        "{{ 7*7 }}",
        "{% x %}",
    ),
    *("javascript:alert(1)", "../../etc/passwd", "${jndi:x}", "%00", "%ud800", "&#60;b&#62;"),
    *("\u202e", "\u200b", "\ufeff", "\uffff", "\U0010ffff", "İ", "ß", "ﬃ", "\u0301" * 50),
    *("x" * 5000, "é" * 201, "9" * 5000, "1" + "0" * 400, "-1", "1e999", "NaN", "٣", "²"),
    *("Texas", "Springfield IL", "22903", "EH1 1YZ", "US-VA", "us-va-013", "Washington", "CA"),
]
texts = st.lists(st.sampled_from(NASTY) | st.text(max_size=8), max_size=4).map("".join)
data = texts.map(lambda text: text.encode("utf-8", "surrogatepass")) | st.binary(max_size=40)


def get(path, query=b""):
    """Sends bytes as they are, which a browser could not, and checks that a page comes back."""
    response = CLIENT.get(path, QUERY_STRING=query.decode("latin-1"))
    assert response.status_code in {200, 301, 400, 404}
    if response.status_code != 301:
        assert not MARKUP.search(response.content)
        assert b"<h1>" in response.content
    return response


def encoded(fields):
    return urlencode({name: value for name, value in fields.items() if value is not None}).encode()


@generated
@given(place=data, page=st.none() | data)
@example(place=b"Texas\0", page=None)
@example(place=b"\xed\xa0\x80", page=None)
@example(place=b"Texas", page=b"1" + b"0" * 400)
@example(place=b"x" * 5000, page=b"\0")
def test_the_finder_takes_any_text(place, page):
    assert get("/find/", encoded({"place": place, "page": page})).status_code in {200, 400}


@generated
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "name": data,
            "region": data | st.sampled_from(["US-VA", "CA", "001", "US-VA-013"]),
            "kind": data | st.just("nonprofit"),
            "order": data | st.just("place"),
            "page": data,
        },
    )
)
@example({"page": b"1" + b"0" * 400})
@example({"name": b"\0", "page": b"x"})
@example({"name": b"%' OR 1=1 --"})
def test_the_directory_takes_any_filter(fields):
    assert get("/members/", encoded(fields)).status_code in {200, 400}


@generated
@given(
    st.sampled_from(["/find/", "/members/", "/regions/us-va/", "/members/innocence-project/", "/"]),
    st.binary(max_size=60) | data,
)
@example("/find/", b"place=%ff%fe&place=%00&&&=&place")
@example("/members/", b"region=%C3%28&name[]=x&name=%")
def test_any_bytes_may_stand_behind_a_question_mark(path, query):
    get(path, re.sub(rb"[\x00-\x20\x7f]", b"+", query))


@generated
@given(
    st.sampled_from(["/regions/{}/", "/members/{}/", "/{}", "/find/{}/"]),
    data | st.from_regex(r"\A[A-Za-z]{2}-[A-Z0-9]{1,3}\Z").map(str.encode),
)
@example("/regions/{}/", b"us-va-013")
@example("/regions/{}/", b"US-VA")
@example("/regions/{}/", "ÿÿ".encode())
@example("/members/{}/", b"\xff\x00")
def test_any_bytes_may_stand_in_a_path(path, part):
    get(path.format(quote_from_bytes(part, safe="")))
