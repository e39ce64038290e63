"""What staff typed outlives their session: they sign in in another window, and send it again."""

from django.contrib import admin
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.csrf import csrf_failure as refused

from network_site.policy import own_scripts

TOKEN = "csrfmiddlewaretoken"  # noqa: S105 (its name)


@own_scripts
def keep(request):
    """The page that holds all that was sent, and sends it again; files have to be chosen again."""
    context = admin.site.each_context(request) | {
        "title": _("What you typed is kept"),
        "sent": [
            (name, value)
            for name, values in request.POST.lists()
            for value in values
            if name != TOKEN
        ],
        "has_files": bool(request.FILES),
    }
    response = render(request, "admin/again.html", context, status=403)
    add_never_cache_headers(response)
    return response


def is_worth_keeping(request):
    """Whether it is a form of the desk; passwords are typed anew, and never shown."""
    return (
        request.method == "POST"
        and request.path.startswith(reverse("admin:index"))
        and bool(request.POST.keys() - {TOKEN})
        and not any("password" in name for name in request.POST)
    )


def csrf_failure(request, reason=""):
    """Signing in makes the tokens of older pages void: then the form is shown once more.

    Never what came from another site, where one click would be all that it takes to send it.
    """
    origin = f"{request.scheme}://{request.get_host()}"
    if (
        request.headers.get("Origin") == origin
        and is_worth_keeping(request)
        and admin.site.has_permission(request)
    ):
        return keep(request)
    return refused(request, reason)
