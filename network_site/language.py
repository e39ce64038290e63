"""The one language of the site."""

from django.conf import settings
from django.utils import translation


def site_language(get_response):
    """Middleware: all pages are in ``LANGUAGE_CODE``, whatever a visitor's browser asks for.

    They would be without it, too. But a thread that was not told its language looks for it anew for
    each text, in vain and under a lock of all threads, before it takes the default.
    """

    def middleware(request):
        translation.activate(settings.LANGUAGE_CODE)
        return get_response(request)

    return middleware
