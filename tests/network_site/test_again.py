"""What staff typed is not lost when they turn out to be signed out."""

import pytest
from django.conf import settings
from django.test import Client

from members.models import Coverage, Organization, Region
from tests.members.desk_forms import ADD, organization_data, page_of, typed
from tests.pages import Page

pytestmark = pytest.mark.django_db

HERE = {"origin": "http://testserver"}
TYPED = 'Two lines,\r\nwith "signs" <of> all & kinds'


@pytest.fixture
def browser(sign_in):
    """Of a manager, as strict about forms as a real one is treated."""
    user = sign_in("manager")
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = user.cookies
    return strict


def token_on(response):
    """Of the page's own form, behind the one of the sign-out."""
    return Page(response).find("input", name="csrfmiddlewaretoken")[-1]["value"]


def kept(response):
    """What the page would send, as (name, value)."""
    assert response.status_code == 403
    assert response["Cache-Control"].startswith("max-age=0")
    hidden = Page(response).find("input", type="hidden")
    return {one["name"]: one["value"] for one in hidden}


def test_what_was_typed_is_saved_after_signing_in_again(browser, sign_in):
    data = organization_data(postal_address=TYPED) | {
        "csrfmiddlewaretoken": token_on(browser.get(ADD))
    }
    del browser.cookies[settings.SESSION_COOKIE_NAME]
    response = browser.post(ADD, data, headers=HERE)
    sent = kept(response)
    assert sent["postal_address"] == TYPED
    assert "another window" in response.content.decode()
    browser.force_login(other := sign_in("manager").user)
    session = browser.session
    session["otp_device_id"] = other.totpdevice_set.get().persistent_id
    session.save()
    browser.cookies[settings.CSRF_COOKIE_NAME] = "x" * 32  # a new one, as signing in makes it
    sent = kept(browser.post(ADD, sent, headers=HERE))
    assert sent["postal_address"] == TYPED
    assert browser.post(ADD, sent, headers=HERE).status_code == 302
    assert Organization.objects.get(slug=data["slug"]).postal_address == TYPED


@pytest.mark.parametrize("headers", [{"origin": "https://fictional.example"}, {}])
def test_what_another_site_sends_is_not_offered_to_be_sent_again(browser, headers):
    response = browser.post(ADD, organization_data(postal_address=TYPED), headers=headers)
    assert response.status_code == 403
    assert "Two lines" not in response.content.decode()


def test_what_visitors_send_is_refused_as_ever(browser):
    response = browser.post("/jobs/", {"text": "Two lines"}, headers=HERE)
    assert response.status_code == 403
    assert "Two lines" not in response.content.decode()


def test_a_password_is_never_shown(client, browser):
    fields = {"old_password": "secret words", "new_password1": "more", "new_password2": "more"}
    assert client.post("/admin/password_change/", fields).status_code == 302
    refused = browser.post("/admin/password_change/", fields, headers=HERE)
    assert refused.status_code == 403
    assert "secret words" not in refused.content.decode()


def test_a_member_of_hundreds_of_places_can_be_saved(desk, make_member):
    member = make_member()
    counties = Region.objects.filter(path__startswith="001/US/").exclude(pk="US-VA")[:200]
    for region in counties:
        Coverage.objects.create(organization=member, region=region)
    data = typed(desk.get(page_of(member)))
    assert len(data) > 1000
    response = desk.post(page_of(member), data | {"phone": "555 0100"})
    assert response.status_code == 302
    member.refresh_from_db()
    assert member.phone == "555 0100"
