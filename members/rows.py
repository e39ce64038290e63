"""The rows of the directory as plain values: a list page needs no model instances."""

from django.urls import reverse

from members.models import Coverage, Organization
from members.models.organizations import in_place

COUNTRY = ("region__country", "region__country__name")


def directory_rows(organizations):
    """A dictionary for each of the organizations, in their order; two queries.

    Keys: ``name``, ``url``, ``kind`` and ``place`` (of the office), and ``covers``, the names of
    the regions that it takes cases from.
    """
    kinds = {value: str(label) for value, label in Organization.Kind.choices}
    directory = reverse("members:directory")
    organizations = list(
        organizations.values_list("pk", "name", "slug", "kind", "city", "region__name", *COUNTRY)
    )
    covers = {pk: [] for pk, *_ in organizations}
    rules = Coverage.objects.not_excluding().filter(organization__in=covers)
    for pk, region in rules.order_by("region__name").values_list("organization", "region__name"):
        covers[pk].append(region)
    return [
        {
            "name": name,
            "url": f"{directory}{slug}/",
            "kind": kinds[kind],
            "place": in_place(city, region if code == "US" else country),
            "covers": ", ".join(covers[pk]),
        }
        for pk, name, slug, kind, city, region, code, country in organizations
    ]
