import datetime

import pytest

from statements.models import Edition, Statement

ADOPTED = datetime.date(2015, 3, 10)


@pytest.fixture
def no_statements(db):
    """Takes the starter statements away, for a test that makes its own."""
    Edition.objects.all().delete()
    Statement.objects.all().delete()


@pytest.fixture
def make_statement(db):
    """Makes a plainly fictional statement; each edition is a dictionary of its fields.

    An edition is published unless it says otherwise; without any there is one.
    """

    def make(title="Fictional statement", *editions, **fields):
        number = Statement.objects.count()
        statement = Statement.objects.create(
            **{"title": title, "slug": f"fictional-{number}"} | fields
        )
        for edition in editions or [{}]:
            add_edition(statement, **edition)
        return Statement.objects.get(pk=statement.pk)

    return make


def add_edition(statement, **fields):
    number = statement.editions.count() + 1
    values = {
        "excerpt": f"Fictional excerpt {number}.",
        "body": f"Fictional text {number}.",
        "change_note": f"Fictional note {number}." if number > 1 else "",
        "published": True,
    }
    return Edition.objects.create(statement=statement, **values | fields)


@pytest.fixture
def make_edition():
    return add_edition
