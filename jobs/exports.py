"""Job openings as a file for a spreadsheet, and back: a row for each, known by its number."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from jobs.models import JobOpening
from members.exports import Code, Column, ExchangeResource, Line, plain
from members.models import Organization, Region


class Number(Line):
    hint = gettext_lazy("Of the opening, as exported. Empty for a new one.")


class JobOpeningResource(ExchangeResource):
    number = Column("number", Number(), attribute="pk", readonly=True)
    organization = Column(
        "organization",
        Code(
            Organization,
            "slug",
            hint=gettext_lazy("The address of the organization: innocence-project."),
            missing=gettext_lazy("There is no organization with the address %(code)s."),
        ),
        required=True,
    )
    region = Column(
        "region",
        Code(
            Region,
            "code",
            capitals=True,
            hint=gettext_lazy("The code of a state or country: US-VA, CA."),
            missing=gettext_lazy("There is no state or country with the code %(code)s."),
            **JobOpening._meta.get_field("region").get_limit_choices_to(),
        ),
    )
    key_field = "pk"
    left_out = gettext_lazy(
        "Openings that are filled or closed are not exported either: their pages do not say any "
        "more how to apply."
    )

    class Meta:
        model = JobOpening
        import_id_fields = ["number"]
        fields = [
            *("number", "version", "organization", "title", "kind", "employment_type"),
            *("posted_on", "closes_on", "filled_on", "workplace", "city", "region"),
            *("pay_minimum", "pay_maximum", "pay_currency", "pay_per"),
            *("apply_url", "apply_email", "summary", "description"),
        ]

    def get_queryset(self):
        return JobOpening.objects.select_related("organization", "region")

    def public(self):
        return self.get_queryset().open().order_by("pk")

    def key_of(self, row):
        """Longer than any number that the database has counted to is none."""
        text = super().key_of(row)
        return int(text) if re.fullmatch("[0-9]{1,15}", text) else None

    def after_init_instance(self, instance, new, row, **kwargs):
        super().after_init_instance(instance, new, row, **kwargs)
        if new and plain(row[self.key_column]):
            words = _("There is no opening with this number. For a new one, leave it empty.")
            raise ValidationError({self.key_column: words})

    def before_save_instance(self, instance, row, **kwargs):
        alike = {"organization": instance.organization, "title": instance.title}
        # Counted, so that what is confirmed twice is shown once more before it is imported twice.
        if instance.pk is None and (count := JobOpening.objects.filter(**alike).count()):
            words = ngettext(
                "The organization has an opening with this title already: is it the same one?",
                "The organization has %(count)d openings with this title already: is it one of "
                "them?",
                count,
            )
            instance.notes.append(words % {"count": count})
