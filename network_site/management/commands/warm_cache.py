"""Fills the cache of the proxy in front of the site."""

import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from network_site.warming import Front, warm


def own_host():
    return settings.ALLOWED_HOSTS[0].removeprefix(".")


class Command(BaseCommand):
    help = "Asks the proxy in front for every public page, one after the other."

    def add_arguments(self, parser):
        parser.add_argument("--host", default=own_host(), help="the site's name")
        parser.add_argument(
            "--address",
            default="127.0.0.1:443",
            metavar="ADDRESS:PORT",
            help="where the proxy is (default: %(default)s)",
        )
        parser.add_argument("--limit", type=int, default=5000, help="at most so many pages")

    def handle(self, *, host, address, limit, **options):
        name, _, port = address.rpartition(":")
        begun = time.monotonic()
        front = Front(host, (name, int(port)))
        warmed = warm(front.page, host, limit)
        front.close()
        if warmed.failed:
            raise CommandError(
                f"{len(warmed.pages)} pages warmed, {len(warmed.failed)} failed, the first of them "
                f"{warmed.failed[0]}"
            )
        seconds = time.monotonic() - begun
        self.stdout.write(f"{len(warmed.pages)} pages warmed in {seconds:.0f} s.")
