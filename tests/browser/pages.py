"""Every kind of page that a browser can be sent to."""

from tests.browser.fictional import FICTIONAL
from tests.pages import PUBLIC

# What only a real server answers: see tests/browser/urls.py.
FAILURES = {
    "400": ("/unreadable/", 400),
    "403": ("/refused/", 403),
    "403 of a form": ("/refused-form/", 403),
    "500": ("/broken/", 500),
} | {f"nginx {page}": (f"/nginx/{page}/", 200) for page in ("413", "429", "503")}
PAGES = PUBLIC | FICTIONAL | FAILURES
