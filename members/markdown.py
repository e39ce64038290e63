"""Markdown that staff write: rendered once, when it is saved, to HTML that is safe to show."""

import nh3
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from markdown_it import MarkdownIt

# Rendering time grows faster than the text: 50 kB of brackets costs over a second.
SOURCE_LIMIT = 20_000
TAGS = {
    "a",
    "blockquote",
    "br",
    "code",
    "em",
    "h2",
    "h3",
    "h4",
    "hr",
    "li",
    "ol",
    "p",
    "strong",
    "ul",
}
PARSER = MarkdownIt("commonmark", {"html": False}).disable("image")


def render(source):
    """Sanitised HTML of a Markdown text: no raw HTML, picture, script or unusual link survives."""
    return nh3.clean(
        PARSER.render(source),
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )


class MarkdownField(models.TextField):
    """A text in Markdown, at most 20,000 characters; a ``RenderedField`` keeps the HTML."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("help_text", _("Markdown: a blank line starts a paragraph, - a list."))
        super().__init__(*args, **kwargs)
        self.validators.append(MaxLengthValidator(SOURCE_LIMIT))


class RenderedField(models.TextField):
    """The HTML of the Markdown field ``source``, written whenever the row is saved."""

    def __init__(self, *args, source="", **kwargs):
        self.source = source
        super().__init__(*args, blank=True, editable=False, default="")

    def deconstruct(self):
        name, path, _args, _kwargs = super().deconstruct()
        return name, path, [], {"source": self.source}

    def pre_save(self, model_instance, add):
        html = mark_safe(render(getattr(model_instance, self.source)))  # noqa: S308 (sanitised)
        setattr(model_instance, self.attname, html)
        return html

    def from_db_value(self, value, expression, connection):
        # What is saved through the model comes from ``pre_save`` above.
        return mark_safe(value)  # noqa: S308 (sanitised)
