"""The settings of the site, with its static files where the tests say, and pages that fail."""

import os

from network_site.settings import *  # noqa: F403

STATIC_ROOT = os.environ["TEST_STATIC_ROOT"]
ROOT_URLCONF = "tests.browser.urls"
