"""What became of a record and of its rows, read from their history: as entries, and as a state."""

import datetime
from dataclasses import dataclass, field

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Exists, Max, OuterRef, Subquery
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from members.changes import (
    DELETED,
    Change,
    RowChange,
    changes,
    is_lost,
    is_there,
    row_changes,
    what_happened,
)


@dataclass
class Entry:
    """What was saved in one go. ``record`` is the newest of the record's own history in it."""

    record: object = None
    at: datetime.datetime = None
    user: object = None
    what: str = ""
    changes: list[Change] = field(default_factory=list)
    rows: list[RowChange] = field(default_factory=list)

    def add(self, record):
        self.at = max(filter(None, [self.at, record.history_date]))
        self.user = record.history_user
        self.what = record.history_change_reason or self.what or _("Changed.")

    @property
    def who(self):
        return (self.user.get_full_name() or self.user.username) if self.user else _("a command")

    @property
    def when(self):
        return moment(self.at)

    @property
    def can_be_returned_to(self):
        return is_there(self.record)


class RecordHistory:
    """The history of one record, and of the rows of ``row_models`` that belong to it."""

    def __init__(self, model, pk, row_models=()):
        self.own = model.history.filter(id=pk)
        self.parents = {one: parent_of(one, model).name for one in row_models}
        self.rows = {one: one.history.filter(**{name: pk}) for one, name in self.parents.items()}
        self.sources = [self.own, *self.rows.values()]

    def newest(self):
        return with_related(self.own).order_by("history_id").last()

    def mark(self):
        """Another text as soon as anything is saved."""
        newest = (one.aggregate(newest=Max("history_id"))["newest"] for one in self.sources)
        return "-".join(str(one or 0) for one in newest)

    def sets(self):
        """What was saved in one go has one ``history_set``: all of these, newest first."""
        ends = {}
        for source in self.sources:
            of_each = source.order_by().values_list("history_set")
            for key, *end in of_each.annotate(Max("history_date"), Max("history_id")):
                ends[key] = max(ends.get(key, end), end)
        return sorted(ends, key=ends.get, reverse=True)

    def entries(self, sets):
        """An entry for each of the ``sets``."""
        entries = {key: Entry() for key in sets}
        for key, before, last in spans(self.own, sets):
            entry = entries[key]
            entry.record, entry.what = last, what_happened(before, last)
            entry.add(last)
            entry.changes = changes(before, last) if is_there(last) else []
        for model, source in self.rows.items():
            for key, before, last in spans(source, sets, self.parents[model]):
                entry = entries[key]
                entry.add(last)
                # Those that went with their record need no mention.
                if entry.record is None or is_there(entry.record):
                    states = [one if is_there(one) else None for one in (before, last)]
                    entry.rows += row_changes(*states, self.parents[model])
        return list(entries.values())

    def rows_after(self, record):
        """By model and key, the rows as they were when all was saved that went with ``record``.

        If that is its deletion, with which the rows went, as they were just before.
        """
        of_set = {"history_set": record.history_set}
        ends = [
            one.filter(**of_set).aggregate(at=Max("history_date"))["at"] for one in self.sources
        ]
        until = max(filter(None, ends))
        found = {}
        for model, source in self.rows.items():
            if is_there(record):
                then = source.filter(history_date__lte=until)
                then = then.exclude(Exists(later(then))).exclude(history_type=DELETED)
            else:
                then = source.filter(history_type=DELETED, **of_set)
            found[model] = by_key(then, self.parents[model])
        return found


def deleted(model):
    """The last record of each that is deleted, newest first."""
    records = model.history.filter(history_type=DELETED)
    return with_related(records.exclude(Exists(later(model.history.all())))).order_by("-history_id")


# Records of the history --------------------------------------------------------------------------


def parent_of(row_model, model):
    """The field by which a row belongs to a record of ``model``."""
    return next(one for one in row_model._meta.fields if one.related_model is model)


def foreign_keys(record_model):
    return [one.name for one in record_model.tracked_fields if one.many_to_one]


def with_related(source, parent=""):
    """With who and what each names; but a row's ``parent``, which an inner join would ask for."""
    named = [name for name in foreign_keys(source.model) if name != parent]
    return source.select_related("history_user", *named)


def by_key(source, parent):
    return {record.id: record for record in with_related(source, parent).order_by("history_id")}


def later(source):
    """For an ``Exists``: what ``source`` has of the same object after the record in question."""
    return source.filter(id=OuterRef("id"), history_id__gt=OuterRef("history_id"))


def spans(source, sets, parent=""):
    """(set, before, last) of each object that was saved in a set: the records around that."""
    earlier = source.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id"))
    newest_earlier = Subquery(earlier.order_by("-history_id").values("history_id")[:1])
    records = list(
        with_related(source.filter(history_set__in=sets), parent)
        .annotate(before=newest_earlier)
        .order_by("history_id")
    )
    known = {record.history_id: record for record in records}
    known |= with_related(source, parent).in_bulk({one.before for one in records} - {None, *known})
    read_links(source.model, known)
    found = {}
    for record in records:
        span = found.setdefault((record.history_set, record.id), [known.get(record.before), None])
        span[1] = record
    return [(key, *span) for (key, _id), span in found.items()]


def read_links(record_model, records):
    """Gives each of the records, by key, in ``links`` what it is tied to by many-to-many fields."""
    for record in records.values():
        record.links = {one: [] for one in record_model._history_m2m_fields}
    for one in record_model._history_m2m_fields:
        other = one.m2m_reverse_field_name()
        rows = getattr(record_model, one.name).model.objects.filter(history__in=records)
        for row in rows.select_related(other):
            records[row.history_id].links[one].append(getattr(row, other))


def record_of(instance):
    """A record, never saved, of the instance as it is now."""
    record_model = type(instance).history.model
    values = {one.attname: getattr(instance, one.attname) for one in record_model.tracked_fields}
    record = record_model(**values)
    for one in record_model.tracked_fields:
        if one.many_to_one and one.is_cached(instance):
            setattr(record, one.name, getattr(instance, one.name))
    record.links = {
        one: list(getattr(instance, one.name).all()) for one in record_model._history_m2m_fields
    }
    return record


def name_of(record):
    """What the record was called; only its number if its name was in part that of what is lost."""
    instance = record.history_object
    for name in foreign_keys(type(record)):
        if not is_lost(record, name):
            setattr(instance, name, getattr(record, name))
    try:
        return str(instance)
    except ObjectDoesNotExist:
        return f"{capfirst(instance._meta.verbose_name)} {record.id}"


def moment(at):
    return date_format(localtime(at), "j F Y, H:i")
