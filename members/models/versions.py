"""Records with a number that no save repeats, so that nobody overwrites what they did not see."""

from django.db import models
from django.db.models import Max
from django.utils.translation import gettext_lazy as _


class Versioned(models.Model):
    """``version`` grows with every save; the form of the desk compares it with what it showed.

    For a model with a history, in which every save leaves a record and from which none is taken.
    """

    version = models.PositiveIntegerField(_("version"), default=0, editable=False)

    class Meta:
        abstract = True

    def save(self, *args, update_fields=None, **kwargs):
        # Beyond all that this or another record ever had: one that comes back, or takes over the
        # address of another, would else reach a number that stands in an old file or an open form.
        newest = type(self).history.aggregate(newest=Max("history_id"))["newest"]
        self.version = max(self.stored_version() or 0, newest or 0) + 1
        if update_fields is not None:
            update_fields = {*update_fields, "version"}
        super().save(*args, update_fields=update_fields, **kwargs)

    def stored_version(self, *, lock=False):
        """The version in the database, or None; ``lock`` keeps others from saving until the end."""
        records = type(self)._base_manager.filter(pk=self.pk)
        if lock:
            records = records.select_for_update()
        return records.values_list("version", flat=True).first() if self.pk else None
