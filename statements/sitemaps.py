from django.contrib.sitemaps import Sitemap

from statements.models import Statement


class StatementSitemap(Sitemap):
    def items(self):
        return Statement.objects.published().with_editions()

    def lastmod(self, statement):
        return statement.current.saved_at
