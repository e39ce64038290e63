"""Records that count how often they were saved, so that nobody overwrites what they did not see."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Versioned(models.Model):
    """``version`` grows with every save; the form of the desk compares it with what it showed."""

    version = models.PositiveIntegerField(_("version"), default=0, editable=False)

    class Meta:
        abstract = True

    def save(self, *args, update_fields=None, **kwargs):
        # Counted from what is stored: an instance out of the history has an older number.
        stored = self.stored_version()
        if stored is not None:
            self.version = stored + 1
            if update_fields is not None:
                update_fields = {*update_fields, "version"}
        super().save(*args, update_fields=update_fields, **kwargs)

    def stored_version(self, *, lock=False):
        """The version in the database, or None; ``lock`` keeps others from saving until the end."""
        records = type(self)._base_manager.filter(pk=self.pk)
        if lock:
            records = records.select_for_update()
        return records.values_list("version", flat=True).first() if self.pk else None
