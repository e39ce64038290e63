import pytest
from django.contrib.auth.models import User
from django.db import connection
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
        # The test's own transaction does not end, and so keeps what waited for its end before.
        connection.run_on_commit.clear()
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


def test_the_proxy_is_not_told_of_drafts(told, make_member):
    draft = make_member(published=False)
    assert not told(draft.save)
    assert not told(lambda: Coverage.objects.create(organization=draft, region_id="US-VA"))
    assert told(draft.publish)
    assert told(draft.withdraw)
    assert told(draft.save), "somebody may still be shown it as it was"


def test_the_proxy_is_not_told_of_a_draft_that_goes(told, make_member):
    draft = make_member(published=False)
    Coverage.objects.create(organization=draft, region_id="US-VA")
    assert not told(draft.delete)


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
        purge.content_changed(instance=Organization(published=True), using="default")
    assert not callbacks
