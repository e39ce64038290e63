"""The way out for who has lost the second factor and has no manager to ask."""

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from network_site import second_factor


class Command(BaseCommand):
    help = "Takes a user's second factor away: the next sign-in asks to set up a new one."

    def add_arguments(self, parser):
        parser.add_argument("username")

    def handle(self, *, username, **options):
        user = User.objects.filter(username=username).first()
        if not user:
            raise CommandError(f"There is no user {username}.")
        second_factor.reset(user)
        self.stdout.write(f"{username} sets up a new second factor at the next sign-in.")
