"""The rows of the directory as plain values: a list page needs no model instances."""

from typing import NamedTuple

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from members.daily import asked_daily
from members.models import Coverage, Organization
from members.models.organizations import in_place
from members.reasons import with_exceptions

PAGE_SIZE = 100
OF_ORGANIZATION = (
    *("pk", "name", "slug", "kind", "city"),
    *("region__name", "region__country", "region__country__name"),
)
OF_RULE = ("organization", "effect", "region__name", "region__path")
EXCLUDES = Coverage.Effect.EXCLUDES


class Row(NamedTuple):
    """``place`` is the office's, and ``covers`` names what cases are taken from, if anything."""

    name: str
    url: str
    kind: str
    place: str
    covers: str


def rules_of(organizations):
    """The rules of some organizations, or of a queryset of them, by the names of their regions."""
    rules = Coverage.objects.filter(organization__in=organizations)
    return rules.order_by("region__name").values_list(*OF_RULE)


def first(day):
    """The organizations of the first page of all, and one more that tells whether there is more."""
    return Organization.objects.listed(day)[: PAGE_SIZE + 1]


@asked_daily
def first_organizations(day):
    return first(day).values_list(*OF_ORGANIZATION)


@asked_daily
def their_rules(day):
    return rules_of(first(day).values("pk"))


class Directory:
    """What is listed today, or those of a queryset, as rows: for a paginator to count and slice.

    A slice costs two queries. The first page of all, which nearly everybody asks for, does so
    without Django writing them anew.
    """

    def __init__(self, organizations=None):
        self.some = organizations

    @cached_property
    def organizations(self):
        return Organization.objects.listed() if self.some is None else self.some

    def count(self):
        return self.organizations.count()

    def __getitem__(self, part):
        if self.some is None and part == slice(PAGE_SIZE + 1):
            return rows(first_organizations(), their_rules())
        organizations = list(self.organizations[part].values_list(*OF_ORGANIZATION))
        return rows(organizations, rules_of([pk for pk, *_ in organizations]))


def rows(organizations, rules):
    kinds = {value: str(label) for value, label in Organization.Kind.choices}
    takes_cases_from = _("Takes cases from:")
    directory = reverse("members:directory")
    rules_by = {pk: [] for pk, *_ in organizations}
    for pk, *rule in rules:
        rules_by[pk].append(rule)
    return [
        Row(
            name=name,
            url=f"{directory}{slug}/",
            kind=kinds[kind],
            place=in_place(city, region if code == "US" else country),
            covers=f"{takes_cases_from} {places}" if (places := covered(rules_by[pk])) else "",
        )
        for pk, name, slug, kind, city, region, code, country in organizations
    ]


def covered(rules):
    """The regions of an organization's rules (effect, name, path), each with its exceptions."""
    excluded = [(name, path) for effect, name, path in rules if effect == EXCLUDES]
    places = []
    for effect, name, path in rules:
        if effect != EXCLUDES:
            exceptions = [other for other, inside in excluded if inside.startswith(path)]
            places.append(with_exceptions(name, exceptions) if exceptions else name)
    return ("; " if excluded else ", ").join(places)
