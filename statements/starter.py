"""The starter content: the texts in ``statements/data/starter``, loaded once."""

from pathlib import Path

from django.db import transaction

from members.starter import Ledger
from statements import starter_pages
from statements.models import Edition, Statement

DATA = Path(__file__).resolve().parent / "data" / "starter" / "statements"


@transaction.atomic
def load():
    """Adds what was never added before; returns how many of each kind, as a ``Counter``."""
    ledger = Ledger()
    load_statements(ledger)
    starter_pages.load(ledger)
    return ledger.added


def load_statements(ledger):
    """Adds the statements: a Markdown file each, with title, topic, excerpt, and the text.

    The files hold the beginnings only, and when and by whom they were adopted is not known.
    """
    for path in sorted(DATA.glob("*.md")):
        if ledger.is_new("statement", path.stem):
            title, topic, excerpt, body = path.read_text(encoding="utf-8").split("\n\n", 3)
            statement = Statement.objects.create(
                title=title.removeprefix("# "), slug=path.stem, topic=topic
            )
            Edition.objects.create(
                statement=statement, excerpt=excerpt, body=body, complete=False, published=True
            )
