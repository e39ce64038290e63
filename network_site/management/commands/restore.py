"""Puts a backup in the place of the database."""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from network_site import backup


class Command(BaseCommand):
    help = (
        "Replaces all content of the database by that of a backup, after a backup of what is "
        "there. Everybody has to sign in again."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--yes", action="store_true", help="replace without asking")

    def handle(self, *, file, yes, **options):
        try:
            backup.check(file)
            if not backup.is_empty():
                if not (yes or self.agreed(file)):
                    raise backup.BackupError("It would replace what is there: say so with --yes.")
                self.keep_what_is_there()
            begin = time.monotonic()
            backup.replace(file)
        except backup.FAILURES as error:
            raise CommandError(f"Nothing was changed. {error}") from error
        self.stdout.write(f"Restored: {file} (in {time.monotonic() - begin:.1f} s).")
        # A backup of an older version lacks what came since.
        call_command("migrate", interactive=False, verbosity=0)
        call_command("sync_roles")

    def agreed(self, file):
        name = connection.settings_dict["NAME"]
        question = f"Replace all that is in {name} by {file}? Type yes: "
        return sys.stdin.isatty() and input(question).strip() == "yes"

    def keep_what_is_there(self):
        try:
            kept = backup.back_up(settings.BACKUP_DIR, at=datetime.now(UTC), note="-replaced")
        except backup.FAILURES as error:
            raise backup.BackupError(
                f"What is there could not be backed up first: {error} "
                "If it is beyond use, restore into a new, empty database."
            ) from error
        self.stdout.write(f"What was there: {kept}.")
