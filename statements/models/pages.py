"""The pages that there is one of, with the text that staff keep."""

import html
import re

from django.db import models
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _

from members.markdown import MarkdownField, RenderedField
from members.models.history import History
from members.models.versions import Versioned

HEADING = re.compile(r'<h2 id="([^"]+)">(.*?)</h2>', re.DOTALL)


class Page(Versioned):
    """The text of one page; counts and drawings on it come from its template."""

    class Slug(models.TextChoices):
        ABOUT = "about", _("About")
        HISTORY = "history", _("History")
        GUIDE = "guide", _("Guide: before you write")
        PRIVACY = "privacy", _("Privacy")
        ACCESSIBILITY = "accessibility", _("Accessibility")

    slug = models.CharField(_("page"), max_length=20, choices=Slug, unique=True)
    title = models.CharField(_("title"), max_length=120)
    lead = models.TextField(_("lead"), blank=True, max_length=600)
    body = MarkdownField(_("text"), blank=True)
    body_html = RenderedField(source="body", anchors=True)

    history = History()

    class Meta:
        ordering = ["slug"]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse(f"statements:{self.slug}")

    @property
    def contents(self):
        """The id and the words of each heading in the text, in their order."""
        found = HEADING.findall(self.body_html)
        return [(name, html.unescape(strip_tags(words))) for name, words in found]
