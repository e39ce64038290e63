"""The tests run on the site as delivered: the full gazetteer and the starter content, loaded once.

Each test works in a transaction of its own. TEST_DATABASE_URL names a PostgreSQL server; without
it the database is SQLite in memory.
"""

import os
from io import StringIO

# Before Django reads its settings: no variable of the machine, and no .env file, changes a test.
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "network_site.settings",
    "SECRET_KEY": "only for tests " * 5,
    "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
    "SUPPORT_UNIT_EMAIL": "support-unit@example.org",
    "EMAIL_URL": "memorymail://",
    "DEFAULT_FROM_EMAIL": "website@example.org",
    "CLIENT_ADDRESS_HEADER": "",
    "CHANGED_FILE": "",
    "HTTPS": "off",
    "DEBUG": "off",
    "DATABASE_URL": os.environ.get("TEST_DATABASE_URL", "sqlite://:memory:"),
}

import django

django.setup()

import pytest  # noqa: E402
from django.contrib.auth.models import Group, User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client, override_settings  # noqa: E402
from django_otp import DEVICE_ID_SESSION_KEY  # noqa: E402

from members.gazetteer import load  # noqa: E402
from members.models import Coverage, MembershipPeriod, Organization  # noqa: E402
from network_site import second_factor, starter  # noqa: E402


def pytest_terminal_summary(terminalreporter):
    """Shows the figures that tests have recorded: how long a restore takes, say."""
    for report in terminalreporter.getreports("passed"):
        for name, figure in report.user_properties:
            terminalreporter.write_line(f"{name}: {figure}")


@pytest.fixture(scope="session", autouse=True)
def plain_static_files(tmp_path_factory):
    """Addresses of static files without the digests that only `collectstatic` makes.

    A bare checkout has no directory of collected files either; whitenoise wants an existing one.
    """
    storage = "django.contrib.staticfiles.storage.StaticFilesStorage"
    default = "django.core.files.storage.FileSystemStorage"
    with override_settings(
        STORAGES={"default": {"BACKEND": default}, "staticfiles": {"BACKEND": storage}},
        STATIC_ROOT=tmp_path_factory.mktemp("static"),
    ):
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        load.load()
        starter.load()
        call_command("sync_roles", stdout=StringIO(), stderr=StringIO())


@pytest.fixture
def sign_in(db):
    """Gives the browser (``client.user`` says whose) of a superuser, or of somebody in a role.

    Signed in with both factors; ``with_second_factor=False`` leaves the second one out.
    """

    def sign_in(role=None, *, with_second_factor=True, **fields):
        name = f"{role or 'superuser'}-{User.objects.count()}"
        user = User.objects.create_user(
            **{"username": name, "email": f"{name}@example.org", "is_staff": True} | fields,
            is_superuser=role is None,
        )
        if role:
            user.groups.add(Group.objects.get(name=role))
        client = Client()
        client.user = user
        client.force_login(user)
        if with_second_factor:
            session = client.session
            session[DEVICE_ID_SESSION_KEY] = second_factor.add_app(user).persistent_id
            session.save()
        return client

    return sign_in


@pytest.fixture
def desk(sign_in):
    """The browser of a superuser at the desk."""
    return sign_in()


@pytest.fixture
def no_members(db):
    """Takes the starter organizations away, for a test that makes its own."""
    Organization.objects.all().delete()


@pytest.fixture
def make_member(db):
    """Makes a listed, plainly fictional organization.

    ``covers`` holds region codes, or dictionaries of a ``Coverage`` rule's fields.
    """

    def make(name="Fictional Innocence Project", *, covers=(), member=True, **fields):
        number = Organization.objects.count()
        organization = Organization.objects.create(
            **{
                "name": name,
                "slug": f"fictional-{number}",
                "kind": Organization.Kind.NONPROFIT,
                "region_id": "US-VA",
                "published": True,
            }
            | fields
        )
        if member:
            MembershipPeriod.objects.create(organization=organization)
        for rule in covers:
            rule = {"region_id": rule} if isinstance(rule, str) else rule
            Coverage.objects.create(organization=organization, **rule)
        return organization

    return make
