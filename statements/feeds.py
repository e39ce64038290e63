import datetime
import re
import uuid

from django.contrib.syndication.views import Feed
from django.urls import reverse_lazy
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from statements.models import Edition

# What XML cannot hold, and what a text pasted from a word processor may have in it.
NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# The id of an entry is made of this and of the edition's: it outlives address and host.
NAMESPACE = uuid.UUID("5a4a3c0f-6f5e-4c55-8f7e-2f6f3f1d9b7a")
SIZE = 50


def plain(text):
    return NOT_XML.sub("", text)


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
        return uuid.uuid5(NAMESPACE, str(edition.pk)).urn

    def item_title(self, edition):
        return plain(str(edition))

    def item_description(self, edition):
        # Readers of a feed take it for HTML.
        return escape(plain(edition.change_note or edition.excerpt))

    def item_author_name(self, edition):
        return plain(edition.adopted_by) or self.author_name

    def item_pubdate(self, edition):
        day = edition.adopted_on
        return datetime.datetime.combine(day, datetime.time()) if day else None

    def item_updateddate(self, edition):
        return edition.saved_at
