"""Loads the starter content of the site."""

from django.core.management.base import BaseCommand

from network_site import starter


class Command(BaseCommand):
    help = "Adds the starter content that was never added before; changes nothing that is there."

    def handle(self, **options):
        added = starter.load()
        if not added:
            self.stdout.write("Starter content: nothing new; all edits are kept.")
            return
        parts = ", ".join(f"{count} × {kind}" for kind, count in added.items())
        self.stdout.write(f"Starter content: added {parts}.")
