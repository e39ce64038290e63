from django.contrib.sitemaps import Sitemap
from django.urls import reverse


class PageSitemap(Sitemap):
    """The pages that there is one of."""

    def items(self):
        return ["home", "members:regions", "members:directory", "jobs:list", "accessibility", "privacy"]

    def location(self, item):
        return reverse(item)
