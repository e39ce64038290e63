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
        stored = type(self)._base_manager.filter(pk=self.pk).values_list("version", flat=True)
        self.version = max([newest or 0, *stored]) + 1
        if update_fields is not None:
            update_fields = {*update_fields, "version"}
        super().save(*args, update_fields=update_fields, **kwargs)
