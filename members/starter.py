"""The starter content: the facts in ``members/data/starter``, loaded once.

Each row is remembered by a ``StarterItem``, so that what staff change or delete stays so.
"""

import csv
import datetime
from collections import Counter
from pathlib import Path

from django.db import transaction
from django.utils.text import slugify

from members.locate import locate
from members.models import (
    Coverage,
    FormerName,
    MembershipPeriod,
    Milestone,
    Organization,
    ReportedTotal,
    SisterNetwork,
    StarterItem,
)

DATA = Path(__file__).resolve().parent / "data" / "starter"
# The files say what was known in the middle of 2020 (see the README beside them).
KNOWN_ON = datetime.date(2020, 6, 30)


def rows(name):
    """The rows of a starter file as dictionaries; an empty cell means unknown."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def number(text):
    return int(text) if text else None


class Ledger:
    """What was ever loaded, and in ``added`` how many of each kind are new this time."""

    def __init__(self):
        self.done = set(StarterItem.objects.values_list("key", flat=True))
        self.added = Counter()

    def is_new(self, kind, name):
        """Whether the row was never loaded; from now on it was."""
        key = f"{kind}:{name}"[:200]
        if key in self.done:
            return False
        self.done.add(key)
        StarterItem.objects.create(key=key)
        self.added[kind] += 1
        return True


@transaction.atomic
def load():
    """Adds what was never added before; returns how many of each kind, as a ``Counter``."""
    ledger = Ledger()
    rules, other_names = by_member("coverage.csv"), by_member("former_names.csv")
    for row in rows("members.csv"):
        if ledger.is_new("organization", row["slug"]):
            add_organization(row, rules[row["slug"]], other_names.get(row["slug"], []))
    for row in rows("milestones.csv"):
        if ledger.is_new("milestone", f"{row['year']}-{row['month']} {row['what']}"):
            Milestone.objects.create(
                year=row["year"],
                month=number(row["month"]),
                text=row["what"],
                source=row["source"],
            )
    for row in rows("totals.csv"):
        if ledger.is_new("reported total", f"{row['year']}-{row['month']}"):
            ReportedTotal.objects.create(
                year=row["year"],
                month=number(row["month"]),
                total=row["total"],
                us=number(row["us"]),
                elsewhere=number(row["elsewhere"]),
                source=row["source"],
            )
    if ledger.is_new("sister network", "Red Inocente"):
        SisterNetwork.objects.create(name="Red Inocente")
    return ledger.added


def by_member(name):
    """The rows of a file by the slug of the organization that they belong to."""
    grouped = {}
    for row in rows(name):
        grouped.setdefault(row["slug"], []).append(row)
    return grouped


def on_an_envelope(address):
    """A US address in lines, as the files give it in one: the last two parts are the last line."""
    *lines, city, state = [part.strip() for part in address.split(",")] if address else ["", ""]
    return "\n".join([*lines, f"{city}, {state}"]) if state else ""


def add_organization(row, rules, other_names):
    organization = Organization(
        slug=row["slug"],
        name=row["name"],
        short_name=row["short_name"],
        kind=row["kind"],
        host_institution=row["host_institution"],
        city=row["city"],
        region_id=row["region_code"],
        founded=number(row["founded"]),
        website=row["website"],
        intake_url=row["intake_url"],
        intake_state=row["intake_state"] or Organization.Intake.UNKNOWN,
        intake_note=row["intake_note"],
        phone=row["phone"],
        postal_address=on_an_envelope(row["postal_address"]),
        published=True,
    )
    locate(organization)
    organization.save()
    MembershipPeriod.objects.create(
        organization=organization,
        joined_on=datetime.date(int(row["joined"]), 1, 1) if row["joined"] else None,
        known_on=KNOWN_ON,
    )
    for rule in rules:
        Coverage.objects.create(
            organization=organization,
            region_id=rule["region_code"],
            effect=rule["effect"],
            evidence=rule["evidence"],
            note=rule["note"],
        )
    for other in other_names:
        # A row that leads away from the name in use tells a later name (README of the files).
        is_former = other["new_name"] == organization.name
        name = other["old_name"] if is_former else other["new_name"]
        FormerName.objects.create(
            organization=organization,
            name=name,
            slug=slugify(name),
            standing=FormerName.Standing.FORMER if is_former else FormerName.Standing.LATER,
            until=number(other["year"]),
        )
