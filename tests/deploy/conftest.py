"""The whole site behind nginx, once for all tests in here."""

import os
import tempfile
from pathlib import Path

import pytest

from tests import with_postgres
from tests.deploy.site import TMP, find_nginx, running, small_disk


@pytest.fixture(scope="session")
def disk():
    """A directory, and whether it is a small disk of its own that may be filled.

    Not the tests' usual one: PostgreSQL, as another user, could not get there.
    """
    with tempfile.TemporaryDirectory(prefix="deploy-", dir=TMP) as name:
        directory = Path(name)
        directory.chmod(0o755)
        with small_disk(directory) as own:
            yield directory, own


@pytest.fixture(scope="session")
def deployed(disk, tmp_path_factory):
    if not (find_nginx() and with_postgres.find_binaries()):
        missing = pytest.fail if os.environ.get("REQUIRE_NGINX") == "1" else pytest.skip
        missing("No nginx, or no PostgreSQL, on this machine (Debian packages of these names).")
    directory = disk[0] / "site"
    directory.mkdir()
    memory = tmp_path_factory.mktemp("run")
    with running(directory, disk=disk[0], memory=memory) as site:
        yield site


@pytest.fixture
def site(deployed):
    """The site, whole again after what the test did to it."""
    yield deployed
    deployed.heal()
