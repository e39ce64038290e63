from django.contrib.sitemaps import Sitemap
from django.db.models import Q

from members.models import Organization, Region


class OrganizationSitemap(Sitemap):
    def items(self):
        return Organization.objects.listed()


class RegionSitemap(Sitemap):
    """What the list of all states and countries leads to, and regions with a rule of their own."""

    def items(self):
        return (
            Region.objects.with_page()
            .filter(Q(kind=Region.Kind.COUNTRY) | Q(parent__in=["US", "GB", "CA"]))
            .order_by("code")
        )
