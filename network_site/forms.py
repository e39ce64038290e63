from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from members.names import search_key


class SearchForm(forms.Form):
    """Null characters are refused by the field itself."""

    q = forms.CharField(
        label=_("What are you looking for?"),
        max_length=200,
        error_messages={
            "required": _("Type a name or a word, for example Ohio or attorney."),
            "null_characters_not_allowed": _("Type a name or a word, in letters or digits."),
            "max_length": _("That is very long. Type one or two words only."),
        },
    )

    def clean_q(self):
        text = self.cleaned_data["q"]
        if not search_key(text):
            raise ValidationError(_("Type a name or a word, in letters or digits."))
        return text
