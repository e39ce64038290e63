"""Loads regions, places and postal codes from the files of the project."""

import time

from django.core.management.base import BaseCommand

from members.gazetteer import load


class Command(BaseCommand):
    help = "Loads regions, places and ZIP codes, unless the same files are loaded already."

    def handle(self, **options):
        if load.is_loaded():
            self.stdout.write("Gazetteer: up to date.")
            return
        self.stdout.write("Gazetteer: loading, this takes some ten seconds …")
        began = time.monotonic()
        load.load(report=lambda message: self.stdout.write(f"  {message}"))
        self.stdout.write(f"Gazetteer: loaded in {time.monotonic() - began:.0f} s.")
