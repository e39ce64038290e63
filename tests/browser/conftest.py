"""A real Chromium at the real server: no test of a browser touches the database of the others."""

import os

import pytest

from tests.browser.server import (
    ARGUMENTS,
    CHROMIUM,
    add_fictional_content,
    new_site,
    serving,
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Runs the browser's tests last.

    Playwright keeps an event loop running in the thread of the tests, from its first test to the
    end of the session, and Django has other connections to the database while one runs.
    """
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session")
def chromium():
    if not CHROMIUM.exists():
        missing = pytest.fail if os.environ.get("REQUIRE_BROWSER") == "1" else pytest.skip
        missing("No Chromium on this machine (Debian package: chromium).")
    return str(CHROMIUM)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args, chromium):
    return browser_type_launch_args | {"executable_path": chromium, "args": ARGUMENTS}


@pytest.fixture(scope="session")
def site(chromium, tmp_path_factory):
    """The directory of a new site with some fictional content more, and its variables."""
    directory = tmp_path_factory.mktemp("site")
    variables = new_site(directory)
    add_fictional_content(variables)
    return directory, variables


@pytest.fixture(scope="session")
def base_url(site):
    """Where the site is served: pytest-playwright completes addresses with it."""
    with serving(site[1]) as address:
        yield address
