"""Has the proxy in front of the site begin its cache anew."""

from django.core.management.base import CommandError

from network_site.management.commands import warm_cache
from network_site.purge import say_changed
from network_site.warming import Front


class Command(warm_cache.Command):
    help = (
        "Has the proxy in front forget all pages, so that what a new day changes is seen; never "
        "while the site could not make them again."
    )

    def handle(self, *, host, address, **options):
        name, _, port = address.rpartition(":")
        front = Front(host, (name, int(port)))
        status, _ = front.page("/healthz")
        front.close()
        if status != 200:
            raise CommandError("The site is not well: the proxy keeps what it has.")
        say_changed()
