"""With 100,000 organizations, the pages that people wait for find theirs through indexes."""

import json
import re
from contextlib import contextmanager

import pytest
from django.db import connection

from members.misspellings import misspelt
from members.models import Coverage, MembershipPeriod, Organization, Region, Word

pytestmark = pytest.mark.django_db

COPIES = 1_500
# The copies of a record have its key and this, times the number of the copy.
STEP = 1_000_000
SERIES = "WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < %s) "


def copy(model, **changed):
    """Copies all rows of a table in the database itself; ``changed`` holds SQL by column."""
    columns = {
        field.column: changed.get(field.column, f"t.{field.column}")
        for field in model._meta.concrete_fields
        if not (field.generated or (field.primary_key and "id" not in changed))
    }
    with connection.cursor() as cursor:
        cursor.execute(
            # Names of our own tables and columns only.
            f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) {SERIES}"  # noqa: S608
            f"SELECT {', '.join(columns.values())} FROM {model._meta.db_table} t, series",
            [COPIES],
        )


@pytest.fixture
def many(db):
    """Fictional organizations in the pattern of the starter content, and what is known of them."""
    owner = f"t.organization_id + n * {STEP}"
    copy(
        Organization,
        id=f"t.id + n * {STEP}",
        name="'Fictional ' || n || ' ' || t.name",
        slug="'fictional-' || n || '-' || t.id",
        latitude="t.latitude + (n %% 100) / 2000.0",
        longitude="t.longitude + (n %% 90) / 2000.0",
    )
    copy(MembershipPeriod, organization_id=owner)
    copy(Coverage, organization_id=owner)
    copy(Word, organization_id=owner)
    with connection.cursor() as cursor:
        # What databases do by themselves, but not within the transaction of a test.
        cursor.execute("ANALYZE")
        if connection.vendor == "postgresql":
            # The words are those of 67 organizations over and over: of a smaller sample, how often
            # each is there would be luck, and with it the plan.
            cursor.execute("SET LOCAL default_statistics_target = 1000")
            cursor.execute(f"ANALYZE {Word._meta.db_table}")
    assert Organization.objects.listed().count() == 67 * (COPIES + 1)


@contextmanager
def noted():
    """What is asked of the database, as pairs of SQL and parameters."""
    asked = []

    def note(execute, sql, params, many, context):
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield asked


def queries(client, address):
    """What the page asks the database."""
    with noted() as asked:
        assert client.get(address).status_code == 200
    return asked


def plan(sql, params):
    """The steps of the database, one a line."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
            return [detail for *_numbers, detail in cursor.fetchall()]
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
        (answer,) = cursor.fetchone()
    return list(steps((json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"]))


def steps(node):
    yield " ".join(filter(None, map(node.get, ("Node Type", "Relation Name", "Index Name"))))
    for inner in node.get("Plans", []):
        yield from steps(inner)


def reads_all(sql, params, table=Organization._meta.db_table):
    """The steps that go through the whole table without an index."""
    names = {alias or table for alias in re.findall(rf'"{table}"(?: ([A-Z]\w*))?', sql)}
    return [
        step
        for step in plan(sql, params)
        if step == f"Seq Scan {table}" or any(step == f"SCAN {name}" for name in names)
    ]


def test_organizations_are_found_without_reading_all(many, client):
    found = {
        address: [sql for sql, params in queries(client, address) if reads_all(sql, params)]
        for address in (
            "/find/?place=Texas",
            "/find/?place=Houston",
            "/find/?place=New+Jersey",
            "/find/?place=British+Columbia",
            "/search/?q=centurion",
            "/search/?q=fictional+zyxwv",
            "/members/",
            "/members/?name=centurion",
        )
    }
    # All listed members are counted; nothing but a count of all needs to read them all.
    (count,) = found.pop("/members/")
    assert count.startswith("SELECT COUNT(*)")
    assert not any(found.values()), found
    unindexed = Organization.objects.filter(phone="555")
    for organizations in unindexed, Organization.objects.filter(pk__in=unindexed.values("pk")):
        assert reads_all(*organizations.query.sql_with_params())


def test_a_misspelt_town_is_looked_for_among_the_towns_of_its_state(db):
    texas = Region.objects.get(code="US-TX")
    with noted() as asked:
        assert misspelt("huston", texas)
    names, _targets = asked
    assert any("members_place_region_id" in step for step in plan(*names))
