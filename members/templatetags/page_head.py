"""What the head of a page says to programs."""

import html
import json

from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.utils.html import format_html
from django.utils.safestring import mark_safe

register = template.Library()
# Inside a script element only these can end it, or begin a comment (as in Django's json_script).
ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


@register.simple_tag(takes_context=True)
def block_text(context, name):
    """The text of the page's block of that name, for use in an attribute.

    A title is written once, as a block, and stands in the title and in the data for sharing.
    """
    block = context.render_context[BLOCK_CONTEXT_KEY].get_block(name)
    return html.unescape(block.nodelist.render(context))


@register.filter
def json_ld(data):
    """A JSON-LD data block of a dictionary; nothing in it can end the block."""
    text = json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False).translate(ESCAPES)
    block = '<script type="application/ld+json">{}</script>'
    return format_html(block, mark_safe(text))  # noqa: S308 (escaped above) # nosec
