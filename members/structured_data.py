"""What pages say to programs, as schema.org has it. ``site`` is "https://host", without a slash."""

from django.utils.translation import gettext as _

from members.models import Region

KINDS = {
    Region.Kind.WORLD: "Place",
    Region.Kind.COUNTRY: "Country",
    Region.Kind.SUBDIVISION: "AdministrativeArea",
    Region.Kind.COUNTY: "AdministrativeArea",
}


def area(region):
    kind = "State" if region.parent_id == "US" else KINDS[region.kind]
    return {"@type": kind, "name": region.name}


def network(site):
    return {"@type": "NGO", "name": _("Innocence Network"), "url": f"{site}/"}


def ngo(organization, regions, site):
    """An organization that takes cases from ``regions``; what is not known is left out."""
    url = site + organization.get_absolute_url()
    known = {
        "alternateName": organization.short_name,
        "description": organization.summary,
        "foundingDate": str(organization.founded or ""),
        "telephone": organization.phone,
        "email": organization.email,
        "sameAs": organization.website,
        "address": ", ".join(organization.postal_address.splitlines()),
        "areaServed": [area(region) for region in regions],
    }
    return {
        "@context": "https://schema.org",
        "@type": "NGO",
        "@id": f"{url}#organization",
        "name": organization.name,
        "url": url,
        "memberOf": network(site),
        **{name: value for name, value in known.items() if value},
    }
