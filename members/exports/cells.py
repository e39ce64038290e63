"""What stands in one cell of a file, and what it means.

Each kind of cell is a widget of import_export: ``clean`` reads the text of a cell or raises a
ValueError with a sentence for who wrote it, ``render`` writes the text of a value.
"""

import datetime
import re
from decimal import Decimal

from django.db import models
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.widgets import Widget

# Spreadsheets calculate what begins so, also after blanks, quotes and signs that nobody sees.
FORMULA = re.compile(
    r"['\"‘’“”\s\u200b-\u200f\u2028-\u202f\u2060\ufeff]*[=+\-@\t\r\n\uff0b\uff0d\uff1d\uff20]"
)
SHOWN = 60


def escaped(text):
    """The text, with an apostrophe before what a spreadsheet could take for a formula."""
    return f"'{text}" if FORMULA.match(text) else text


def unescaped(cell):
    """What ``escaped`` was given; any other text stays as it is."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell, 1) else cell


def plain(text):
    """As a form of the desk takes it over: no blanks around, and line ends of one kind."""
    return re.sub(r"\r\n?", "\n", text).strip()


def quoted(text):
    return f"“{Truncator(text).chars(SHOWN)}”"


class Text(Widget):
    hint = ""

    def __init__(self, limit=None):
        super().__init__()
        self.limit = limit

    def clean(self, value, row=None, **kwargs):
        text = plain(value)
        if self.limit and len(text) > self.limit:
            raise ValueError(
                _("This has %(length)d letters and signs; %(limit)d fit.")
                % {"length": len(text), "limit": self.limit}
            )
        return text

    def render(self, value, obj=None, **kwargs):
        return "" if value is None else plain(str(value))


class Line(Text):
    def clean(self, value, row=None, **kwargs):
        text = super().clean(value)
        if len(text.splitlines()) > 1:
            raise ValueError(_("This takes one line; write it without a line break."))
        return text


class Choice(Widget):
    """The stored value, or the words that the desk shows for it, in small or capital letters."""

    def __init__(self, choices):
        super().__init__()
        self.choices = {value: str(words) for value, words in choices if value}
        self.words = {words.casefold(): value for value, words in self.choices.items()}
        self.words |= {value.casefold(): value for value in self.choices}

    @property
    def hint(self):
        values = [
            value if value.replace("_", " ") == words.casefold() else f"{value} ({words})"
            for value, words in self.choices.items()
        ]
        return _("One of: %(values)s.") % {"values": ", ".join(values)}

    def clean(self, value, row=None, **kwargs):
        text = plain(value)
        if text and text.casefold() not in self.words:
            raise ValueError(
                _("%(text)s is not one of: %(values)s.")
                % {"text": quoted(text), "values": ", ".join(self.choices)}
            )
        return self.words.get(text.casefold(), "")

    def render(self, value, obj=None, **kwargs):
        return value or ""


class Day(Widget):
    hint = gettext_lazy("A date as 2027-03-31.")

    def clean(self, value, row=None, **kwargs):
        text = plain(value)
        if not text:
            return None
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError(
                _("%(text)s is not a date as 2027-03-31: year, month, day.")
                % {"text": quoted(text)}
            )
        try:
            return datetime.date.fromisoformat(text)
        except ValueError:
            raise ValueError(_("There is no day %(text)s.") % {"text": quoted(text)}) from None

    def render(self, value, obj=None, **kwargs):
        return value.isoformat() if value else ""


class Year(Widget):
    hint = gettext_lazy("A year as 1998.")

    def clean(self, value, row=None, **kwargs):
        text = plain(value)
        if text and not re.fullmatch(r"[0-9]{4}", text):
            raise ValueError(_("%(text)s is not a year as 1998.") % {"text": quoted(text)})
        return int(text) if text else None

    def render(self, value, obj=None, **kwargs):
        return str(value) if value is not None else ""


class Amount(Widget):
    hint = gettext_lazy("An amount as 50000 or 50000.50.")

    def clean(self, value, row=None, **kwargs):
        text = plain(value)
        if text and not re.fullmatch(r"[0-9]{1,10}(\.[0-9]{1,2})?", text):
            raise ValueError(
                _("%(text)s is not an amount as 50000 or 50000.50: digits, and a point.")
                % {"text": quoted(text)}
            )
        return Decimal(text) if text else None

    def render(self, value, obj=None, **kwargs):
        return "" if value is None else f"{Decimal(value):.2f}"


class Code(Widget):
    """Another record, named by its code or address; each is looked up once."""

    def __init__(self, model, key, *, hint, missing, capitals=False, **limits):
        super().__init__()
        self.model, self.key, self.limits = model, key, limits
        self.hint, self.missing, self.capitals = hint, missing, capitals
        self.known = {}

    def find(self, code):
        """The record, or None."""
        if code not in self.known:
            self.known[code] = self.model.objects.filter(**{self.key: code}, **self.limits).first()
        return self.known[code]

    def clean(self, value, row=None, **kwargs):
        code = plain(value)
        if not code:
            return None
        record = self.find(code.upper() if self.capitals else code)
        if record is None:
            raise ValueError(self.missing % {"code": quoted(code)})
        return record

    def render(self, value, obj=None, **kwargs):
        return str(getattr(value, self.key)) if value else ""


def widget_for(field):
    """What reads and writes the cells of a field of a model."""
    if field.choices:
        return Choice(field.choices)
    match field:
        case models.DateField():
            return Day()
        case models.DecimalField():
            return Amount()
        case models.PositiveSmallIntegerField():
            return Year()
        case models.CharField():
            return Line(field.max_length)
        case models.TextField():
            return Text(field.max_length)
    return Text()
