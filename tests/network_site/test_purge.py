import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from jobs.models import JobOpening
from members.models import Coverage, LinkCheck, MembershipPeriod, Organization, SisterNetwork
from network_site import purge
from statements.models import Edition, Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(settings, tmp_path, django_capture_on_commit_callbacks):
    """Gives whether the proxy is told of what the function changes."""
    file = tmp_path / "changed"
    settings.CHANGED_FILE = str(file)

    def told(change):
        file.unlink(missing_ok=True)
        with django_capture_on_commit_callbacks(execute=True):
            change()
            assert not file.exists(), "it is true for nobody yet"
        return file.exists()

    return told


@pytest.mark.parametrize(
    "model", [Organization, Coverage, MembershipPeriod, JobOpening, Edition, Page]
)
def test_the_proxy_is_told_when_content_changes(told, model):
    one = model.objects.first()
    # As they are: a published edition, say, may not be saved any more.
    assert told(lambda: super(model, one).save_base())


def test_the_proxy_is_told_when_content_goes(told):
    assert told(lambda: Organization.objects.first().delete())


def test_the_proxy_is_told_of_connections(told):
    network = SisterNetwork.objects.first()
    assert told(lambda: network.countries.add("DE"))


def test_the_proxy_is_not_told_of_what_only_the_desk_shows(told):
    assert not told(lambda: User.objects.create(username="fictional"))
    check = LinkCheck(url="https://fictional.example/", checked_at=timezone.now())
    assert not told(check.save)


def test_many_changes_at_once_are_told_once(settings, django_capture_on_commit_callbacks):
    settings.CHANGED_FILE = "/proc/fictional"
    with django_capture_on_commit_callbacks() as callbacks:
        for organization in Organization.objects.all()[:5]:
            organization.save()
    assert callbacks.count(purge.say_changed) == 1


def test_what_is_taken_back_is_not_told(settings, tmp_path):
    settings.CHANGED_FILE = str(tmp_path / "changed")
    Organization.objects.first().save()  # the test's own transaction never ends well
    assert not (tmp_path / "changed").exists()


def test_a_file_that_cannot_be_made_breaks_no_save(told, settings, caplog):
    settings.CHANGED_FILE = "/proc/fictional"
    told(lambda: Organization.objects.first().save())
    assert "could not be told" in caplog.text


def test_without_a_proxy_there_is_nothing_to_tell(settings, django_capture_on_commit_callbacks):
    settings.CHANGED_FILE = ""
    with django_capture_on_commit_callbacks() as callbacks:
        purge.content_changed(using="default")
    assert not callbacks
