import pytest
from django.contrib.auth.models import Group, User

from network_site import second_factor
from tests.network_site.staff import PASSWORD


@pytest.fixture(autouse=True)
def no_visits_before(settings, tmp_path):
    """The limits begin to count anew."""
    settings.COUNTS_DIR = tmp_path / "counts"


@pytest.fixture
def user(db, settings):
    """A manager with a password and, so far, no second factor."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a quick one
    user = User.objects.create_user("maria", "maria@example.org", PASSWORD, is_staff=True)
    user.groups.add(Group.objects.get(name="manager"))
    return user


@pytest.fixture
def app(user):
    """The app of the user, who has recovery codes, too."""
    second_factor.new_recovery_codes(user)
    return second_factor.add_app(user)
