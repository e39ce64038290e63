"""Makes a backup of the database."""

import time
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from network_site import backup


def number(text):
    if not 0 < int(text) < 10_000:
        raise ValueError
    return int(text)


class Command(BaseCommand):
    help = (
        "Backs up the database, with all history and accounts but without sessions, into a file of "
        "its own, and deletes the oldest backups there."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--to",
            type=Path,
            default=settings.BACKUP_DIR,
            metavar="DIRECTORY",
            help="where to, instead of BACKUP_DIR (%(default)s)",
        )
        parser.add_argument(
            "--keep", type=number, default=30, metavar="N", help="how many to keep (%(default)s)"
        )

    def handle(self, *, to, keep, **options):
        begin = time.monotonic()
        try:
            path = backup.back_up(to, at=datetime.now(UTC), keep=keep)
        except backup.FAILURES as error:
            raise CommandError(f"No backup was made. {error}") from error
        seconds, kilobytes = time.monotonic() - begin, path.stat().st_size // 1000
        self.stdout.write(f"Backup: {path} ({kilobytes:,} kB in {seconds:.1f} s).")
