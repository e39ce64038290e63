"""Gives the first account of a server its second factor."""

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from network_site import second_factor


class Command(BaseCommand):
    help = "Makes the second factor of a user who has none, and prints its key and recovery codes."

    def add_arguments(self, parser):
        parser.add_argument("username")

    @transaction.atomic
    def handle(self, *, username, **options):
        user = User.objects.select_for_update().filter(username=username).first()
        if not user:
            raise CommandError(f"There is no user {username}.")
        if second_factor.has_app(user):
            raise CommandError(
                f"{username} has a second factor already. If it is lost: reset_second_factor."
            )
        device = second_factor.add_app(user)
        codes = second_factor.new_recovery_codes(user)
        self.stdout.write(second_factor.on_a_terminal(device, codes))
