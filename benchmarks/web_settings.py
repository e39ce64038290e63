"""The settings of the site, with a view more that does nothing."""

import os

from network_site.settings import *  # noqa: F403

STATIC_ROOT = os.environ["TEST_STATIC_ROOT"]
ROOT_URLCONF = "benchmarks.web_urls"
