from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from members.names import search_key


class FinderForm(forms.Form):
    """The one question of the finder. Null characters are refused by the field itself."""

    place = forms.CharField(
        label=_("Where did the conviction happen?"),
        max_length=200,
        error_messages={
            "required": _("Type the place of the conviction, for example Ohio or Dublin."),
            "null_characters_not_allowed": _("Type the name of a place, in letters or digits."),
            "max_length": _("That is very long. Type the state or the country only."),
        },
    )

    def clean_place(self):
        place = self.cleaned_data["place"]
        if not search_key(place):
            raise ValidationError(_("Type the name of a state, a country, a town, or a ZIP code."))
        return place
