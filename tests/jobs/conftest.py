import datetime

import pytest
from django.utils import timezone

from jobs.models import JobOpening

# A Tuesday, eleven in the morning at the Support Unit's desk.
AT = datetime.datetime(2026, 3, 10, 15, tzinfo=datetime.UTC)


@pytest.fixture
def set_clock(monkeypatch):
    """Makes it a certain moment for everything that asks for the time."""
    return lambda at: monkeypatch.setattr(timezone, "now", lambda: at)


@pytest.fixture
def now(set_clock):
    """It is AT."""
    set_clock(AT)
    return AT


@pytest.fixture
def no_openings(db):
    """Takes the starter openings away, for a test that makes its own."""
    JobOpening.objects.all().delete()


@pytest.fixture
def make_opening(make_member):
    """Makes a plainly fictional opening that is open at AT, of one organization unless told."""
    hiring = []

    def make(title="Fictional staff attorney", **fields):
        if "organization" not in fields:
            hiring[:] = hiring or [make_member("Fictional Hiring Project")]
            fields["organization"] = hiring[0]
        return JobOpening.objects.create(
            **{
                "title": title,
                "kind": JobOpening.Kind.ATTORNEY,
                "description": "Fictional text.",
                "city": "Richmond",
                "region_id": "US-VA",
                "posted_on": datetime.date(2026, 3, 1),
                "published": True,
            }
            | fields
        )

    return make
