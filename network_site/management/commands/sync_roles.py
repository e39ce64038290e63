"""Makes the groups of the roles and keeps their permissions current."""

from django.contrib.auth.models import Group, Permission
from django.core.management.base import BaseCommand
from django.db import transaction

from network_site.roles import PERMISSIONS


class Command(BaseCommand):
    help = "Gives the group of each role exactly the permissions that network_site/roles.py names."

    @transaction.atomic
    def handle(self, **options):
        known = {
            f"{permission.content_type.app_label}.{permission.codename}": permission
            for permission in Permission.objects.select_related("content_type")
        }
        for role, names in PERMISSIONS.items():
            group, _ = Group.objects.get_or_create(name=role.value)
            group.permissions.set(known[name] for name in names & known.keys())
        self.stdout.write(f"Roles: the permissions of {', '.join(PERMISSIONS)} are current.")
        if missing := sorted(set().union(*PERMISSIONS.values()) - known.keys()):
            self.stderr.write(f"Roles: left out, as no model has them: {', '.join(missing)}.")
