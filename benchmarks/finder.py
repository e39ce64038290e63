"""Measure the main pages with 67, 1,000 and 100,000 organizations, as ratios to an empty view.

    python -m benchmarks.finder [--quick] [--sizes 67 1000] [--rounds 200]

Each request goes through the WSGI application with all its middleware, its body read to the end and
compressed as for a browser; no server and no network. TEST_DATABASE_URL names a PostgreSQL server;
without it the database is a SQLite file in a temporary directory. Templates are cached and static
files have their digests, as in production; nothing else is cached.
"""

import argparse
import gc
import os
import random
import statistics
import tempfile
import time
from collections import defaultdict
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode
from wsgiref.util import setup_testing_defaults

# Before Django reads its settings: no variable of the machine, and no .env file, changes a figure.
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "network_site.settings",
    "SECRET_KEY": "only for measuring " * 4,
    "ALLOWED_HOSTS": "testserver",
    "SUPPORT_UNIT_EMAIL": "support-unit@example.org",
    "HTTPS": "off",
    "DEBUG": "off",
    "DATABASE_URL": os.environ.get("TEST_DATABASE_URL", "sqlite://:memory:"),
}

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.test.utils import override_settings  # noqa: E402
from django.urls import path  # noqa: E402

from members import starter  # noqa: E402
from members.gazetteer import load as gazetteer  # noqa: E402
from members.models import Coverage, MembershipPeriod, Organization, Word  # noqa: E402
from members.models.words import words_of  # noqa: E402
from network_site.urls import urlpatterns as site_patterns  # noqa: E402
from network_site.wsgi import application  # noqa: E402

SIZES = [67, 1_000, 100_000]
ROUNDS = 200
SECONDS = 30  # for one size: a large one gets as many rounds as fit, and no fewer than MIN_ROUNDS
MIN_ROUNDS = 10
WARM_UP = 3
BATCH = 10_000  # organizations inserted at a time
PLACES = ["Texas", "Houston", "New Jersey", "90210", "British Columbia"]
# A name that few have, one that many have, a word of nearly all, and a misspelt one.
TEXTS = ["Centurion", "innocence texas", "innocence", "exonoree"]
EMPTY, FINDER = "empty view", "finder answer"

# This module is the URLconf of the run: the site's own, and the view that does nothing.
urlpatterns = [*site_patterns, path("empty/", lambda request: HttpResponse(""))]


def pages():
    """The addresses that are measured, by the name of the page."""
    organization = Organization.objects.order_by("pk")[33]
    return {
        EMPTY: ["/empty/"],
        FINDER: [f"/find/?{urlencode({'place': place})}" for place in PLACES],
        "organization page": [organization.get_absolute_url()],
        "directory page": ["/members/"],
        "search": [f"/search/?{urlencode({'q': text})}" for text in TEXTS],
    }


# The database -----------------------------------------------------------------------------------


@contextmanager
def database(directory):
    """A database of the run's own, with all regions and places; removed afterwards."""
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(directory / "db.sqlite3")
    say("migrating")
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        gazetteer.load(say)
        starter.load()
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


class Multiplier:
    """Adds fictional organizations in the pattern of the starter content, the same on each run.

    Each takes after one of the real ones: its kind, rules, membership and contact details, with the
    office a few kilometres off.
    """

    def __init__(self):
        self.random = random.Random(67)
        self.patterns = list(Organization.objects.select_related("region__country").order_by("pk"))
        self.rules = by_organization(Coverage.objects.all())
        self.periods = by_organization(MembershipPeriod.objects.all())

    def fill(self, size):
        """Brings the number of organizations up to ``size``."""
        present = Organization.objects.count()
        for start in range(present, size, BATCH):
            numbers = range(start, min(start + BATCH, size))
            with transaction.atomic():
                self.insert(numbers)
            say(f"{numbers[-1] + 1:,} organizations")
        if connection.vendor == "postgresql":
            # What autovacuum does there by itself, a minute later.
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE")

    def insert(self, numbers):
        taken_after = [self.patterns[number % len(self.patterns)] for number in numbers]
        added = Organization.objects.bulk_create(
            self.like(pattern, number) for pattern, number in zip(taken_after, numbers, strict=True)
        )
        pairs = list(zip(taken_after, added, strict=True))
        for model, rows in ((Coverage, self.rules), (MembershipPeriod, self.periods)):
            model.objects.bulk_create(
                model(organization=organization, **row)
                for pattern, organization in pairs
                for row in rows[pattern.pk]
            )

        # As ``save`` does; a copy has no other names.
        Word.objects.bulk_create(
            Word(organization_id=pk, source=source, word=word)
            for organization in added
            for pk, _other_name, source, word in words_of(organization)
        )

    def like(self, pattern, number):
        def off(degrees):
            return None if degrees is None else degrees + self.random.uniform(-0.05, 0.05)

        return Organization(
            name=f"Fictional Innocence Project {number} of {pattern.city}",
            slug=f"fictional-{number}",
            latitude=off(pattern.latitude),
            longitude=off(pattern.longitude),
            region=pattern.region,
            **fields(pattern, "name", "slug", "latitude", "longitude", "region"),
        )


def fields(instance, *leave_out):
    """The values of the columns that a copy takes over."""
    return {
        field.attname: getattr(instance, field.attname)
        for field in instance._meta.concrete_fields
        if not (field.primary_key or field.generated or field.name in leave_out)
    }


def by_organization(queryset):
    found = defaultdict(list)
    for one in queryset:
        found[one.organization_id].append(fields(one, "organization"))
    return found


# Measuring --------------------------------------------------------------------------------------


class Client:
    """Asks the WSGI application as a server does."""

    def __init__(self):
        self.application = application

    def get(self, address):
        """Milliseconds until the whole body has come and the response is closed."""
        path_info, _, query = address.partition("?")
        environ = {
            "PATH_INFO": path_info,
            "QUERY_STRING": query,
            "HTTP_HOST": "testserver",
            "HTTP_ACCEPT_ENCODING": "gzip",
        }
        setup_testing_defaults(environ)
        begin = time.perf_counter()
        response = self.application(environ, lambda status, headers: None)
        b"".join(response)
        response.close()
        took = (time.perf_counter() - begin) * 1000
        if response.status_code != 200:
            raise SystemExit(f"{address} answered {response.status_code}")
        return took

    def queries(self, address):
        """How many queries the page makes."""
        made = []

        def count(execute, *arguments):
            made.append(arguments)
            return execute(*arguments)

        with connection.execute_wrapper(count):
            self.get(address)
        return len(made)


def measure(client, addresses, rounds):
    """Times in milliseconds by page; a page of several addresses counts by their mean."""
    for _ in range(WARM_UP):
        for page in addresses.values():
            for address in page:
                client.get(address)
    # Collection stays on, as in production, but what the run itself holds is set aside.
    gc.collect()
    gc.freeze()
    times = {name: [] for name in addresses}
    end = time.perf_counter() + SECONDS
    for number in range(rounds):
        for name, page in addresses.items():
            times[name].append(statistics.fmean(client.get(address) for address in page))
        if time.perf_counter() > end and number + 1 >= MIN_ROUNDS:
            break
    gc.unfreeze()
    return times


def table(results, queries):
    """The lines of the table: for each page, each size."""
    line = "{:18} {:>13} {:>10} {:>9} {:>8} {:>8} {:>7}{}".format
    yield line("page", "organizations", "median ms", "p95 ms", "x empty", "queries", "rounds", "")
    smallest = min(results)
    for name in results[smallest]:
        for size, times in results.items():
            median = {page: statistics.median(of_page) for page, of_page in times.items()}
            p95 = statistics.quantiles(times[name], n=20, method="inclusive")[-1]
            growth = median[name] / statistics.median(results[smallest][name])
            yield line(
                name,
                f"{size:,}",
                f"{median[name]:.2f}",
                f"{p95:.2f}",
                f"{median[name] / median[EMPTY]:.1f}",
                queries[size, name],
                len(times[name]),
                f"  {growth:.2f} times that at {smallest:,}" if name == FINDER else "",
            )


def say(message):
    print(f"  {message}", flush=True)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES, metavar="N")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"{ROUNDS}, if they fit")
    parser.add_argument("--quick", action="store_true", help="67 and 1,000 only, in few rounds")
    given = parser.parse_args()
    if given.quick:
        given.sizes, given.rounds = SIZES[:2], 30
    return given


def main():
    given = arguments()
    results, queries = {}, {}
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        with override_settings(ROOT_URLCONF=__name__, STATIC_ROOT=directory / "static"):
            say("collecting static files")
            call_command("collectstatic", verbosity=0, interactive=False)
            with database(directory):
                client, multiplier = Client(), Multiplier()
                for size in sorted(given.sizes):
                    multiplier.fill(size)
                    say(f"measuring with {size:,}")
                    addresses = pages()
                    for page, of_page in addresses.items():
                        queries[size, page] = max(client.queries(one) for one in of_page)
                    results[size] = measure(client, addresses, given.rounds)
        print(f"\n{connection.display_name}, one process, no server and no cache")
        print(*table(results, queries), sep="\n")


if __name__ == "__main__":
    main()
