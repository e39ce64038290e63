import datetime
import uuid

from django.contrib.syndication.views import Feed
from django.urls import reverse_lazy
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from members.feeds import entry_id, in_xml
from statements.models import Edition

NAMESPACE = uuid.UUID("5a4a3c0f-6f5e-4c55-8f7e-2f6f3f1d9b7a")
SIZE = 50


class EditionFeed(Feed):
    """The newest published editions."""

    feed_type = Atom1Feed
    title = _("Statements of the Innocence Network")
    subtitle = _("Every edition, as it is published")
    author_name = _("Innocence Network")
    link = reverse_lazy("statements:list")

    def items(self):
        editions = Edition.objects.published().select_related("statement")
        return editions.defer("body", "body_html").order_by("-saved_at", "-pk")[:SIZE]

    def item_guid(self, edition):
        return entry_id(NAMESPACE, edition)

    def item_title(self, edition):
        return in_xml(edition)

    def item_description(self, edition):
        # Readers of a feed take it for HTML.
        return escape(in_xml(edition.change_note or edition.excerpt))

    def item_author_name(self, edition):
        return in_xml(edition.adopted_by) or self.author_name

    def item_pubdate(self, edition):
        day = edition.adopted_on
        return datetime.datetime.combine(day, datetime.time()) if day else None

    def item_updateddate(self, edition):
        return edition.saved_at
