"""Policy statements. What was published of one stays as it is: a correction is a new edition."""

from itertools import takewhile

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models, transaction
from django.db.models import Exists, F, Max, OuterRef, Prefetch, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from members.markdown import MarkdownField, RenderedField
from members.models.history import History
from members.models.versions import Versioned

# These stand where the address of a statement would.
RESERVED = {"feed"}


class StatementQuerySet(models.QuerySet):
    def published(self):
        """Statements with a published edition: all that any public page shows."""
        return self.filter(Exists(Edition.objects.published().filter(statement=OuterRef("pk"))))

    def in_force(self, at=None):
        """Published statements that hold on the day ``at`` (today).

        One holds from the adoption of its first edition until the day it is withdrawn, or else
        until another that takes its place is adopted. An unknown date does not bound: what was
        adopted nobody knows when counts as adopted on any day.
        """
        day = at or timezone.localdate()
        begun = Edition.objects.published().filter(
            Q(adopted_on__isnull=True) | Q(adopted_on__lte=day), number=1
        )
        return self.filter(
            Exists(begun.filter(statement=OuterRef("pk"))),
            Q(withdrawn_on__gt=day)
            | Q(withdrawn_on__isnull=True)
            & ~Exists(begun.filter(statement=OuterRef("superseded_by"))),
        )

    def newest_first(self):
        """By the newest known date of adoption; those without one come last, by title."""
        newest = Max("editions__adopted_on", filter=Q(editions__published=True))
        newest_first = F("newest").desc(nulls_last=True)
        return self.alias(newest=newest).order_by(newest_first, "title", "pk")

    def with_editions(self):
        """With the published editions of each, but not their texts, and with its successor."""
        editions = Edition.objects.published().defer("body", "body_html")
        return self.prefetch_related(
            Prefetch("editions", editions, to_attr="published_editions"),
            Prefetch("superseded_by", Statement.objects.published(), to_attr="successor"),
        )


class Statement(Versioned):
    """What the Network says on one question; its words are in its editions."""

    title = models.CharField(_("title"), max_length=200)
    slug = models.SlugField(
        _("page address"),
        max_length=100,
        unique=True,
        help_text=_("Stays as it is once an edition is published: people link to it."),
    )
    topic = models.CharField(
        _("topic"), max_length=80, blank=True, help_text=_("In a few words: Forensic science")
    )
    withdrawn_on = models.DateField(
        _("withdrawn on"),
        null=True,
        blank=True,
        help_text=_("From this day on its page says that it no longer holds. The page stays."),
    )
    superseded_by = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="supersedes",
        verbose_name=_("superseded by"),
        help_text=_("The statement that takes its place. Shown once that one is published."),
    )

    objects = StatementQuerySet.as_manager()
    history = History()

    class Meta:
        ordering = ["title", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(superseded_by__isnull=True) | ~Q(superseded_by=F("id")),
                name="statement_does_not_supersede_itself",
            ),
            models.CheckConstraint(
                condition=~Q(slug__in=sorted(RESERVED)),
                name="statement_slug_is_free",
                violation_error_message=_("This address is needed for something else."),
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("statements:statement", args=[self.slug])

    def clean(self):
        met, following = {self.pk}, self.superseded_by
        while following:
            if following.pk in met:
                message = _("A statement cannot take its own place, directly or by way of others.")
                raise ValidationError({"superseded_by": message})
            met.add(following.pk)
            following = following.superseded_by

    @cached_property
    def published_editions(self):
        """Newest first."""
        return list(self.editions.published())

    @cached_property
    def current(self):
        """The newest published edition, or None."""
        return self.published_editions[0] if self.published_editions else None

    @cached_property
    def successor(self):
        """The published statement that takes the place of this one, or None."""
        return Statement.objects.published().filter(pk=self.superseded_by_id).first()

    def in_force(self, at=None):
        """The edition that was in force on the day ``at`` (today), or None.

        The last one before the first that is known to be adopted later. Of an edition whose date
        is unknown only its place among the others is known: it counts from the day of the one
        before it.
        """
        day = at or timezone.localdate()
        if not Statement.objects.in_force(day).filter(pk=self.pk).exists():
            return None
        begun = takewhile(
            lambda edition: edition.adopted_on is None or edition.adopted_on <= day,
            reversed(self.published_editions),
        )
        return list(begun)[-1]


class EditionQuerySet(models.QuerySet):
    def published(self):
        return self.filter(published=True)


class Edition(Versioned):
    """A statement's words as they were adopted. Drafts have a number and no address."""

    statement = models.ForeignKey(
        Statement, models.PROTECT, related_name="editions", verbose_name=_("statement")
    )
    number = models.PositiveSmallIntegerField(
        _("edition"), editable=False, validators=[MinValueValidator(1)]
    )
    adopted_on = models.DateField(
        _("adopted on"), null=True, blank=True, help_text=_("Empty if not known: the page says so.")
    )
    adopted_by = models.CharField(
        _("adopted by"),
        max_length=200,
        blank=True,
        help_text=_("As it reads after the word “by”: the Executive Board. Empty if not known."),
    )
    change_note = models.TextField(
        _("what changed"),
        max_length=600,
        blank=True,
        help_text=_("One or two sentences for readers; needed from the second edition on."),
    )
    excerpt = models.TextField(
        _("excerpt"),
        max_length=600,
        help_text=_("One or two sentences of the text, for lists and search engines."),
    )
    body = MarkdownField(_("text"))
    body_html = RenderedField(source="body")
    complete = models.BooleanField(
        _("this is the whole text"),
        default=True,
        help_text=_("Otherwise the page says that only the beginning of the text is held here."),
    )
    published = models.BooleanField(
        _("published"),
        default=False,
        help_text=_(
            "For good: a published edition can be neither changed nor deleted. A correction is a "
            "new edition."
        ),
    )
    # Of a published edition: when it was published, for nothing is saved after that.
    saved_at = models.DateTimeField(_("last saved"), auto_now=True)

    objects = EditionQuerySet.as_manager()
    history = History()

    class Meta:
        ordering = ["statement_id", "-number"]
        permissions = [("publish_edition", _("Can publish editions and withdraw statements"))]
        constraints = [
            models.UniqueConstraint(
                fields=["statement", "number"],
                name="one_edition_a_number",
                violation_error_message=_("There is an edition of this number already."),
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="editions_count_from_one"),
            models.CheckConstraint(
                condition=Q(published=False) | Q(number=1) | ~Q(change_note=""),
                name="edition_says_what_changed",
                violation_error_message=_("Say what changed: readers ask."),
            ),
        ]

    def __str__(self):
        return _("%(statement)s, edition %(number)s") % {
            "statement": self.statement,
            "number": self.number,
        }

    @transaction.atomic
    def save(self, *args, **kwargs):
        self.refuse_if_published(lock=True)
        if self.number is None:
            self.number = self.next_number()
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("statements:edition", args=[self.statement.slug, self.number])

    def publish(self):
        self.published = True
        self.full_clean()
        self.save()

    @transaction.atomic
    def delete(self, *args, **kwargs):
        self.refuse_if_published(lock=True)
        return super().delete(*args, **kwargs)

    def clean(self):
        self.refuse_if_published()
        if self.number is None:
            self.number = self.next_number()
        others = Edition.objects.filter(statement=self.statement_id).exclude(pk=self.pk)
        if others.filter(number=self.number).exists():
            message = _("There is a draft of edition %(number)s already: change or delete that.")
            raise ValidationError(message, params={"number": self.number})
        if self.number != self.next_number():
            message = _("The next edition is number %(number)s.")
            raise ValidationError(message, params={"number": self.next_number()})
        if self.published:
            self.check_publication(others.published())

    def check_publication(self, earlier):
        """Refuses what readers would not understand: no word on what changed, dates out of turn."""
        errors = {}
        if self.number > 1 and not self.change_note:
            errors["change_note"] = _("Say what changed: readers ask.")
        if self.adopted_on:
            if self.adopted_on > timezone.localdate():
                errors["adopted_on"] = _("Publish an edition once it has been adopted.")
            elif earlier.filter(adopted_on__gt=self.adopted_on).exists():
                errors["adopted_on"] = _("An earlier edition was adopted after this day.")
        if errors:
            raise ValidationError(errors)

    def next_number(self):
        """Published editions count without gaps, so that no number tells of a draft."""
        published = Edition.objects.published().filter(statement=self.statement_id)
        return 1 + (published.aggregate(last=Max("number"))["last"] or 0)

    def refuse_if_published(self, *, lock=False):
        """``lock`` keeps others from publishing it until the end."""
        stored = Edition.objects.select_for_update() if lock else Edition.objects
        if any(stored.filter(pk=self.pk).values_list("published", flat=True)):
            raise ValidationError(
                _("A published edition can be neither changed nor deleted. Add a new edition.")
            )

    @cached_property
    def previous(self):
        """The published edition before this one, or None."""
        earlier = Edition.objects.published().filter(
            statement=self.statement_id, number__lt=self.number
        )
        return earlier.first()
