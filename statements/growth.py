"""The growth curve: reported totals as places in a drawing, in percent of its width and height.

Places are text, so that no language's decimal comma gets into the drawing.
"""

from itertools import count
from typing import NamedTuple

# As many labels as are still readable on the narrowest phone in large print.
MOST_YEARS, MOST_LINES = 3, 4


class Mark(NamedTuple):
    """A label on an axis; near an end of the axis it must not stand across it."""

    at: str
    label: int
    anchor: str


class Point(NamedTuple):
    x: str
    y: str


class Curve(NamedTuple):
    points: list[Point]
    years: list[Mark]
    lines: list[Mark]


def moment(year, month=None):
    """A date as a number of years: the middle of the month, or of the year if that is all known."""
    return year + ((month - 0.5) / 12 if month else 0.5)


def step(span, most):
    """The smallest of 1, 2, 5, 10, 20 ... of which fewer than ``most`` fill the span."""
    sizes = (digit * 10**power for power in count() for digit in (1, 2, 5))
    return next(size for size in sizes if span < most * size)


def percent(part, whole):
    return f"{100 * part / whole:.1f}"


def growth(totals):
    """The curve through ``totals``, given as (year, month or None, total); None for less than two.

    The axis of time ends with the year of the last total: the drawing says nothing of today.
    """
    dated = sorted((moment(year, month), total) for year, month, total in totals)
    if len(dated) < 2:
        return None
    start, end = int(dated[0][0]), int(dated[-1][0]) + 1
    most = max(total for _, total in dated)
    size = step(most, MOST_LINES)
    top = size * (most // size + 1)
    years = step(end - start, MOST_YEARS)
    return Curve(
        points=[
            Point(percent(when - start, end - start), percent(top - total, top))
            for when, total in dated
        ],
        years=[
            Mark(percent(year - start, end - start), year, anchor((year - start) / (end - start)))
            for year in range(start, end + 1)
            if year % years == 0
        ],
        lines=[Mark(percent(top - n, top), n, "end") for n in range(0, top + 1, size)],
    )


def anchor(share):
    """Which end of a label stands at its place, so that none runs over the edge of the drawing."""
    return "start" if share < 0.15 else "end" if share > 0.85 else "middle"
