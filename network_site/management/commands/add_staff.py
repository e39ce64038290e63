"""Makes an account to try the desk with, on one's own machine."""

import secrets

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from network_site import second_factor
from network_site.roles import Role


class Command(BaseCommand):
    help = (
        "Makes an account on this machine, or makes its password and second factor anew, and "
        "prints all that signing in needs. Not for a server."
    )

    def add_arguments(self, parser):
        parser.add_argument("--username", default="staff")
        parser.add_argument("--role", choices=Role.values, default=Role.MANAGER)

    def handle(self, *, username, role, **options):
        if settings.HTTPS:
            raise CommandError(
                "This prints a password, so it is for your own machine only (HTTPS=off). On a "
                "server: `createsuperuser`, then `add_second_factor`, then invite from the desk."
            )
        if User.objects.filter(username=username, is_superuser=True).exists():
            raise CommandError(f"{username} is a superuser. Choose another name.")
        password = secrets.token_urlsafe(12)
        with transaction.atomic():
            user, _ = User.objects.get_or_create(
                username=username, defaults={"email": f"{username}@example.org"}
            )
            user.is_staff = user.is_active = True
            user.set_password(password)
            user.save()
            user.groups.set([Group.objects.get(name=role)])
            second_factor.reset(user)
            device = second_factor.add_app(user)
            codes = second_factor.new_recovery_codes(user)
        self.stdout.write(second_factor.on_a_terminal(device, codes))
        self.stdout.write(f"Username:         {username} ({role})")
        self.stdout.write(f"Password:         {password}")
        self.stdout.write(f"Code at present:  {second_factor.current_code(device)}")
