"""The table of places, places.tsv: what people type, and what the finder must make of it.

``outcome`` is answer, choices, suggestions, none or invalid. ``regions`` and ``offered`` hold codes
of regions; ``<US-IL`` is any place in Illinois, ``US-IL`` Illinois itself. In ``typed``, ``\\xNN``
and ``\\uNNNN`` stand for characters, and ``{5000*x}`` for as many of one.
"""

import csv
import re
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).with_suffix(".tsv")


@dataclass(frozen=True)
class Row:
    typed: str
    outcome: str
    regions: tuple[str, ...]
    offered: tuple[str, ...]
    about: str


def read(path=TABLE):
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        Row(
            typed=decoded(row["typed"]),
            outcome=row["outcome"],
            regions=tuple(row["regions"].split()),
            offered=tuple((row["offered"] or "").split()),
            about=row["about"],
        )
        for row in rows
    ]


def decoded(text):
    text = re.sub(r"\{(\d+)\*(.)\}", lambda match: match[2] * int(match[1]), text)
    return re.sub(
        r"\\x([0-9a-fA-F]{2})|\\u([0-9a-fA-F]{4})",
        lambda match: chr(int(match[1] or match[2], 16)),
        text,
    )


def fits(match, wanted):
    """Whether a ``Match`` is what a code of the table asks for."""
    if wanted.startswith("<"):
        return wanted[1:] in match.region.lineage
    return match.region.code == wanted


def outcome_of(lookup):
    if lookup.match:
        return "answer", [lookup.match]
    if lookup.choices:
        return "choices", lookup.choices
    if lookup.suggestions:
        return "suggestions", lookup.suggestions
    return "none", []


def problem_with(row, lookup):
    """What is wrong with the lookup for a row of the table; the empty string when all is right."""
    outcome, matches = outcome_of(lookup)
    if outcome != row.outcome:
        found = ", ".join(f"{match.label} [{match.region.code}]" for match in matches[:6])
        return f"{row.outcome} expected, {outcome} came: {found}"
    missing = [code for code in row.regions if not any(fits(match, code) for match in matches)]
    missing += [
        code for code in row.offered if not any(fits(match, code) for match in lookup.others)
    ]
    if missing:
        found = [f"{match.label} [{match.region.code}]" for match in [*matches, *lookup.others]]
        return f"{' '.join(missing)} missing from: {', '.join(found[:12])}"
    return ""
