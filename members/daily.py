"""Questions to the database that nothing changes but the day."""

from functools import lru_cache, wraps

import psycopg
from django.db import connection
from django.utils import timezone


def asked_daily(question):
    """Makes of a function from a day to a ``values_list`` one that gives the rows of it.

    Its SQL is written once a day: Django takes several times as long to write a question as a
    database takes to answer it. PostgreSQL reads and plans it once for a connection. The rows are
    as the database gives them, which is right for texts and numbers. Without a day it is asked for
    today.
    """

    @lru_cache(maxsize=2)
    def written(day):
        return question(day).query.sql_with_params()

    @wraps(question)
    def answer(at=None):
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                # Django's own cursor writes the parameters into the SQL, and prepares nothing.
                cursor.cursor = psycopg.Cursor(connection.connection)
            cursor.execute(*written(at or timezone.localdate()))
            return cursor.fetchall()

    return answer
