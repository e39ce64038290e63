from django.contrib.sitemaps import Sitemap

from jobs.models import JobOpening


class JobSitemap(Sitemap):
    def items(self):
        return JobOpening.objects.open()

    def lastmod(self, opening):
        return opening.updated_at
