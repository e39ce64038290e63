from django.contrib.sitemaps import Sitemap
from django.db.models import Q

from members.models import Organization, Region


class OrganizationSitemap(Sitemap):
    def items(self):
        return Organization.objects.listed()


class RegionSitemap(Sitemap):
    """The countries, and the parts of those that people know by their parts."""

    def items(self):
        return (
            Region.objects.with_page()
            .filter(Q(kind=Region.Kind.COUNTRY) | Q(parent__in=["US", "GB", "CA"]))
            .order_by("code")
        )
