"""What every change of staff content leaves behind: the record as it was, who saved it, and why."""

import uuid
from contextlib import contextmanager
from contextvars import ContextVar

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from members.markdown import RenderedField

REASON = 300  # letters
reason_and_set = ContextVar("reason_and_set", default=(None, None))


@contextmanager
def because(reason):
    """Gives a reason to what is saved inside, which becomes one entry of a record's history."""
    token = reason_and_set.set((str(reason)[:REASON], uuid.uuid4()))
    try:
        yield
    finally:
        reason_and_set.reset(token)


def history_set():
    """The same for all that is saved ``because`` of one thing, or else in one request."""
    _reason, one = reason_and_set.get()
    request = getattr(HistoricalRecords.context, "request", None)
    if one is None and request is not None:
        one = request.history_set = getattr(request, "history_set", None) or uuid.uuid4()
    return one or uuid.uuid4()


class HistoryEntry(models.Model):
    """What a record's own change and those of its rows have in common, if made in one go."""

    history_set = models.UUIDField(default=history_set, editable=False)

    class Meta:
        abstract = True


class History(HistoricalRecords):
    """The history of a model: all its fields but those that follow from others.

    An account that it names cannot be deleted.
    """

    def __init__(self, **kwargs):
        reason = models.CharField(max_length=REASON, null=True)
        super().__init__(bases=(HistoryEntry,), history_change_reason_field=reason, **kwargs)

    def fields_included(self, model):
        return [field for field in super().fields_included(model) if not is_derived(field)]

    def get_extra_fields(self, model, fields):
        user = models.ForeignKey(
            settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
        )
        return super().get_extra_fields(model, fields) | {"history_user": user}

    def get_meta_options(self, model):
        return super().get_meta_options(model) | {"default_permissions": ()}

    def get_change_reason_for_object(self, instance, history_type, using):
        reason, _set = reason_and_set.get()
        return super().get_change_reason_for_object(instance, history_type, using) or reason


def is_derived(field):
    return (
        isinstance(field, RenderedField | models.GeneratedField)
        or field.name == "version"
        or getattr(field, "auto_now", False)
        or getattr(field, "auto_now_add", False)
    )


def is_named(user):
    """Whether the history of anything says that ``user`` saved it."""
    histories = (
        model.history
        for model in apps.get_models()
        if hasattr(model._meta, "simple_history_manager_attribute")
    )
    return any(history.filter(history_user=user).exists() for history in histories)


def was_published(record):
    """Whether it is public, or ever was."""
    return record.published or record.history.filter(published=True).exists()


def begin(state, app, names):
    """For a migration: the first entry of each record that is older than the history."""
    now, first = timezone.now(), uuid.uuid4()
    for name in names:
        model, history = state.get_model(app, name), state.get_model(app, f"Historical{name}")
        kept = [field.attname for field in history._meta.fields if hasattr(model, field.attname)]
        history.objects.bulk_create(
            [
                history(
                    history_date=now,
                    history_type="+",
                    history_change_reason=str(_("Here when the history began.")),
                    history_set=first,
                    **{name: getattr(record, name) for name in kept},
                )
                for record in model.objects.order_by("pk")
            ],
            batch_size=200,
        )
