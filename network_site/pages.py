"""What the templates of the public pages can use (templates/pages/, written for Jinja2).

Django's own templates take about twice as long for the same page; the desk, which is Django's
admin, keeps them (templates/desk/).
"""

import json
from functools import cache

import jinja2
from crispy_forms.utils import render_crispy_form
from django.core.serializers.json import DjangoJSONEncoder
from django.template import defaultfilters
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, get_language_bidi, gettext, ngettext
from django.utils.translation.trans_real import catalog

# Inside a script element only these can end it, or begin a comment (as in Django's json_script).
ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def environment(**options):
    """The engine, as the setting TEMPLATES names it."""
    # As in Django's templates, a part of what is not there is not there either.
    options["undefined"] = jinja2.ChainableUndefined
    made = jinja2.Environment(extensions=["jinja2.ext.i18n"], **options)  # noqa: S701 (see the options) # nosec
    made.install_gettext_callables(gettext, ngettext)
    made.globals |= {
        # Past the extension's own, which looks for the function each time.
        "_": gettext,
        "crispy": crispy,
        "get_language": get_language,
        "get_language_bidi": get_language_bidi,
        "querystring": querystring,
        # The same for the life of a process, as the addresses are.
        "static": cache(static),
        "url": url,
    }
    for name in ("capfirst", "date", "floatformat", "linebreaksbr", "truncatechars"):
        made.filters[name] = getattr(defaultfilters, name)
    made.filters["json_ld"] = json_ld
    return made


def translation(request):
    """A ``_`` that knows the page's language; the one of all templates asks again for each text."""
    return {"_": catalog().gettext}


def url(name, *args):
    return reverse(name, args=args) if args else fixed_url(name)


@cache
def fixed_url(name):
    """The address of a page that there is one of: each page leads to a dozen of them.

    It has no language and no prefix in it that another visitor could have otherwise.
    """
    return reverse(name)


@jinja2.pass_context
def querystring(context, **changes):
    """The query of the page's address with some of its parameters set."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query[name] = value
    return f"?{query.urlencode()}"


@jinja2.pass_context
def crispy(context, form, helper=None):
    """The form as its helper, or the given one, lays it out."""
    html = render_crispy_form(form, helper, {"csrf_input": context["csrf_input"]})
    return mark_safe(html)  # noqa: S308 (a rendered template) # nosec


def json_ld(data):
    """A JSON-LD data block of a dictionary; nothing in it can end the block."""
    text = json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False).translate(ESCAPES)
    block = '<script type="application/ld+json">{}</script>'
    return format_html(block, mark_safe(text))  # noqa: S308 (escaped above) # nosec
