import datetime

import pytest
from django.db import connection
from django.utils import timezone

from members.daily import asked_daily
from members.models import MembershipPeriod, Organization

pytestmark = pytest.mark.django_db


@asked_daily
def short_names(day):
    return Organization.objects.listed(day).values_list("short_name", "version")


def test_a_question_is_asked_for_its_day_and_counts_as_one_query(
    make_member, django_assert_num_queries
):
    today = timezone.localdate()
    yesterday = today - datetime.timedelta(1)
    former = make_member(short_name="Fictional", member=False)
    MembershipPeriod.objects.create(organization=former, left_on=yesterday)
    with django_assert_num_queries(4):
        assert ("Fictional", former.version) in short_names(yesterday)
        assert ("Fictional", former.version) not in short_names(today)
        assert short_names() == list(short_names.__wrapped__(today))


def test_postgresql_prepares_the_question_once_for_a_connection():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite reads and plans within microseconds")
    for _ in range(3):
        short_names()
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        prepared = [statement for (statement,) in cursor.fetchall()]
    assert sum('"members_organization"."short_name"' in statement for statement in prepared) == 1
