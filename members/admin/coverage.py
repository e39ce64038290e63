"""From where members take cases: the rules of an organization, and who covers a region."""

from django.contrib import admin
from django.db.models import Case, When
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.admin.concurrency import KeptRows
from members.admin.pages import Lists, Menus
from members.contradictions import contradictions
from members.coverage import in_order, members_for_parts, ruled_parts, with_reasons
from members.models import Coverage, Organization, Region
from members.reasons import rule_sentences


class CoverageFormSet(KeptRows):
    """Refuses rules that cannot be meant together, each in its own row."""

    def clean(self):
        super().clean()
        if not self.has_changed() or any(self.errors):
            return
        forms = [
            form
            for form in self.forms
            if form.cleaned_data.get("region") and not self._should_delete_form(form)
        ]
        # Rows that somebody else added meanwhile are not in the form, and stay.
        shown = [form.instance.pk for form in self.initial_forms]
        others = self.instance.coverage.exclude(pk__in=shown) if self.instance.pk else []
        rules = [*others, *(form.instance for form in forms)]
        for place, message in contradictions(rules).items():
            if place >= len(others):
                forms[place - len(others)].add_error("region", message)
        self.refuse_exchanges(forms)

    def refuse_exchanges(self, forms):
        """Rows are saved one by one: none can take the region that another has until then."""
        held = {form.initial["region"]: form for form in self.initial_forms}
        for form in set(forms) & set(self.initial_forms):
            region = form.instance.region_id
            if held.get(region, form) is not form and not form.errors:
                message = _("%(region)s has a row already: change that row instead.")
                form.add_error("region", message % {"region": form.instance.region.in_words})

    def validate_unique(self):
        """Nothing: two rules for one region are said with the other contradictions."""


class CoverageInline(Menus, admin.TabularInline):
    model = Coverage
    formset = CoverageFormSet
    verbose_name = gettext_lazy("place")
    verbose_name_plural = gettext_lazy("convictions it takes, place by place")
    autocomplete_fields = ["region"]
    fields = ["region", "effect", "evidence", "note", "public_reads"]
    readonly_fields = ["public_reads"]

    organization = None

    def get_extra(self, request, obj=None, **kwargs):
        return 0 if obj else 2

    def get_formset(self, request, obj=None, **kwargs):
        self.organization = obj
        return super().get_formset(request, obj, **kwargs)

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("region")

    @cached_property
    def sentences(self):
        return rule_sentences(self.organization) if self.organization else []

    @admin.display(description=gettext_lazy("The public reads"))
    def public_reads(self, rule):
        """The sentence that the rule is in, or that it narrows."""
        if not rule.pk:
            return _("Shown once it is saved.")
        lies_in = rule.region.lies_in
        found = [
            one
            for one in self.sentences
            if rule.region in one["regions"]
            or (
                rule.effect == Coverage.Effect.EXCLUDES
                and any(lies_in(region) for region in one["regions"])
            )
        ]
        return " ".join(map(public_words, found)) or _("Nothing of this row.")


def public_words(one):
    """A sentence of the public page, with the note that stands behind it."""
    return f"{one['sentence']} {one['note']}".strip()


def whole_coverage(organization):
    """All that the public reads of an organization's coverage, a line for each sentence."""
    sentences = [(public_words(one),) for one in rule_sentences(organization)]
    return format_html_join("\n", "<p>{}</p>", sentences) or _("Nothing: there is no row yet.")


class OwnMember(admin.SimpleListFilter):
    title = gettext_lazy("members of its own")
    parameter_name = "member"

    def lookups(self, request, model_admin):
        return [
            ("no_state", _("US states and territories without one")),
            ("no_country", _("Countries without one")),
        ]

    def queryset(self, request, queryset):
        dedicated = Coverage.objects.of(Organization.objects.listed()).not_excluding()
        match self.value():
            case "no_state":
                return dedicated.leave_out(queryset.states())
            case "no_country":
                return dedicated.leave_out(queryset.countries())


def likelier_first(regions, words):
    """Of Montana in the US, Montana in Bulgaria and their like, first what staff mean oftenest."""
    kinds = [Region.Kind.COUNTRY, Region.Kind.SUBDIVISION, Region.Kind.COUNTY]
    return regions.order_by(
        Case(*(When(kind=kind, then=place) for place, kind in enumerate(kinds)), default=0),
        Case(When(name__istartswith=words, then=0), default=1),
        Case(When(country="US", then=0), default=1),
        "name",
    )


@admin.register(Region)
class RegionAdmin(Lists, admin.ModelAdmin):
    """Regions come from the gazetteer: staff look them up and do not change them."""

    list_display = ["name", "code", "kind", "country"]
    list_filter = [OwnMember, "kind"]
    list_select_related = ["country"]
    search_fields = ["name", "code"]
    ordering = ["name", "code"]
    readonly_fields = ["covered_by", "in_parts", "excluded_by"]
    fields = ["name", "code", "kind", "parent", *readonly_fields]

    def get_search_results(self, request, queryset, search_term):
        queryset, duplicates = super().get_search_results(request, queryset, search_term)
        return likelier_first(queryset, search_term), duplicates

    @admin.display(description=gettext_lazy("who takes cases from all of it"))
    def covered_by(self, region):
        rules = list(in_order(Coverage.objects.taking(region), region))
        return linked(
            [
                (one.organization, public_words({"sentence": one.sentence, "note": one.note}))
                for one in with_reasons(rules, region)
            ]
        )

    @admin.display(description=gettext_lazy("who takes cases from parts of it"))
    def in_parts(self, region):
        everybody = Organization.objects.all()
        parts, total = members_for_parts(region, ruled_parts(region), everybody)
        return linked([(part.organization, part.places) for part in parts], total - len(parts))

    @admin.display(description=gettext_lazy("who excludes it"))
    def excluded_by(self, region):
        rules = Coverage.objects.deciding(region).filter(effect=Coverage.Effect.EXCLUDES)
        return linked(
            [
                (rule.organization, rule.note)
                for rule in rules.select_related("organization").order_by("organization__name")
            ]
        )

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


def linked(members, more=0):
    """Each (organization, words) in a line, with a link to its form and whether it is public."""
    listed = set(
        Organization.objects.listed()
        .filter(pk__in=[organization.pk for organization, _words in members])
        .values_list("pk", flat=True)
    )
    lines = [
        (
            reverse("admin:members_organization_change", args=[organization.pk]),
            organization,
            "" if organization.pk in listed else _("(not public)"),
            words,
        )
        for organization, words in members
    ]
    html = format_html_join("", '<li><a href="{}">{}</a> {} {}</li>', lines)
    if more:
        html += format_html("<li>{}</li>", _("… and %(more)d more.") % {"more": more})
    return format_html("<ul>{}</ul>", html) if html else _("Nobody")
