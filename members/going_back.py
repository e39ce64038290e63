"""Back to how a record was: what has to change for that, what has to stay, and the doing of it."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from members.changes import changes, differing, is_lost, is_there, row_changes
from members.history import foreign_keys, parent_of, read_links, record_of
from members.models.history import because


class Return:
    """The way of a record back to how it was, from a record of its history and those of its rows.

    ``stored`` is the record as it is now, or None if it is deleted. Only the fields named in
    ``fields`` are touched, and rows as far as ``may(model, verb)`` allows.
    """

    def __init__(self, target, rows, *, stored=None, fields=(), may):
        self.target, self.stored, self.may = target, stored, may
        # In words: what becomes of the record and of its rows, and what has to stay.
        self.changes, self.rows, self.kept = [], [], []
        self.fields, self.steps = [], []
        # When the record of a deletion is made, what was tied to it is untied already.
        linked = target if is_there(target) else target.prev_record or target
        read_links(type(target), {linked.history_id: target})
        draft = () if stored else ("published",)
        for field, change in differing(stored and record_of(stored), target, draft):
            self.compare(field, change, fields)
        for model, then in rows.items():
            self.compare_rows(model, then, parent_of(model, target.instance_type).name)

    def __bool__(self):
        return bool(self.stored is None or self.changes or self.rows)

    def compare(self, field, change, fields):
        if not field.many_to_many and is_lost(self.target, field.name):
            self.kept.append(_("%s: what it was then is deleted.") % change.label)
        elif self.stored is None or field.name in fields:
            self.fields.append(field)
            self.changes.append(change)
        else:
            self.kept.append(_("%(label)s stays as it is: %(old)s.") % vars(change))

    def compare_rows(self, model, then, parent):
        named = [name for name in foreign_keys(model.history.model) if name != parent]
        own = model._default_manager.filter(**{parent: self.target.id}).select_related(*named)
        now = {row.pk: record_of(row) for row in own}
        # A row that was taken away and typed again is the same one to people.
        for pk in [pk for pk in then if pk not in now]:
            again = (one for one in now if one not in then)
            twin = next((one for one in again if not changes(now[one], then[pk])), None)
            if twin:
                del then[pk], now[twin]
        for verb, pks in [
            ("delete", [pk for pk in now if pk not in then]),
            ("change", [pk for pk in then if pk in now]),
            ("add", [pk for pk in then if pk not in now]),
        ]:
            for pk in pks:
                found = row_changes(now.get(pk), then.get(pk), parent)
                if found and self.may(model, verb):
                    self.steps.append((verb, then.get(pk) or now[pk]))
                    self.rows += found
                elif found:
                    self.kept.append(_("%s: your role may not do this.") % said(*found))

    @property
    def models(self):
        """Of which rows there is something to do."""
        return {record.instance_type for _verb, record in self.steps}

    @transaction.atomic
    def carry_out(self, reason, *, prepare, check):
        """Does all of it or, with a ValidationError, nothing; returns the record.

        ``prepare(record)`` is called before it is saved, ``check(record)`` when all is.
        """
        with because(reason):
            record = self.save_record(prepare)
            for verb, row_record in self.steps:
                carry_out_step(verb, row_record)
            check(record)
        return record

    def save_record(self, prepare):
        target = self.target
        record = self.stored or target.history_object
        for name in foreign_keys(type(target)) if self.stored is None else []:
            if is_lost(target, name):
                if not record._meta.get_field(name).null:
                    raise ValidationError(_("Bring back first what it belongs to (%s).") % name)
                setattr(record, name, None)
        links = [field for field in self.fields if field.many_to_many]
        for field in self.fields:
            if field not in links:
                setattr(record, field.attname, getattr(target, field.attname))
        prepare(record)
        record.full_clean()
        record.save(force_insert=self.stored is None)
        for field in links:
            getattr(record, field.name).set(target.links[field])
        return record


def carry_out_step(verb, record):
    """Takes away, changes or adds the row of a record of the history."""
    row = record.history_object
    if verb == "delete":
        row.delete()
        return
    if verb == "change":
        row._state.adding = False
    try:
        row.full_clean()
    except ValidationError as error:
        words = ", ".join(change.new for change in changes(None, record)[:2])
        raise ValidationError([f"{words}: {message}" for message in error.messages]) from error
    row.save(force_insert=verb == "add")


def said(row_change):
    """A change of a row in one line."""
    fields = ", ".join(change.new for change in row_change.changes)
    return f"{row_change.words} ({fields})"
