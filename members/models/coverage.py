"""From which jurisdictions an organization takes convictions."""

from django.db import models
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Length, StrIndex
from django.utils.translation import gettext_lazy as _

from members.models.history import History
from members.models.regions import WORLD, Region


class CoverageQuerySet(models.QuerySet):
    def of(self, organizations):
        """The rules of the organizations of a queryset.

        Asked of each rule in question, it costs what these are; ``organization__in`` would begin
        with all organizations, however few rules there are.
        """
        return self.filter(Exists(organizations.filter(pk=OuterRef("organization"))))

    def not_excluding(self):
        """The rules by which a region is covered, be it by referral only."""
        return self.exclude(effect=Coverage.Effect.EXCLUDES)

    def leave_out(self, regions):
        """Those of some countries and US states with none of these rules, not even for a part."""
        return regions.filter(
            *(
                ~Exists(self.filter(**{region: OuterRef("pk")}))
                for region in ("region", "region__parent", "region__country")
            )
        )

    def on_path_of(self, region):
        """The rules for ``region`` and for all that it lies in."""
        return self.filter(region__in=region.lineage)

    def deciding(self, region):
        """Of each organization's rules on the path of ``region``, the most specific one.

        It alone says whether the organization takes cases from there; ``depth`` is how specific it
        is (0 for the world).
        """
        depth = Case(
            *(When(region=code, then=Value(depth)) for depth, code in enumerate(region.lineage)),
            output_field=IntegerField(),
        )
        rules = self.on_path_of(region).annotate(depth=depth)
        closer = (
            Coverage.objects.on_path_of(region)
            .annotate(depth=depth)
            .filter(organization=OuterRef("organization"), depth__gt=OuterRef("depth"))
        )
        return rules.filter(~Exists(closer))

    def taking(self, region):
        """The deciding rules that do not exclude ``region``."""
        return self.deciding(region).not_excluding()

    def contradictory(self):
        """Rules that cannot be meant: see ``members.contradictions``, which has the words.

        Exclusions from nothing that is covered, and rules that repeat the next wider one.
        """
        path = models.ExpressionWrapper(OuterRef("region__path"), models.CharField())
        wider = (
            Coverage.objects.filter(organization=OuterRef("organization"))
            .exclude(region=OuterRef("region"))
            .alias(begins=StrIndex(path, F("region__path")))
            .filter(begins=1)
            .order_by(-Length("region__path"))
        )
        next_wider = Coverage.objects.filter(pk=OuterRef("next_wider"))
        same = {name: OuterRef(name) for name in ("effect", "evidence", "note")}
        excludes = Q(effect=Coverage.Effect.EXCLUDES)
        return self.alias(next_wider=Subquery(wider.values("pk")[:1])).filter(
            excludes & ~Exists(next_wider.not_excluding())
            | ~excludes & Exists(next_wider.filter(**same))
        )


class Coverage(models.Model):
    """One rule: what an organization does with convictions from one region.

    The most specific region wins: "US covers" with "US-CA excludes" is all of the United States
    but California.
    """

    class Effect(models.TextChoices):
        COVERS = "covers", _("covers")
        REFERRAL_ONLY = "referral_only", _("by referral only")
        EXCLUDES = "excludes", _("excludes")

    class Evidence(models.TextChoices):
        ANY = "any", _("any")
        DNA = "dna", _("DNA only")
        NON_DNA = "non_dna", _("non-DNA only")

    organization = models.ForeignKey(
        "members.Organization", models.CASCADE, related_name="coverage"
    )
    region = models.ForeignKey(Region, models.PROTECT, related_name="coverage")
    effect = models.CharField(_("effect"), max_length=14, choices=Effect, default=Effect.COVERS)
    evidence = models.CharField(_("evidence"), max_length=8, choices=Evidence, default=Evidence.ANY)
    note = models.CharField(
        _("public note"), max_length=200, blank=True, help_text=_("Which counties, which courts.")
    )

    objects = CoverageQuerySet.as_manager()
    history = History()

    class Meta:
        ordering = ["organization", "region"]
        verbose_name = _("coverage rule")
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "region"],
                name="one_rule_a_region",
                violation_error_message=_("This organization has a rule for this region already."),
            ),
            models.CheckConstraint(
                condition=~Q(effect="excludes") | Q(evidence="any"),
                name="exclusion_is_whole",
                violation_error_message=_(
                    "An exclusion is for all evidence. To take only some cases from a place that "
                    "lies in a wider one, write “covers” with that evidence for the place."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(effect="excludes") | ~Q(region=WORLD),
                name="world_is_not_excluded",
                violation_error_message=_(
                    "The whole world cannot be excluded: leave out all rows instead."
                ),
            ),
        ]

    def __str__(self):
        return f"{self.get_effect_display()} {self.region_id}"
