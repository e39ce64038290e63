"""The links that public pages show and that go bad, gathered from the apps."""

from collections import defaultdict

from django.utils import timezone
from django.utils.translation import gettext as _

from jobs.models import JobOpening
from members.models import Organization, SisterNetwork


def found_in_pages(at=None):
    """Each address and where it stands: listed organizations, open openings, sister networks."""
    listed = Organization.objects.listed(timezone.localdate(at))
    for organization in listed.only("name", "website", "intake_url"):
        yield organization.website, _("%(name)s: website") % {"name": organization}
        yield organization.intake_url, _("%(name)s: application page") % {"name": organization}
    for network in SisterNetwork.objects.all():
        yield network.website, _("%(name)s: website") % {"name": network}
    for opening in JobOpening.objects.open(at).select_related("organization"):
        names = {"name": opening.organization, "title": opening}
        yield opening.apply_url, _("%(name)s: link to apply, “%(title)s”") % names


def gathered(at=None):
    """Each address once, with all the places where it stands."""
    places = defaultdict(list)
    for url, place in found_in_pages(at):
        if url:
            places[url].append(place)
    return {url: "; ".join(labels) for url, labels in places.items()}
