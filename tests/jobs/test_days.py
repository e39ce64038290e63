import datetime
from zoneinfo import ZoneInfo

import pytest

from jobs.days import day_at_desk, end_of, last_day

TENTH = datetime.date(2026, 3, 10)
ELEVENTH = datetime.date(2026, 3, 11)
DAY = datetime.timedelta(days=1)
HOUR = datetime.timedelta(hours=1)
SECOND = datetime.timedelta(seconds=1)
# From the first to the last hour that is anywhere the same day.
OFFSETS = (14, 8, 0, -5, -10, -12)


def midnight(day, offset):
    """When the day begins so many hours east of Greenwich."""
    zone = datetime.timezone(offset * HOUR)
    return datetime.datetime.combine(day, datetime.time(), zone)


@pytest.mark.parametrize("offset", OFFSETS)
def test_a_day_has_not_ended_while_anybody_has_it(offset):
    assert last_day(midnight(ELEVENTH, offset) - SECOND) <= TENTH
    assert (last_day(midnight(ELEVENTH, offset)) == ELEVENTH) == (offset == OFFSETS[-1])


@pytest.mark.parametrize("zone", ["Pacific/Honolulu", "Asia/Taipei", "Pacific/Kiritimati", "UTC"])
def test_the_last_day_is_the_same_moment_in_whatever_zone_it_is_asked(zone):
    at = midnight(ELEVENTH, -12)
    assert last_day(at.astimezone(ZoneInfo(zone))) == ELEVENTH
    assert last_day((at - SECOND).astimezone(ZoneInfo(zone))) == TENTH


def test_the_desk_keeps_the_day_of_its_own_city():
    at = datetime.datetime(2026, 3, 10, tzinfo=ZoneInfo("America/New_York"))
    assert day_at_desk(at) == TENTH
    assert day_at_desk(at - SECOND) == TENTH - DAY
    assert day_at_desk(midnight(TENTH, 14)) == TENTH - DAY


def test_the_end_of_a_day_is_the_last_second_in_which_it_is_the_last_day():
    assert last_day(end_of(TENTH)) == TENTH
    assert last_day(end_of(TENTH) + SECOND) == ELEVENTH
    assert end_of(TENTH).isoformat() == "2026-03-10T23:59:59-12:00"


def test_without_a_moment_it_is_now(set_clock):
    set_clock(midnight(ELEVENTH, -12))
    assert last_day() == day_at_desk() == ELEVENTH
