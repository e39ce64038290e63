"""The starter content of all apps, in the order in which they build on each other."""

from django.utils.translation import gettext as _

from jobs import starter as jobs
from members import starter as members
from members.models.history import because
from statements import starter as statements


def load():
    """Adds what was never added before; returns how many of each kind, as a ``Counter``."""
    with because(_("Starter content.")):
        return members.load() + jobs.load() + statements.load()
