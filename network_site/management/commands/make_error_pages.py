"""Writes the pages that nginx shows when the site cannot: in the site's own look."""

import gzip
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from django.template.loader import render_to_string

# As deploy/nginx.conf names them.
PAGES = ("400", "404", "413", "429", "503")


class Command(BaseCommand):
    help = "Writes the pages of errors for the proxy in front. Run it after collectstatic."

    def handle(self, **options):
        directory = Path(settings.STATIC_ROOT) / "errors"
        directory.mkdir(parents=True, exist_ok=True)
        for page in PAGES:
            html = render_to_string(f"{page}.html").encode()
            (directory / f"{page}.html").write_bytes(html)
            (directory / f"{page}.html.gz").write_bytes(gzip.compress(html, mtime=0))
        self.stdout.write(f"Pages of errors: {', '.join(PAGES)}.")
