from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import DetailView

from jobs.filters import JobFilter
from jobs.models import JobOpening
from jobs.querysets import State
from jobs.structured_data import job_posting
from members.views import FilteredListView, moved


class JobListView(FilteredListView):
    """All openings that one can apply to now."""

    template_name = "jobs/list.html"
    paginate_by = 25

    @cached_property
    def filterset(self):
        return JobFilter(self.request.GET, queryset=JobOpening.objects.open().with_place())


class JobOpeningDetailView(DetailView):
    """One opening. Its number finds it, for a title may change; once over, it is kept a while."""

    template_name = "jobs/opening.html"
    context_object_name = "opening"

    def get_queryset(self):
        now = timezone.now()
        return (
            JobOpening.objects.shown(now)
            .with_state(now)
            .select_related("organization__region__country", "region__country")
        )

    def get(self, request, *args, **kwargs):
        self.object = self.get_object()
        if self.object.state == State.GONE:
            return render(request, "410.html", status=410)
        address = self.object.get_absolute_url()
        if request.path != address:
            return moved(request, address)
        return self.render_to_response(self.get_context_data())

    def get_context_data(self, **kwargs):
        is_open = self.object.state == State.OPEN
        site = self.request.build_absolute_uri("/")[:-1]
        return super().get_context_data(
            is_open=is_open, job_posting=is_open and job_posting(self.object, site), **kwargs
        )
