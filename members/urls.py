from django.urls import path, re_path

from members import views

app_name = "members"
urlpatterns = [
    path("find/", views.FinderView.as_view(), name="find"),
    path("regions/", views.RegionListView.as_view(), name="regions"),
    re_path(
        r"^regions/(?P<code>[A-Za-z0-9]{2,3}(?:-[A-Za-z0-9]{1,3})?)/$",
        views.RegionDetailView.as_view(),
        name="region",
    ),
    path("members/", views.OrganizationListView.as_view(), name="directory"),
    path("members/<slug:slug>/", views.OrganizationDetailView.as_view(), name="organization"),
]
