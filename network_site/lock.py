"""Who tries to sign in and fails too often is locked out for a while (django-axes)."""

from ipaddress import ip_address

from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_cool_off, get_credentials
from django.contrib import admin
from django.contrib.auth.signals import user_login_failed
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from network_site.policy import own_scripts
from network_site.rate_limit import client_address, household


class Attempts(AxesDatabaseHandler):
    """Keeps of a failed sign-in only what the lock counts: the name and the address."""

    def user_login_failed(self, sender, credentials, request=None, **kwargs):
        request.axes_user_agent = request.axes_http_accept = ""
        super().user_login_failed(sender, credentials, request, **kwargs)


def counted_address(request):
    """Where the attempt comes from; all that one visitor of IPv6 can choose from is one address."""
    address = household(client_address(request)).partition("/")[0]
    try:
        return str(ip_address(address))
    except ValueError:
        return None


def is_locked(request, user):
    return not AxesProxyHandler.is_allowed(request, get_credentials(user.get_username()))


def count_wrong_code(request, user):
    """A wrong code counts as a wrong password does."""
    credentials = get_credentials(user.get_username())
    user_login_failed.send(sender=__name__, credentials=credentials, request=request)


@own_scripts
def locked_out(request, response=None, credentials=None):
    seconds = int(get_cool_off(request).total_seconds())
    context = admin.site.each_context(request)
    context |= {"title": _("Too many attempts"), "minutes": seconds // 60}
    response = render(request, "admin/locked_out.html", context, status=429)
    response["Retry-After"] = seconds
    add_never_cache_headers(response)
    return response
