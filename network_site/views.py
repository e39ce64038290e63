import datetime
from urllib.parse import quote

from django.conf import settings
from django.db import Error as DatabaseError
from django.http import HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from jobs.models import JobOpening
from members.models import Organization, Region
from members.tiles import tiles
from network_site.forms import SearchForm
from network_site.search import search
from statements.models import Statement

# How many statements, and openings, the home page names.
NEWEST = 3


class HomeView(TemplateView):
    template_name = "network_site/home.html"

    def get_context_data(self, **kwargs):
        listed = Organization.objects.listed()
        return super().get_context_data(
            census=listed.census(),
            tiles=tiles(),
            countries=Region.objects.with_offices(listed).exclude(code="US"),
            statements=Statement.objects.in_force().newest_first().with_editions()[:NEWEST],
            openings=JobOpening.objects.open().with_place()[:NEWEST],
            **kwargs,
        )


class SearchView(TemplateView):
    """Everything public that has a word of the text in it, by GET."""

    template_name = "network_site/search.html"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        if "q" not in self.request.GET:
            return context
        form = SearchForm(self.request.GET)
        context["typed"] = self.request.GET["q"].replace("\0", "")
        if form.is_valid():
            return context | {"found": search(form.cleaned_data["q"])}
        return context | {"error": form.errors["q"][0]}

    def render_to_response(self, context, **kwargs):
        status = 400 if "error" in context else 200
        return super().render_to_response(context, status=status, **kwargs)


@require_safe
def robots(request):
    """Everything may be read; what must not be found by a search says so itself (noindex)."""
    sitemap = request.build_absolute_uri("/sitemap.xml")
    return HttpResponse(
        f"User-agent: *\nDisallow: /admin/\n\nSitemap: {sitemap}\n", content_type="text/plain"
    )


@require_safe
def security_txt(request):
    """Where to report a weakness (RFC 9116, which wants addresses with https)."""
    lines = [
        f"Contact: mailto:{quote(settings.SUPPORT_UNIT_EMAIL, safe='@')}",
        f"Expires: {months_on(11, datetime.date.today()).isoformat()}T00:00:00Z",
        "Preferred-Languages: en",
        f"Canonical: https://{request.get_host()}{request.path}",
    ]
    return HttpResponse(
        "".join(f"{line}\n" for line in lines), content_type="text/plain; charset=utf-8"
    )


def months_on(months, day):
    """The first of the month that is so many months after the day's."""
    years, month = divmod(day.month - 1 + months, 12)
    return datetime.date(day.year + years, month + 1, 1)


@never_cache
@require_safe
def healthz(request):
    """Whether the database answers, for whoever watches over the site."""
    try:
        Region.objects.exists()
    except DatabaseError:
        return HttpResponse("database down", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")


@require_safe
def favicon(request):
    """For browsers that ask at the old place; the pages name the file themselves."""
    return HttpResponseRedirect(static("img/favicon.ico"))
