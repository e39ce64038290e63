from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.views.decorators.http import require_GET
from django.views.generic import TemplateView

from members.models import Organization, Region
from members.tiles import tiles


class HomeView(TemplateView):
    template_name = "network_site/home.html"

    def get_context_data(self, **kwargs):
        listed = Organization.objects.listed()
        return super().get_context_data(
            census=listed.census(),
            tiles=tiles(),
            countries=Region.objects.with_offices(listed).exclude(code="US"),
            **kwargs,
        )


class SupportedPageView(TemplateView):
    """A page that names the Support Unit's address for questions; ``page`` is its template."""

    page = None

    def get_template_names(self):
        return [f"network_site/{self.page}.html"]

    def get_context_data(self, **kwargs):
        return super().get_context_data(support_email=settings.SUPPORT_UNIT_EMAIL, **kwargs)


@require_GET
def robots(request):
    """Everything may be read; what must not be found by a search says so itself (noindex)."""
    sitemap = request.build_absolute_uri("/sitemap.xml")
    return HttpResponse(
        f"User-agent: *\nDisallow: /admin/\n\nSitemap: {sitemap}\n", content_type="text/plain"
    )


@require_GET
def favicon(request):
    """For browsers that ask at the old place; the pages name the file themselves."""
    return HttpResponseRedirect(static("img/favicon.ico"))
