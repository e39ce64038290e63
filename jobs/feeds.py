"""The open openings as an Atom feed, narrowed and ordered as their list is."""

import datetime
import uuid

from django.contrib.syndication.views import Feed
from django.http import HttpResponseBadRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from jobs.filters import JobFilter
from jobs.models import JobOpening
from members.feeds import entry_id, in_xml

NAMESPACE = uuid.UUID("b0c57c1e-6f0c-4a56-9a6c-0d1f5a9a3c52")


class JobFeed(Feed):
    feed_type = Atom1Feed
    author_name = _("Innocence Network")
    subtitle = _("Openings at member organizations. Each organization hires for itself.")

    def __call__(self, request, *args, **kwargs):
        filterset = JobFilter(request.GET, queryset=JobOpening.objects.open().with_place())
        if filterset.is_valid():
            return super().__call__(request, *args, filterset=filterset, **kwargs)
        problems = [
            f"{filterset.form.fields[name].label}: {' '.join(errors)}\n"
            for name, errors in filterset.form.errors.items()
        ]
        return HttpResponseBadRequest(
            "".join([gettext("This feed does not exist."), "\n", *problems]),
            content_type="text/plain; charset=utf-8",
        )

    def get_object(self, request, *, filterset):
        return filterset

    def title(self, filterset):
        chosen = ", ".join(str(chip["value"]) for chip in filterset.chips())
        title = gettext("Jobs in the Innocence Network")
        return in_xml(f"{title}: {chosen}" if chosen else title)

    def link(self, filterset):
        return f"{reverse('jobs:list')}?{filterset.query}".rstrip("?")

    def feed_url(self, filterset):
        return f"{reverse('jobs:feed')}?{filterset.query}".rstrip("?")

    def items(self, filterset):
        return filterset.qs

    def item_title(self, opening):
        return in_xml(opening.title)

    def item_description(self, opening):
        facts = [opening.place, opening.pay, opening.deadline]
        lines = filter(None, [opening.summary, " · ".join(filter(None, facts))])
        return in_xml(format_html_join("", "<p>{}</p>", ([line] for line in lines)))

    def item_author_name(self, opening):
        return in_xml(opening.organization)

    def item_guid(self, opening):
        return entry_id(NAMESPACE, opening)

    def item_pubdate(self, opening):
        return opening.posted_on and midnight(opening.posted_on)

    def item_updateddate(self, opening):
        """When it was last changed, or was first to be seen, whichever came later."""
        times = [opening.updated_at, self.item_pubdate(opening)]
        return max(filter(None, times))


def midnight(day):
    """The beginning of the day at the Support Unit's desk."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))
