"""Which day it is, for dates that are read in every time zone and carry none themselves."""

import datetime

from django.utils import timezone

# Where each day ends last: no inhabited place is as late, and so nobody comes too late.
LAST_ZONE = datetime.timezone(datetime.timedelta(hours=-12))


def day_at_desk(at=None):
    """The day at the Support Unit's desk (TIME_ZONE), with which an opening is posted or filled.

    What staff date today is there at once, and what they date tomorrow is not there today,
    although somewhere east of them it is tomorrow already.
    """
    return timezone.localdate(at)


def last_day(at=None):
    """The earliest day that has not ended everywhere on earth: what closes on it is open."""
    return (at or timezone.now()).astimezone(LAST_ZONE).date()


def end_of(day):
    """The last second of the day on earth."""
    return datetime.datetime.combine(day, datetime.time(23, 59, 59), LAST_ZONE)
