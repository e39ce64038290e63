"""The addresses of the site, and of the view that the others are compared with."""

from django.http import HttpResponse
from django.urls import path

from network_site.urls import *  # noqa: F403
from network_site.urls import urlpatterns as site_patterns

urlpatterns = [*site_patterns, path("empty/", lambda request: HttpResponse(""))]
