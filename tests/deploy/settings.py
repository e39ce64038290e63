"""The settings of the browser's tests, with pages that are old after seconds."""

from network_site import caching
from tests.browser.settings import *  # noqa: F403

caching.PUBLIC_AGE = 2
