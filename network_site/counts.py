"""How often something happened in a period, counted by all processes of this machine together.

A name is a file and each count of it a byte, because appending is what no process can do between
another one's reading and writing. No database is needed, and none of what is counted outlives it.
"""

import logging
import os
import shutil
from pathlib import Path

from django.conf import settings
from django.utils.crypto import salted_hmac

from network_site.logs import kind

logger = logging.getLogger(__name__)


def count(name, *, period, at):
    """Counts the name once more; gives how often that makes in its period of so many seconds.

    Where nothing can be counted it is 0: a lost count is better than a lost message.
    """
    try:
        directory = current(Path(settings.COUNTS_DIR), period, int(at) // period)
        # A hash, since names may hold addresses.
        return append(directory / salted_hmac(__name__, name).hexdigest())
    except OSError as error:
        logger.error("Nothing could be counted: %s", kind(error))
        return 0


def current(root, period, number):
    """The directory of the period; with its first count those of periods before are removed."""
    directory = root / f"{period}-{number}"
    if not directory.exists():
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        for one in root.glob(f"{period}-*"):
            if int(one.name.rpartition("-")[2]) < number:
                shutil.rmtree(one, ignore_errors=True)
    return directory


def append(path):
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(file, b".")
        return os.lseek(file, 0, os.SEEK_CUR)  # the end of the byte just written
    finally:
        os.close(file)
