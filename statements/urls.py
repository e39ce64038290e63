from django.urls import path, register_converter
from django.urls.converters import IntConverter

from statements import feeds, page_views, views

app_name = "statements"


class EditionNumber(IntConverter):
    """1, 2, 3: without a zero before them, so that an edition has one address."""

    regex = "[1-9][0-9]{0,3}"


register_converter(EditionNumber, "number")

urlpatterns = [
    path("about/", page_views.AboutView.as_view(slug="about"), name="about"),
    path("history/", page_views.HistoryView.as_view(slug="history"), name="history"),
    path("guide/", page_views.PageView.as_view(slug="guide"), name="guide"),
    path("privacy/", page_views.PageView.as_view(slug="privacy"), name="privacy"),
    path("accessibility/", page_views.PageView.as_view(slug="accessibility"), name="accessibility"),
    path("statements/", views.StatementListView.as_view(), name="list"),
    path("statements/feed/", feeds.EditionFeed(), name="feed"),
    path("statements/<slug:slug>/", views.StatementDetailView.as_view(), name="statement"),
    path("statements/<slug:slug>/<number:number>/", views.EditionView.as_view(), name="edition"),
    path(
        "statements/<slug:slug>/<number:number>/changes/",
        views.ChangesView.as_view(),
        name="changes",
    ),
]
