"""Filters of a list, with chips: links above the list that take one filter off each."""

from functools import cache
from urllib.parse import urlencode

import django_filters
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit


class ChipFilterSet(django_filters.FilterSet):
    """A filter set whose form asks by GET, and which tells what it filters by.

    A filter called ``order`` only orders the list, and has no chip.
    """

    submit = ""

    @property
    def form(self):
        is_new = not hasattr(self, "_form")
        form = super().form
        if is_new:
            self.fill(form)
        return form

    def get_form_class(self):
        # Once for all pages: what a page adds to its form goes through ``fill``.
        return form_class(type(self))

    def fill(self, form):
        """Gives menus the choices that come from the database.

        Once for the page: the field itself would ask again for each use of its choices.
        """

    @property
    def helper(self):
        helper = FormHelper()
        helper.form_method = "get"
        helper.disable_csrf = True
        helper.add_input(Submit("", self.submit))
        return helper

    @property
    def in_use(self):
        """The filters that are set, as pairs of name and value; none while one is wrong."""
        if not self.form.is_valid():
            return []
        cleaned = self.form.cleaned_data
        return [(name, value) for name in self.form.fields for value in as_list(cleaned[name])]

    @property
    def query(self):
        """What leads to this list from its first page on: nothing else of the address is kept."""
        return urlencode(self.in_use)

    def chips(self):
        """The filters in use, each with its value in words and the query that leaves it out."""
        return [
            {
                "label": self.form.fields[name].label,
                "value": in_words(self.form.fields[name], value),
                "query": urlencode([one for one in self.in_use if one != (name, value)]),
            }
            for name, value in self.in_use
            if name != "order"
        ]


@cache
def form_class(filterset):
    return super(ChipFilterSet, filterset()).get_form_class()


def as_list(value):
    return value if isinstance(value, list) else [value] if value else []


def in_words(field, value):
    """What the field's menu calls the value; a typed value stands for itself."""
    for choice, label in getattr(field, "choices", []):
        options = label if isinstance(label, list | tuple) else [(choice, label)]
        for option, name in options:
            if option == value:
                return name
    return value
