import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def no_visits_before():
    """Whom the rate limits have counted is forgotten."""
    cache.clear()
