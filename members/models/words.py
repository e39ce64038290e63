"""The words under which an organization is found, kept apart so that an index can find them."""

from django.db import models, transaction
from django.db.models import CharField, Lookup

from members.names import search_key

LONGEST = 250


@CharField.register_lookup
class Begins(Lookup):
    """As ``startswith``, in the words that let both databases use an index; for search keys only.

    What they hold, letters and digits, means itself in both patterns.
    """

    lookup_name = "begins"

    def as_sql(self, compiler, connection, *, operator="LIKE", rest="%"):
        column, values = self.process_lhs(compiler, connection)
        pattern, more = self.process_rhs(compiler, connection)
        return f"{column} {operator} {pattern}", [*values, *(f"{one}{rest}" for one in more)]

    def as_sqlite(self, compiler, connection):
        return self.as_sql(compiler, connection, operator="GLOB", rest="*")


class WordQuerySet(models.QuerySet):
    def in_name(self):
        """Those of the names in use."""
        return self.filter(source=Word.Source.NAME)

    def of_names(self):
        """Those of all names, without those of where the office is."""
        return self.filter(source__in=[Word.Source.NAME, Word.Source.OTHER_NAME])

    @transaction.atomic
    def keep(self, wanted):
        """Makes the words of a queryset those that are ``wanted``, as values of their fields."""
        fields = ("organization_id", "other_name_id", "source", "word")
        held = {tuple(values): pk for pk, *values in self.values_list("pk", *fields)}
        if gone := [pk for values, pk in held.items() if values not in wanted]:
            self.filter(pk__in=gone).delete()
        missing = sorted((values for values in wanted if values not in held), key=str)
        self.bulk_create(self.model(**dict(zip(fields, one, strict=True))) for one in missing)


class Word(models.Model):
    """A word, as a ``search_key`` has it, and what it belongs to.

    An organization and its other names keep their own words whenever they are saved.
    """

    class Source(models.IntegerChoices):
        NAME = 0
        OTHER_NAME = 1
        OFFICE = 2

    organization = models.ForeignKey("members.Organization", models.CASCADE, related_name="words")
    other_name = models.ForeignKey(
        "members.FormerName", models.CASCADE, null=True, related_name="words"
    )
    source = models.PositiveSmallIntegerField(choices=Source)
    word = models.CharField(max_length=LONGEST)

    objects = WordQuerySet.as_manager()

    class Meta:
        ordering = ["organization", "source", "word"]
        # Nobody edits them.
        default_permissions = ()
        indexes = [
            # By the beginning of a word, whatever language the database sorts by.
            models.Index(
                fields=["word", "source", "organization"],
                name="word_begins",
                opclasses=["varchar_pattern_ops", "int2_ops", "int8_ops"],
            ),
        ]

    def __str__(self):
        return self.word


def words_of(organization):
    """The words of an organization, without those of its other names, for ``keep``."""
    region = organization.region
    texts = {
        Word.Source.NAME: [organization.name],
        Word.Source.OTHER_NAME: [organization.short_name, organization.host_institution],
        Word.Source.OFFICE: [
            organization.city,
            region.name,
            region.country and region.country.name,
        ],
    }
    return {
        (organization.pk, None, source, word)
        for source, parts in texts.items()
        for part in filter(None, parts)
        for word in words_in(part)
    }


def words_of_other_name(other):
    source = Word.Source.OTHER_NAME
    return {(other.organization_id, other.pk, source, word) for word in words_in(other.name)}


def words_in(text):
    """The words to keep, or to look for; some single letters become many in a search key."""
    return [word[:LONGEST] for word in search_key(text).split()]


def renew(organizations, other_names, words):
    """Brings the words of all up to date, after their regions were renamed."""
    for organization in organizations.select_related("region__country"):
        own = words.filter(organization_id=organization.pk, other_name=None)
        own.keep(words_of(organization))
    for other in other_names.all():
        words.filter(other_name_id=other.pk).keep(words_of_other_name(other))
