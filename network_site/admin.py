"""The Support Unit's desk: Django's admin under a policy that lets its own scripts run."""

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _

own_scripts = csp_update({"script-src": [SELF], "connect-src": [SELF]})


class DeskConfig(AdminConfig):
    default_site = "network_site.admin.Desk"


class Desk(admin.AdminSite):
    site_header = _("Innocence Network: Support Unit")
    site_title = _("Support Unit")
    index_title = _("What would you like to keep right?")

    def admin_view(self, view, cacheable=False):
        return own_scripts(super().admin_view(view, cacheable))

    def login(self, request, extra_context=None):
        return own_scripts(super().login)(request, extra_context)
