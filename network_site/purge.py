"""What staff change is at once forgotten by the proxy in front, which keeps pages.

The site only says so, by making the file CHANGED_FILE: deploy/systemd/network-site-forget.path
waits for it.
"""

import logging
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models.signals import m2m_changed, post_delete, post_save

from network_site.logs import kind

logger = logging.getLogger(__name__)

SHOWN = ("members", "jobs", "statements")
# What only the desk shows: the nightly check of links writes it row by row.
NOT_SHOWN = {"linkcheck"}


def listen():
    for app in SHOWN:
        for model in apps.get_app_config(app).get_models(include_auto_created=True):
            if model._meta.model_name not in NOT_SHOWN:
                for signal in (post_save, post_delete, m2m_changed):
                    signal.connect(content_changed, sender=model)


def content_changed(*, using, **kwargs):
    waiting = {entry[1] for entry in transaction.get_connection(using).run_on_commit}
    if settings.CHANGED_FILE and say_changed not in waiting:
        transaction.on_commit(say_changed, using=using)


def say_changed():
    """Breaks nothing when it fails: what a page shows is then up to a minute old, as ever."""
    try:
        Path(settings.CHANGED_FILE).touch()
    except OSError as error:
        logger.error("The proxy could not be told of a change: %s", kind(error))
