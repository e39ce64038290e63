from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from jobs.sitemaps import JobSitemap
from members.sitemaps import OrganizationSitemap, RegionSitemap
from network_site import views
from network_site.contact_views import ContactView
from network_site.sitemaps import PageSitemap
from statements.sitemaps import StatementSitemap

SITEMAPS = {
    "pages": PageSitemap,
    "regions": RegionSitemap,
    "organizations": OrganizationSitemap,
    "jobs": JobSitemap,
    "statements": StatementSitemap,
}

urlpatterns = [
    path("", views.HomeView.as_view(), name="home"),
    path("", include("members.urls")),
    path("", include("jobs.urls")),
    path("", include("statements.urls")),
    path("contact/", ContactView.as_view(), name="contact"),
    path(
        "contact/sent/",
        never_cache(TemplateView.as_view(template_name="network_site/contact_sent.html")),
        name="contact-sent",
    ),
    path("search/", views.SearchView.as_view(), name="search"),
    path("sitemap.xml", sitemap, {"sitemaps": SITEMAPS}, name="sitemap"),
    path("robots.txt", views.robots, name="robots"),
    path(".well-known/security.txt", views.security_txt, name="security-txt"),
    path("healthz", views.healthz, name="healthz"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("admin/", admin.site.urls),
]
