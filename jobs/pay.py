"""What a job pays, in words."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _

# Other currencies are named by their codes: there are many dollars.
SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£"}


def amount(value, currency):
    figures = number_format(value, decimal_pos=0 if value == int(value) else 2, force_grouping=True)
    return f"{SYMBOLS.get(currency) or currency + ' '}{figures}"


def pay_in_words(minimum, maximum, currency, per):
    """ "$72,000–$88,000 a year", "From CAD 30 an hour"; empty when neither amount is known."""
    if minimum is None and maximum is None:
        return ""
    if minimum == maximum:
        pay = amount(minimum, currency)
    elif maximum is None:
        pay = _("From %(amount)s") % {"amount": amount(minimum, currency)}
    elif minimum is None:
        pay = _("Up to %(amount)s") % {"amount": amount(maximum, currency)}
    else:
        pay = f"{amount(minimum, currency)}–{amount(maximum, currency)}"
    return f"{pay} {per}"
