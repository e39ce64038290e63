"""The members with their coverage and other names: a row for each organization."""

from collections import defaultdict

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.widgets import Widget

from members.contradictions import contradictions
from members.exports.cells import Code, plain, quoted
from members.exports.grammar import read_coverage, read_names, write_coverage, write_names
from members.exports.resources import VERSION, Column, ExchangeResource
from members.locate import locate
from members.models import Coverage, FormerName, Organization, Region

NO_PLACE = gettext_lazy(
    "There is no place with the code %(code)s. Codes are such as US-VA, CA or GB-SCT; a region's "
    "page at the desk shows its code."
)


class Lines(Widget):
    def __init__(self, read, write, hint):
        super().__init__()
        self.read, self.write, self.hint = read, write, hint

    def clean(self, value, row=None, **kwargs):
        return self.read(plain(value))

    def render(self, value, obj=None, **kwargs):
        return plain(self.write(value or []))


class Rows(Column):
    """A cell that holds rows of another model, each known by the first of its ``names``."""

    def __init__(self, name, model, names, widget):
        super().__init__(name, widget)
        self.model, self.names = model, names

    def get_value(self, instance):
        return list(map(self.values, self.stored(instance)))

    def values(self, row):
        return tuple(getattr(row, name) for name in self.names)

    def stored(self, instance):
        return [] if instance.pk is None else list(getattr(instance, self.attribute).all())

    def put(self, instance, value):
        """Keeps for later the rows to save, with those that stay as they are, and to delete."""
        stored = defaultdict(list)
        for row in self.stored(instance):
            stored[getattr(row, self.names[0])].append(row)
        rows, changed = [], []
        for values in value:
            left = stored[values[0]]
            row = left.pop() if left else self.model(organization=instance)
            rows.append(row)
            if row.pk is None or self.values(row) != values:
                changed.append(row)
                for name, one in zip(self.names, values, strict=True):
                    setattr(row, name, one)
        gone = [row for left in stored.values() for row in left]
        instance.rows[self.attribute] = rows, changed, gone


class OrganizationResource(ExchangeResource):
    region = Column(
        "region",
        Code(
            Region,
            "code",
            capitals=True,
            hint=gettext_lazy("The code of a state or country: US-VA, CA."),
            missing=NO_PLACE,
        ),
        required=True,
    )
    coverage = Rows(
        "coverage",
        Coverage,
        ["region_id", "effect", "evidence", "note"],
        Lines(
            read_coverage,
            write_coverage,
            gettext_lazy(
                "A line for each place: its code, a colon, then “covers”, “by referral only” or "
                "“excludes”; behind a comma “DNA only” or “non-DNA only”, if so; last the note, in "
                'quotation marks. US-VA: covers, non-DNA only, "Not from the city courts." '
                "A place whose line is missing is no longer covered."
            ),
        ),
    )
    other_names = Rows(
        "other_names",
        FormerName,
        ["slug", "standing", "until", "name"],
        Lines(
            read_names,
            write_names,
            gettext_lazy(
                "A line for each: its address, a colon, then “former” or “later”; behind a comma "
                "the year of the change, if known; last the name, in quotation marks. "
                'old-name: former, 2019, "Old Name"'
            ),
        ),
    )

    hints = ExchangeResource.hints | {
        "slug": gettext_lazy(
            "The end of its page's web address. By it the line and the record are matched; with "
            "an address that is not stored yet, the line becomes a new draft."
        ),
        "languages": gettext_lazy("In words: English, Spanish."),
    }

    class Meta:
        model = Organization
        import_id_fields = ["slug"]
        # Whether it is on the site and who confirmed it are decided at the desk, record by record;
        # so are the periods of membership, for they decide it too.
        fields = [
            *("slug", "version", "name", "short_name", "kind", "host_institution", "founded"),
            *("summary", "city", "region", "postal_address", "phone", "email", "website"),
            *("intake_url", "intake_state", "intake_state_on", "intake_note", "who_may_write"),
            *("languages", "how_to_ask", "cases_taken", "cases_not_taken"),
            *("coverage", "other_names"),
        ]

    def get_queryset(self):
        rows = ("coverage", "other_names")
        return Organization.objects.select_related("region").prefetch_related(*rows)

    def public(self):
        return self.get_queryset().listed()

    def after_init_instance(self, instance, new, row, **kwargs):
        super().after_init_instance(instance, new, row, **kwargs)
        instance.rows = {}
        if new and plain(row.get(VERSION, "")):
            instance.notes.append(
                _(
                    "The file has a version of it, but nothing is stored under this address: it "
                    "was deleted or its address changed, or the file is not of this site."
                )
            )

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        errors = dict(import_validation_errors or {})
        for name, (rows, changed, _gone) in instance.rows.items():
            found = list(self.faults_of_rows(name, rows, changed))
            if found:
                errors[name] = ValidationError(found)
        super().validate_instance(instance, errors, validate_unique)

    def faults_of_rows(self, name, rows, changed):
        if name == "coverage":
            missing = [row.region_id for row in rows if not self.find_region(row)]
            if missing:
                yield from (NO_PLACE % {"code": quoted(code)} for code in missing)
                return
            yield from contradictions(rows).values()
        keys = [getattr(row, self.fields[name].names[0]) for row in rows]
        if name == "other_names" and len(set(keys)) < len(keys):
            yield _("Two lines have the same address.")
        for row in changed:
            try:
                row.full_clean(exclude=["organization", "region"])
            except ValidationError as error:
                key = getattr(row, self.fields[name].names[0])
                yield from (f"{key}: {words}" for words in error.messages)

    def find_region(self, rule):
        region = self.fields["region"].widget.find(rule.region_id)
        if region:
            rule.region = region
        return region

    def before_save_instance(self, instance, row, **kwargs):
        if words := instance.not_confirmed_anew(instance.imported):
            instance.notes.append(words)
        if instance.latitude is None or {"city", "region"} & set(instance.imported):
            locate(instance)

    def after_save_instance(self, instance, row, **kwargs):
        for _rows, changed, gone in instance.rows.values():
            for one in gone:
                one.delete()
            for one in changed:
                one.organization = instance
                one.save()
