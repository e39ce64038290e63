"""The rows of the directory as plain values: a list page needs no model instances."""

from django.urls import reverse
from django.utils.translation import gettext as _

from members.models import Coverage, Organization
from members.models.organizations import in_place
from members.reasons import with_exceptions

COUNTRY = ("region__country", "region__country__name")
EXCLUDES = Coverage.Effect.EXCLUDES


def directory_rows(organizations):
    """A dictionary for each of the organizations, in their order; two queries.

    Keys: ``name``, ``url``, ``kind`` and ``place`` (of the office), and ``covers``, which names
    the regions that it takes cases from, with those that it excludes; empty without any.
    """
    kinds = {value: str(label) for value, label in Organization.Kind.choices}
    takes_cases_from = _("Takes cases from:")
    directory = reverse("members:directory")
    organizations = list(
        organizations.values_list("pk", "name", "slug", "kind", "city", "region__name", *COUNTRY)
    )
    rules = {pk: [] for pk, *_ in organizations}
    for pk, *rule in (
        Coverage.objects.filter(organization__in=rules)
        .order_by("region__name")
        .values_list("organization", "effect", "region__name", "region__path")
    ):
        rules[pk].append(rule)
    return [
        {
            "name": name,
            "url": f"{directory}{slug}/",
            "kind": kinds[kind],
            "place": in_place(city, region if code == "US" else country),
            "covers": f"{takes_cases_from} {places}" if (places := covered(rules[pk])) else "",
        }
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
