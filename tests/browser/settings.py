"""The settings of the site, with its static files collected where the tests say."""

import os

from network_site.settings import *  # noqa: F403

STATIC_ROOT = os.environ["TEST_STATIC_ROOT"]
