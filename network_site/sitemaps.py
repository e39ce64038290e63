from django.contrib.sitemaps import Sitemap
from django.urls import reverse


class PageSitemap(Sitemap):
    """The pages that there is one of."""

    def items(self):
        return [
            "home",
            "members:regions",
            "members:directory",
            "jobs:list",
            "statements:list",
            "statements:about",
            "statements:history",
            "statements:guide",
            "contact",
            "statements:privacy",
            "statements:accessibility",
        ]

    def location(self, item):
        return reverse(item)
