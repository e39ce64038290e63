"""What differs between two records of the history of an object, in words."""

import datetime
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _

DELETED = "-"
# Letters of a long text that are shown, those around where two of them differ, and of a line.
SHOWN, AROUND, LINE = 400, 60, 80


@dataclass
class Change:
    """A field before and after; ``old`` is None where there was no record before."""

    label: str
    old: str | None
    new: str

    @property
    def is_long(self):
        return any("\n" in text or len(text) > LINE for text in (self.old or "", self.new))


@dataclass
class RowChange:
    """What became of a row: in words, and its fields (those that changed, if it was changed)."""

    words: str
    changes: list[Change]


def is_there(record):
    return record is not None and record.history_type != DELETED


def is_lost(record, name):
    """Whether what the record points to by a foreign key is deleted."""
    model_field = record._meta.get_field(name)
    return (
        model_field.many_to_one
        and getattr(record, model_field.attname) is not None
        and getattr(record, name) is None
    )


def what_happened(before, last):
    if not is_there(last):
        return _("Deleted.")
    if is_there(before):
        return _("Changed.")
    return _("Brought back.") if before else _("Added.")


def changes(before, last, leave_out=()):
    return [change for _field, change in differing(before, last, leave_out)]


def differing(before, last, leave_out=()):
    """Each field that differs, with the change; all that are filled in if nothing was before."""
    links = last._history_m2m_fields
    before = before if is_there(before) else None
    if before:
        # Without the links, for which the library asks the database pair by pair.
        left_out = ["id", *(one.name for one in links)]
        changed = last.diff_against(before, excluded_fields=left_out).changed_fields
    else:
        changed = [
            one.name
            for one in last.tracked_fields
            if one.editable and getattr(last, one.attname) not in (None, "") and one.name != "id"
        ]
    for one in last.tracked_fields:
        if one.name in changed and one.name not in leave_out:
            yield one, in_words(one, before, last, value_in_words)
    for one in links:
        if set(last.links[one]) != set(before.links[one] if before else []):
            yield one, in_words(one, before, last, links_in_words)


def in_words(model_field, before, last, words):
    label, new = capfirst(model_field.verbose_name), words(last, model_field)
    if before is None:
        return Change(label, None, Truncator(new).chars(SHOWN))
    return Change(label, *around(words(before, model_field), new))


def value_in_words(record, model_field):
    value = getattr(record, model_field.name)
    if is_lost(record, model_field.name):
        return _("something that is deleted")
    if value is None or value == "":
        return _("nothing")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime.date):
        return date_format(value, "j F Y")
    return str(dict(model_field.flatchoices).get(value, value))


def links_in_words(record, model_field):
    return ", ".join(sorted(map(str, record.links[model_field]))) or _("nothing")


def around(old, new):
    """Two texts; long ones cut to where they differ."""
    if max(len(old), len(new)) <= SHOWN:
        return old, new
    start = alike(old, new)
    end = alike(old[start:][::-1], new[start:][::-1])
    return tuple(cut(text, start - AROUND, len(text) - end + AROUND) for text in (old, new))


def alike(one, other):
    """With how many letters both begin."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))


def cut(text, start, end):
    start = max(start, 0)
    piece = Truncator(text[start:end]).chars(SHOWN)
    return ("… " if start else "") + piece + (" …" if end < len(text) else "")


def row_changes(before, last, parent):
    """What became of a row, of which either is None if it was not there; nothing if nothing did."""
    kind = {"kind": capfirst((last or before).instance_type._meta.verbose_name)}
    if last is None:
        words, found = _("%(kind)s taken away"), changes(None, before, [parent])
    elif before is None:
        words, found = _("%(kind)s added"), changes(None, last, [parent])
    else:
        kind["row"] = next((one.new for one in changes(None, before, [parent])), "")
        words, found = _("%(kind)s %(row)s"), changes(before, last, [parent])
    return [RowChange(words % kind, found)] if found else []
