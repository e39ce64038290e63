"""What every file has in common: records matched by a key, checked as the desk checks them.

Nothing is imported in part: a row that cannot be imported takes all others back with it.
"""

import hashlib
import json
from dataclasses import dataclass, field

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.fields import Field
from import_export.instance_loaders import BaseInstanceLoader
from import_export.resources import ModelResource
from import_export.results import RowResult
from tablib import Dataset

from members.exports.cells import Code, plain, widget_for
from members.exports.files import (
    BYTES,
    ROWS,
    BadFileError,
    Problem,
    Sheet,
    decoded,
    read,
    written,
)
from members.models.history import because

VERSION = "version"


class Column(Field):
    """A column that changes a record only where the cell says something else than the record."""

    def __init__(self, name, widget, *, attribute=None, required=False, readonly=False):
        super().__init__(attribute or name, name, widget, readonly=readonly)
        self.required = required

    def save(self, instance, row, is_m2m=False, **kwargs):
        cell, before = plain(row[self.column_name]), self.export(instance)
        if self.required and not cell:
            raise ValueError(_("This cell cannot be empty."))
        if self.readonly or cell == before:
            return
        value = self.clean(row, **kwargs)
        after = self.widget.render(value)
        if after != before:
            self.put(instance, value)
            instance.imported[self.column_name] = before, after

    def put(self, instance, value):
        setattr(instance, self.attribute, value)


@dataclass
class Change:
    """What a row of the file does: ``cells`` holds (column, before, after)."""

    line: int
    record: models.Model
    is_new: bool
    cells: list
    notes: list


@dataclass
class Outcome:
    changes: list = field(default_factory=list)
    unchanged: int = 0
    problems: list = field(default_factory=list)

    @property
    def new(self):
        return [change for change in self.changes if change.is_new]

    @property
    def changed(self):
        return [change for change in self.changes if not change.is_new]

    @property
    def digest(self):
        """The same for two outcomes that do the same to the same records."""
        done = [
            (change.line, None if change.is_new else change.record.pk, change.cells, change.notes)
            for change in self.changes
        ]
        return hashlib.sha256(json.dumps(done).encode()).hexdigest()


class Stored(BaseInstanceLoader):
    """The records of a file in a few queries; nobody else saves them until the import is over."""

    def __init__(self, resource, dataset=None):
        super().__init__(resource, dataset)
        keys = filter(None, map(resource.key_of, dataset.dict))
        records = resource.get_queryset().select_for_update(of=("self",))
        self.records = records.in_bulk(list(keys), field_name=resource.key_field)

    def get_instance(self, row):
        return self.records.get(self.resource.key_of(row))


class ExchangeResource(ModelResource):
    """The columns are those that ``Meta.fields`` names, and are called so in the file."""

    DEFAULT_RESOURCE_FIELD = Column
    key_field = "slug"
    # What is not exported beside drafts and what was withdrawn, in a sentence.
    left_out = ""
    # What to write in columns that do not say it themselves.
    hints = {
        VERSION: gettext_lazy(
            "As exported: it grows when somebody saves the record, so that no change of others is "
            "lost. Empty for a new one."
        )
    }

    class Meta:
        instance_loader_class = Stored
        skip_diff = True  # what changes is told cell by cell, not by the library
        report_skipped = False
        store_instance = True
        use_transactions = True

    @classmethod
    def field_from_django_field(cls, field_name, django_field, readonly):
        column = Column(
            field_name,
            widget_for(django_field),
            required=not (django_field.blank or django_field.has_default()),
            readonly=field_name == VERSION,
        )
        if django_field.has_default():
            column.default = django_field.get_default()
        return column

    @property
    def key_column(self):
        (name,) = self._meta.import_id_fields
        return self.fields[name].column_name

    @property
    def columns(self):
        return self.get_export_headers()

    def explained(self):
        """Of each column the name, whether a new row needs it, and what to write there."""
        model_fields = {
            one.name: one.verbose_name
            for one in self._meta.model._meta.get_fields()
            if one.concrete
        }
        for column in self.get_export_fields():
            name = column.column_name
            words = [capfirst(model_fields[name]) + "."] if name in model_fields else []
            words.append(self.hints.get(name) or column.widget.hint)
            yield name, column.required, " ".join(map(str, filter(None, words)))

    def key_of(self, row):
        return plain(row[self.key_column])

    def public(self):
        """The records of which all in the file may be known to everybody."""
        raise NotImplementedError

    # To a file -----------------------------------------------------------------------------------

    def public_of(self, records):
        """Those of the ``records`` (a queryset) that are public."""
        return self.public().filter(pk__in=records.order_by().values("pk"))

    def file(self, records):
        # A list: of a queryset the library asks page by page.
        dataset = self.export(list(self.public_of(records)))
        return written(dataset.headers, dataset)

    def is_too_large(self, records):
        """Whether what is exported of the ``records`` cannot be imported again in one piece."""
        if self.public_of(records).count() > ROWS:
            return True
        return len(self.file(records)) > BYTES

    # From a file ---------------------------------------------------------------------------------

    def read(self, data):
        """The text of an uploaded file, of which the head and the form of the rows are right."""
        text = decoded(data)
        self.sheet(text)
        return text

    def sheet(self, text):
        sheet = read(text, self.columns, [self.key_column])
        place, seen = sheet.columns.index(self.key_column), {}
        problems = []
        for line, cells in sheet.rows:
            first = seen.setdefault(plain(cells[place]), line)
            if first != line and plain(cells[place]):
                words = _("Line %(line)d has the same. Each may stand in the file once.")
                problems.append(Problem(line, self.key_column, words % {"line": first}))
        if problems:
            raise BadFileError(*problems)
        return sheet

    def preview(self, text):
        """What the file would do, as far as can be told before it is done: all is tried."""
        return self.carry_out(self.sheet(text), dry_run=True)

    def confirm(self, text, digest):
        """Imports the file if it still does what was previewed, and otherwise nothing."""
        with transaction.atomic():
            self.wait_for_others()
            outcome = self.carry_out(self.sheet(text))
            if not outcome.problems and outcome.digest != digest:
                transaction.set_rollback(True)
        return outcome

    def wait_for_others(self):
        """Imports of these records go one after the other: each sees what those before it added.

        What they lock is no record, and what refers to it (the log) is saved in spite of them.
        """
        kind = ContentType.objects.get_for_model(self._meta.model)
        ContentType.objects.select_for_update(no_key=True).get(pk=kind.pk)

    def carry_out(self, sheet: Sheet, *, dry_run=False):
        dataset = Dataset(*[cells for _line, cells in sheet.rows], headers=sheet.columns)
        with because(_("Import of a file.")):
            result = self.import_data(dataset, dry_run, rollback_on_validation_errors=True)
        lines = [line for line, _cells in sheet.rows]
        return Outcome(
            [
                Change(
                    lines[row.instance.row_number - 1],
                    row.instance,
                    row.is_new(),
                    [(name, *texts) for name, texts in row.instance.imported.items()],
                    row.instance.notes,
                )
                for row in result
                if row.is_new() or row.is_update()
            ],
            result.totals[RowResult.IMPORT_TYPE_SKIP],
            list(self.problems(result, lines)),
        )

    def problems(self, result, lines):
        for error in result.base_errors:
            raise error.error
        for row in result.error_rows:
            for error in row.errors:
                if not isinstance(error.error, IntegrityError):
                    raise error.error  # a fault of ours: nothing that the file could mend
                words = _("Somebody else saved something that contradicts this. Please try again.")
                yield Problem(lines[row.number - 1], "", words)
        for row in result.invalid_rows:
            for name, sentences in row.error_dict.items():
                column = self.fields[name].column_name if name in self.fields else ""
                for words in dict.fromkeys(sentences):
                    yield Problem(lines[row.number - 1], column, words)

    # Steps of the library's import of a row ------------------------------------------------------

    def after_init_instance(self, instance, new, row, row_number=None, **kwargs):
        instance.row_number = row_number
        instance.imported, instance.notes = {}, []
        instance.version_seen = plain(row.get(VERSION, ""))

    def import_field(self, column, instance, row, is_m2m=False, **kwargs):
        if column.column_name in row:
            column.save(instance, row, is_m2m, **kwargs)
        elif column.required and instance.pk is None:
            raise ValueError(_("A new row needs this column."))

    def skip_row(self, instance, original, row, import_validation_errors=None):
        return not (instance.imported or import_validation_errors or instance.pk is None)

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        errors = dict(import_validation_errors or {})
        if instance.pk is not None and instance.version_seen != str(instance.version):
            errors[VERSION] = ValidationError(self.late_words(instance))
        try:
            looked_up = {
                name for name, column in self.fields.items() if isinstance(column.widget, Code)
            }
            instance.full_clean(looked_up | set(errors), validate_unique, False)
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)
        check_constraints(instance, instance.imported)

    def late_words(self, instance):
        if instance.version_seen:
            return _(
                "Somebody changed this record after the file was exported. Export it again, or "
                "take this line out of the file."
            )
        return _(
            "This record is stored already: a line that changes it needs the version from an "
            "export, so that no change of others is lost."
        )


def check_constraints(instance, names):
    """Checks what constrains the fields of these names; all would cost more than all the rest."""
    fields = {field.name for field in instance._meta.fields}
    for constraint in instance._meta.constraints:
        is_check = isinstance(constraint, models.CheckConstraint)
        constrained = constraint.condition.referenced_base_fields if is_check else set()
        if constrained & set(names):
            constraint.validate(type(instance), instance, exclude=fields - constrained)
