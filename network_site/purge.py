"""What staff change on the site is at once forgotten by the proxy in front, which keeps pages.

The site only says so, by making the file CHANGED_FILE: deploy/systemd/network-site-forget.path
waits for it.
"""

import logging
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models.signals import m2m_changed, post_delete, post_save

from members.models.history import was_published
from network_site.logs import kind

logger = logging.getLogger(__name__)

SHOWN = ("members", "jobs", "statements")
# What only the desk shows: the nightly check of links writes it row by row.
NOT_SHOWN = {"linkcheck"}


def listen():
    for app in SHOWN:
        for model in apps.get_app_config(app).get_models(include_auto_created=True):
            is_history = hasattr(model, "instance_type")
            if not is_history and model._meta.model_name not in NOT_SHOWN:
                for signal in (post_save, post_delete, m2m_changed):
                    signal.connect(content_changed, sender=model)


def content_changed(*, instance, using, **kwargs):
    if not settings.CHANGED_FILE:
        return
    waiting = {entry[1] for entry in transaction.get_connection(using).run_on_commit}
    if say_changed not in waiting and not is_draft(instance):
        transaction.on_commit(say_changed, using=using)


def is_draft(record):
    """Whether no visitor ever saw it, as it was never published, or the record that it is a row of.

    For a draft, which is saved many times, the proxy need not forget what it has.
    """
    if not hasattr(record, "published"):
        record = getattr(record, "organization", record)
    return hasattr(record, "published") and not was_published(record)


def say_changed():
    """Breaks nothing when it fails: what a page shows is then up to a minute old, as ever."""
    try:
        Path(settings.CHANGED_FILE).touch()
    except OSError as error:
        logger.error("The proxy could not be told of a change: %s", kind(error))
