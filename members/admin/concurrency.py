"""Two people at the same record: the second is told, and what both typed is kept.

For a ModelAdmin of a ``Versioned`` model: ``VersionedMixin`` first among its bases, and
``formset = KeptRows`` (or a class made from it) on its inlines. For one of another model:
``SeenMixin``, and a form made from ``SeenForm`` that tells when somebody has saved the record.
"""

from django import forms
from django.contrib.admin.utils import display_for_field, unquote
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import transaction
from django.utils.html import format_html, strip_tags
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _

SEEN = "version_seen"
LINK = '<a href="{}" target="_blank">{}</a>'
# Letters that the message repeats of a text: the link leads to the whole of it.
SHOWN = 200
# More rows than Django reads of a form.
ROWS = 2000


class SeenField(forms.CharField):
    widget = forms.HiddenInput

    def has_changed(self, initial, data):
        """It is nothing that staff fill in."""
        return False


class SeenForm(forms.ModelForm):
    """Does not save over what somebody else saved after the form was shown."""

    version_seen = SeenField(required=False)
    is_late = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            del self.fields[SEEN]
        else:
            self.initial[SEEN] = self.mark()

    def mark(self):
        """Another text as soon as anybody saves the record."""
        raise NotImplementedError

    def clean(self):
        cleaned = super().clean()
        if SEEN not in self.fields:
            return cleaned
        self._errors.pop(SEEN, None)
        # As stored: who saves has locked the record before it was read.
        if self.cleaned_data.get(SEEN) != self.initial[SEEN]:
            self.is_late = True
            # Who saves once more has been told.
            self.data = self.data.copy()
            self.data[self.add_prefix(SEEN)] = self.initial[SEEN]
            raise ValidationError(
                _(
                    "Somebody else saved this record after you opened it, so yours is not saved "
                    "yet. What you typed is kept below. If you save now, it takes the place of "
                    "what they saved."
                )
            )
        return cleaned


class VersionedForm(SeenForm):
    def mark(self):
        return str(self.instance.version)

    @property
    def is_lost(self):
        """Whether what is sent as a new record is the form of one that is deleted by now."""
        return self.instance.pk is None and self.add_prefix(SEEN) in self.data

    def clean(self):
        cleaned = super().clean()
        if self.is_lost:
            raise ValidationError(
                _(
                    "Somebody deleted this record after you opened it, so yours is not saved yet. "
                    "What you typed is kept below as a new record. Save it, or bring the deleted "
                    "one back."
                )
            )
        return cleaned


class KeptRows(forms.BaseInlineFormSet):
    """Takes a row that somebody else deleted meanwhile for a new one, instead of giving up.

    It also names each field: in a table Django leaves that to the head of the column, which does
    not tell who cannot see it.
    """

    def __init__(self, data=None, files=None, instance=None, **kwargs):
        prefix = kwargs.get("prefix") or self.get_default_prefix()
        if data is not None and instance is not None:
            # A new record has none yet, whatever its form says.
            rows = self.model._default_manager.filter(**{self.fk.name: instance.pk})
            stored = {str(pk) for pk in rows.values_list("pk", flat=True)}
            named = (self.model._meta.pk.name, self.fk.name)
            data = with_lost_rows_as_new(data, prefix, *named, stored)
            if instance.pk is None:
                data = of_a_new_record(data, prefix, self.fk.name)
        super().__init__(data, files, instance, **kwargs)

    def add_fields(self, form, index):
        super().add_fields(form, index)
        for field in form.fields.values():
            # Around a relation stands another widget, whose attributes are nobody's.
            widget = getattr(field.widget, "widget", field.widget)
            widget.attrs.setdefault("aria-label", capfirst(field.label or ""))


def with_lost_rows_as_new(data, prefix, key, parent, stored):
    """The form data, where a row of which the ``key`` is not ``stored`` stands among the new."""
    try:
        total, initial = (int(data[f"{prefix}-{name}_FORMS"]) for name in ("TOTAL", "INITIAL"))
    except (KeyError, ValueError):
        return data  # Django says that the form is broken.
    keys = [data.get(f"{prefix}-{row}-{key}") for row in range(min(initial, total, ROWS))]
    lost = [row for row, value in enumerate(keys) if value and value not in stored]
    if not lost:
        return data
    kept = [row for row in range(len(keys)) if row not in lost]
    moved, rows = data.copy(), [{} for _row in range(min(total, ROWS))]
    for name, values in data.lists():
        start, _dash, rest = name.removeprefix(f"{prefix}-").partition("-")
        if name.startswith(f"{prefix}-") and start.isdecimal() and int(start) < len(rows):
            rows[int(start)][rest] = values
            del moved[name]
    # Of a row that was only to be looked at nothing is sent but what it is: it is left out.
    lost = [row for row in lost if rows[row].keys() - {key, parent}]
    places = [*kept, *lost, *range(len(keys), len(rows))]
    for place, row in enumerate(places):
        for name, values in rows[row].items():
            is_lost_key = row in lost and name == key
            moved.setlist(f"{prefix}-{place}-{name}", [""] if is_lost_key else values)
    moved[f"{prefix}-INITIAL_FORMS"] = str(len(kept))
    moved[f"{prefix}-TOTAL_FORMS"] = str(total - len(rows) + len(places))
    return moved


def of_a_new_record(data, prefix, parent):
    """The form data, where rows do not name the record that they belonged to."""
    data = data.copy()
    for name in data:
        if name.startswith(f"{prefix}-") and name.endswith(f"-{parent}"):
            data[name] = ""
    return data


class SeenMixin:
    """For a ModelAdmin with ``Lists`` among its bases whose ``form`` is a ``SeenForm``."""

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if object_id is None or request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        with transaction.atomic():
            if self.lock(request, object_id) is None and self.goes_on_as_new(request):
                object_id, form_url = None, self.address_of("add")
            return super().changeform_view(request, object_id, form_url, extra_context)

    def goes_on_as_new(self, request):
        """Whether the form of a record that is deleted by now becomes that of a new one."""
        return False

    def lock(self, request, object_id):
        """Keeps others from saving the record until the end, if it is there."""
        record = self.get_object(request, unquote(object_id))
        records = self.model._base_manager.select_for_update()
        return record and records.filter(pk=record.pk).first()

    def get_fields(self, request, obj=None):
        return [name for name in super().get_fields(request, obj) if name != SEEN]

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or not self.has_change_permission(request, obj):
            return fieldsets
        (name, options), *others = fieldsets
        return [(name, {**options, "fields": [*options["fields"], SEEN]}), *others]

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        form = context["adminform"].form
        if obj and getattr(form, "is_late", False):
            formsets = [one.formset for one in context["inline_admin_formsets"]]
            form.add_error(None, list(differences(form, formsets)))
            words = _("Look at the record as it is saved now (in another window)")
            form.add_error(None, format_html(LINK, self.address_of("change", obj.pk), words))
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)


class VersionedMixin(SeenMixin):
    form = VersionedForm

    def goes_on_as_new(self, request):
        may_save = self.has_change_permission(request) and self.has_add_permission(request)
        return may_save and SEEN in request.POST

    def render_change_form(self, request, context, *args, **kwargs):
        form = context["adminform"].form
        if getattr(form, "is_lost", False):
            words = _("Look at what is deleted (in another window)")
            form.add_error(None, format_html(LINK, self.address_of("deleted"), words))
        return super().render_change_form(request, context, *args, **kwargs)


def differences(form, formsets):
    """In sentences, where the record as it is stored differs from what the forms hold."""
    stored = form._meta.model._base_manager.get(pk=form.instance.pk)
    for name in form.changed_data:
        yield _("%(field)s – saved now: %(value)s") % {
            "field": capfirst(form.fields[name].label),
            "value": Truncator(stored_words(form, stored, name)).chars(SHOWN),
        }
    for formset in formsets:
        yield from row_differences(formset)


def stored_words(form, stored, name):
    try:
        field = stored._meta.get_field(name)
    except FieldDoesNotExist:
        return str(form.fields[name].initial or _("nothing"))
    value = getattr(stored, name)
    if field.many_to_many:
        return ", ".join(sorted(map(str, value.all()))) or _("nothing")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return strip_tags(str(display_for_field(value, field, _("nothing"))))


def row_differences(formset):
    kind = capfirst(formset.model._meta.verbose_name)
    siblings = formset.model._default_manager.filter(**{formset.fk.name: formset.instance})
    stored = {row.pk: row for row in siblings}
    for form in formset.initial_forms:
        row = stored.pop(form.instance.pk, None)
        if row and form.has_changed():
            yield _("%(kind)s – saved now: %(row)s") % {"kind": kind, "row": row}
    for form in formset.extra_forms:
        if form.has_changed():
            yield _("%(kind)s – not saved now: %(row)s") % {"kind": kind, "row": form.instance}
    for row in stored.values():
        yield _("%(kind)s – saved now, and kept if you save: %(row)s") % {"kind": kind, "row": row}
