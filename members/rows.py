"""The rows of the directory as plain values: a list page needs no model instances."""

from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from members.daily import asked_daily
from members.models import Coverage, Organization
from members.models.organizations import in_place
from members.reasons import with_exceptions

PAGE_SIZE = 100
COLUMNS = (
    *("pk", "name", "slug", "kind", "city"),
    *("region__name", "region__country", "region__country__name"),
    *("coverage__effect", "coverage__region__name", "coverage__region__path"),
)
EXCLUDES = Coverage.Effect.EXCLUDES


class Row(NamedTuple):
    """``place`` is the office's, and ``covers`` names what cases are taken from, if anything."""

    name: str
    url: str
    kind: str
    place: str
    covers: str


def with_rules(organizations):
    """The columns of the organizations, once for each rule, by the names of the rules' regions."""
    order = (*Organization._meta.ordering, "coverage__region__name")
    return Organization.objects.filter(pk__in=organizations).order_by(*order).values_list(*COLUMNS)


@asked_daily
def first_with_rules(day):
    """Those of the first page of all, and one more that tells whether there is more."""
    return with_rules(Organization.objects.listed(day).values("pk")[: PAGE_SIZE + 1])


class Directory:
    """What is listed today, or those of a queryset, as rows: for a paginator to count and slice.

    The first part of all, which nearly everybody asks for, costs one query and any other two.
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
            return rows(first_with_rules())
        place = {
            pk: place
            for place, pk in enumerate(self.organizations[part].values_list("pk", flat=True))
        }
        return rows(sorted(with_rules(place), key=lambda columns: place[columns[0]]))


def rows(found):
    kinds = {value: str(label) for value, label in Organization.Kind.choices}
    takes_cases_from = _("Takes cases from:")
    directory = reverse("members:directory")
    made = []
    for organization, group in groupby(found, key=itemgetter(slice(8))):
        _pk, name, slug, kind, city, region, code, country = organization
        places = covered([columns[8:] for columns in group])
        made.append(
            Row(
                name=name,
                url=f"{directory}{slug}/",
                kind=kinds[kind],
                place=in_place(city, region if code == "US" else country),
                covers=f"{takes_cases_from} {places}" if places else "",
            )
        )
    return made


def covered(rules):
    """The regions of an organization's rules (effect, name, path), each with its exceptions."""
    excluded = [(name, path) for effect, name, path in rules if effect == EXCLUDES]
    places = []
    for effect, name, path in rules:
        # An organization without a rule has one without an effect.
        if effect and effect != EXCLUDES:
            exceptions = [other for other, inside in excluded if inside.startswith(path)]
            places.append(with_exceptions(name, exceptions) if exceptions else name)
    return ("; " if excluded else ", ").join(places)
