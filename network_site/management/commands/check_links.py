"""Follows the links of the public pages and keeps what became of them, for the desk."""

import argparse

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from members.links import LinkChecker, site_of
from members.models import LinkCheck
from members.pacing import check_all
from network_site.links import gathered

# Where so many links are asked and none answers at all, the fault is on our side.
ENOUGH = 5


def at_least_zero(kind):
    def number(text):
        value = kind(text)
        if not 0 <= value < 10_000:
            raise argparse.ArgumentTypeError("not a number from 0 to 9999")
        return value

    return number


def user_agent():
    """Names the site, so that those who run the other servers know whom to write to."""
    host = settings.ALLOWED_HOSTS[0].removeprefix(".")
    return f"InnocenceNetworkLinkCheck/1.0 (+https://{host}/; {settings.SUPPORT_UNIT_EMAIL})"


class Command(BaseCommand):
    help = (
        "Follows the links of listed organizations, open job openings and sister networks, and "
        "keeps which of them fail. Asks each site for one page at a time, with a pause."
    )
    stealth_options = ("checker",)  # for the tests, which ask nobody outside

    def add_arguments(self, parser):
        whole = at_least_zero(int)
        parser.add_argument("--limit", type=whole, help="check at most so many links")
        parser.add_argument(
            "--older-than",
            type=whole,
            default=0,
            metavar="DAYS",
            help="only links last checked so many calendar days ago or earlier, or never",
        )
        parser.add_argument(
            "--pause",
            type=at_least_zero(float),
            default=2,
            metavar="SECONDS",
            help="between two requests to one site (default: 2)",
        )

    def handle(self, *, limit, older_than, pause, checker=None, **options):
        checker = checker or LinkChecker(user_agent(), pause=pause)
        places = gathered()
        due = LinkCheck.objects.due(places, days=older_than)[:limit]
        held, answered = [], len(due) < ENOUGH
        for url, outcome in check_all(checker.check, due, site_of=site_of):
            held.append((url, outcome))
            answered = answered or outcome.status is not None
            while held and answered:
                self.keep(*held.pop(), places)
        if held:
            raise CommandError(
                f"None of {len(held)} links answered: this machine seems to have no way to the "
                "internet. Nothing was changed."
            )
        self.report(due, LinkCheck.objects.forget_all_but(places))

    def keep(self, url, outcome, places):
        check = LinkCheck.objects.record(url, outcome, found_in=places[url])
        if check.problem:
            self.stdout.write(f"{check.in_words}: {url} ({check.found_in})")

    def report(self, due, forgotten):
        checks = LinkCheck.objects.filter(url__in=due)
        self.stdout.write(
            f"Links: {len(due)} checked, {checks.working().count()} work, "
            f"{checks.failed().count()} failed, {checks.unclear().count()} to be opened by hand; "
            f"{forgotten} forgotten. "
            f"Failing for a day or more: {LinkCheck.objects.failing().count()}."
        )
