from django.urls import path

from jobs import views
from jobs.feeds import JobFeed

app_name = "jobs"
urlpatterns = [
    path("jobs/", views.JobListView.as_view(), name="list"),
    path("jobs/feed/", JobFeed(), name="feed"),
    path("jobs/<int:pk>-<str:slug>/", views.JobOpeningDetailView.as_view(), name="opening"),
]
