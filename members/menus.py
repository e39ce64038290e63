"""Menus of filters, which offer dozens of places on each page of a list."""

import django_filters
from django import forms
from django_filters.fields import ChoiceField, ChoiceIterator


class MenuChoices(ChoiceIterator):
    """The pairs as they were given; its base puts choices of any shape right at each use."""

    def __iter__(self):
        yield "", self.field.empty_label
        yield from self.choices


class MenuSelect(forms.Select):
    """Hands pairs to its template, where Django makes a dictionary of each option."""

    template_name = "site/menu.html"

    def get_context(self, name, value, attrs):
        (chosen,) = self.format_value(value)
        groups = [
            (value, label) if isinstance(label, list) else ("", [(value, label)])
            for value, label in self.choices
        ]
        widget = {"name": name, "attrs": self.build_attrs(self.attrs, attrs)}
        return {"widget": widget, "groups": groups, "chosen": chosen}


class MenuField(ChoiceField):
    iterator = MenuChoices
    widget = MenuSelect


class MenuFilter(django_filters.ChoiceFilter):
    """One of the ``choices``: pairs of texts, or groups of them as pairs of a name and a list.

    It needs an ``empty_label`` for no choice, and knows no ``null_label``.
    """

    field_class = MenuField
