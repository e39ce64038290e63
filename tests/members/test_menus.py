import django_filters
import pytest
from django import forms
from pytest_django.asserts import assertHTMLEqual

from members.menus import MenuFilter

OFFERED = {
    "choices": [("Group <1>", [("a", "A & B"), ("<b>", '"B"')]), ("c", "C")],
    "empty_label": "Any",
    "label": "Menu",
    "help_text": "Of fictional things.",
}


def form(kind, chosen):
    """A form with nothing but such a filter's menu."""
    field = kind(**OFFERED).field
    field.widget.attrs |= {"autocomplete": "off", "autofocus": False, "disabled": True}
    return type("Form", (forms.Form,), {"menu": field})({"menu": chosen})


@pytest.mark.parametrize(
    "chosen", ["", "a", "<b>", "c", "not offered"], ids=lambda chosen: chosen or "nothing"
)
def test_a_menu_is_what_one_of_django_is(chosen):
    ours, djangos = (form(kind, chosen) for kind in (MenuFilter, django_filters.ChoiceFilter))
    assert ours.errors == djangos.errors
    assert ours.is_valid() == (chosen != "not offered")
    assert ours.cleaned_data == djangos.cleaned_data
    assertHTMLEqual(str(ours["menu"]), str(djangos["menu"]))
    assert str(ours["menu"]).count("selected") == (chosen != "not offered")
