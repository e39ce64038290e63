from decimal import Decimal

import pytest

from jobs.pay import pay_in_words


@pytest.mark.parametrize(
    ("minimum", "maximum", "currency", "per", "words"),
    [
        ("72000", "88000", "USD", "a year", "$72,000–$88,000 a year"),
        ("22", "22", "USD", "an hour", "$22 an hour"),
        ("22.00", "22", "USD", "an hour", "$22 an hour"),
        ("22.5", "30", "USD", "an hour", "$22.50–$30 an hour"),
        ("41000", None, "EUR", "a year", "From €41,000 a year"),
        (None, "3500", "GBP", "a month", "Up to £3,500 a month"),
        ("60000", "1200000", "TWD", "a year", "TWD 60,000–TWD 1,200,000 a year"),
        ("0", None, "CAD", "a week", "From CAD 0 a week"),
        (None, None, "", "", ""),
    ],
)
def test_pay_is_said_as_far_as_it_is_known(minimum, maximum, currency, per, words):
    minimum, maximum = (value and Decimal(value) for value in (minimum, maximum))
    assert pay_in_words(minimum, maximum, currency, per) == words
