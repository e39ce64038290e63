"""The starter text of the pages: a Markdown file each, with the title, the lead, and the text."""

from pathlib import Path

from statements.models import Page

DATA = Path(__file__).resolve().parent / "data" / "starter" / "pages"


def load(ledger):
    """Adds the pages that were never added before."""
    for slug in Page.Slug.values:
        if ledger.is_new("page", slug):
            text = (DATA / f"{slug}.md").read_text(encoding="utf-8")
            Page.objects.create(slug=slug, **parts(text))


def parts(text):
    """The fields of a page from its file: ``# Title``, a paragraph that is the lead, the rest."""
    title, lead, body = text.split("\n\n", 2)
    return {
        "title": title.removeprefix("# "),
        "lead": " ".join(lead.split()),
        "body": body.strip() + "\n",
    }
