"""The addresses of the site, and some that fail as a visitor may see it fail."""

from django.core.exceptions import BadRequest, PermissionDenied
from django.urls import path
from django.views.csrf import csrf_failure
from django.views.generic import TemplateView

from network_site.management.commands.make_error_pages import PAGES
from network_site.urls import *  # noqa: F403
from network_site.urls import urlpatterns


def unreadable(request):
    raise BadRequest


def refused(request):
    raise PermissionDenied


def broken(request):
    raise RuntimeError("A test asked for it.")


# Not added in place: the list is the site's own.
urlpatterns = [
    *urlpatterns,
    path("unreadable/", unreadable),
    path("refused/", refused),
    path("refused-form/", csrf_failure),
    path("broken/", broken),
    # What nginx shows by itself.
    *(path(f"nginx/{page}/", TemplateView.as_view(template_name=f"{page}.html")) for page in PAGES),
]
