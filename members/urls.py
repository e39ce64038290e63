from django.urls import path, re_path

from members import views

app_name = "members"
# A country or a subdivision, in whatever case; counties have no page.
CODE = r"(?P<code>[A-Za-z0-9]{2,3}(?:-[A-Za-z0-9]{1,3})?)"
urlpatterns = [
    path("find/", views.FinderView.as_view(), name="find"),
    path("regions/", views.RegionListView.as_view(), name="regions"),
    re_path(rf"^regions/{CODE}/$", views.RegionDetailView.as_view(), name="region"),
    re_path(rf"^regions/{CODE}/sheet/$", views.RegionSheetView.as_view(), name="region-sheet"),
    path("members/", views.OrganizationListView.as_view(), name="directory"),
    path("members/<slug:slug>/", views.OrganizationDetailView.as_view(), name="organization"),
    path(
        "members/<slug:slug>/sheet/",
        views.OrganizationSheetView.as_view(),
        name="organization-sheet",
    ),
]
