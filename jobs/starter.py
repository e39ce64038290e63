"""The starter content: two openings, with what the Network's own page says of them."""

import csv
from pathlib import Path

from django.db import transaction

from jobs.models import JobOpening
from members.models import Organization
from members.starter import Ledger

DATA = Path(__file__).resolve().parent / "data" / "starter"


@transaction.atomic
def load():
    """Adds what was never added before; returns how many of each kind, as a ``Counter``."""
    ledger = Ledger()
    with (DATA / "openings.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            organization = Organization.objects.filter(slug=row["organization"]).first()
            if organization and ledger.is_new("job opening", row["text"]):
                JobOpening.objects.create(
                    organization=organization,
                    title=row["title"],
                    kind=row["kind"],
                    summary=row["summary"],
                    description=(DATA / row["text"]).read_text(encoding="utf-8"),
                    published=True,
                )
    return ledger.added
