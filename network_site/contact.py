"""What is written to the Support Unit: the form, and the e-mail that it becomes."""

import re

from crispy_forms.helper import FormHelper
from django import forms
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import MaxLengthValidator, validate_email
from django.db.models import TextChoices
from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

LONGEST_MESSAGE = 5000
# Seconds. Nobody reads and fills in the form faster than the first, or leaves it open for longer
# than the second and expects nothing.
SHORTEST, LONGEST = 3, 24 * 3600

# Characters that nobody types: controls but tab and line feed, and halves of characters.
UNTYPED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
PATH = re.compile(r"/[A-Za-z0-9/._~-]{0,499}")


class Subject(TextChoices):
    """What the form is for. Help with a case is not among them: it leads to the finder."""

    MEMBERSHIP = "membership", _("Membership and how to join")
    MEDIA = "media", _("A question from the media")
    WRONG_DETAIL = "wrong-detail", _("A wrong detail on this website")
    JOB = "job", _("A job opening")
    OTHER = "other", _("Something else")

    @property
    def hint(self):
        return HINTS[self]


HINTS = {
    Subject.MEMBERSHIP: _("For members, and for organizations that want to become one."),
    Subject.MEDIA: _("For journalists, film makers and researchers."),
    Subject.WRONG_DETAIL: _("An address, a telephone number, a link or a rule that is not right."),
    Subject.JOB: _("An opening shown here. To apply, write to the organization that offers it."),
    Subject.OTHER: _("About the Network or this website, but not help with a case."),
}


class ContactForm(forms.Form):
    """``at`` is the time of the request, in seconds."""

    subject = forms.ChoiceField(
        label=_("What is it about?"),
        choices=Subject,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), _("Choose what your message is about.")
        ),
    )
    name = forms.CharField(
        label=_("Your name"),
        max_length=200,
        widget=forms.TextInput({"autocomplete": "name"}),
        error_messages={"required": _("Type your name.")},
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("Used only to answer you."),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email"}),
        error_messages={
            "required": _("Type your e-mail address, so that you can get an answer."),
            "invalid": _("Type an e-mail address like name@example.org."),
        },
    )
    page = forms.CharField(
        label=_("Which page is it about?"),
        help_text=_("Its address or its title."),
        max_length=500,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    # Not `max_length`: with it a browser cuts off what is pasted, and does not say so.
    message = forms.CharField(
        label=_("Message"),
        help_text=_("At most 5,000 characters. Please write nothing about a case."),
        validators=[
            MaxLengthValidator(
                LONGEST_MESSAGE,
                _("Shorten it to 5,000 characters, please: it has %(show_value)d."),
            )
        ],
        widget=forms.Textarea({"rows": 8}),
        error_messages={"required": _("Type your message.")},
    )

    def __init__(self, data=None, *, at, **kwargs):
        super().__init__(None if data is None else typed(data), **kwargs)
        self.at = at
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    @property
    def stamp(self):
        """For the form that is shown; who is asked to send it again may do so at once."""
        return stamp(self.at, wait=0 if self.is_bound else SHORTEST)

    def clean_email(self):
        """The address as mail writes it: in ASCII, which some that pass as addresses have not."""
        invalid = ValidationError(self.fields["email"].error_messages["invalid"])
        name, domain = self.cleaned_data["email"].rsplit("@", 1)
        # The standards allow almost anything in quotes, and no mail provider does. Letters such as
        # the Kelvin sign pass where case is ignored.
        if '"' in name or not name.isascii():
            raise invalid
        try:
            address = f"{name}@{domain.encode('idna').decode()}"
            validate_email(address)
        except (UnicodeError, ValidationError):
            raise invalid from None
        return address

    def clean(self):
        if self.errors:
            return
        if self.data["homepage"]:
            raise ValidationError(
                _(
                    "A field that must stay empty was filled in, perhaps by your browser. We have "
                    "emptied it. Nothing else is wrong: please press “Send message” again."
                )
            )
        if not is_timely(self.data["stamp"], self.at):
            raise ValidationError(
                _(
                    "The form was sent very fast or was open for a long time. Nothing else is "
                    "wrong: please press “Send message” again."
                )
            )

    @sensitive_variables()
    def as_email(self):
        """The e-mail to the Support Unit. Nothing that was typed stands in its subject."""
        data = self.cleaned_data
        about = Subject(data["subject"]).label
        facts = {
            _("About"): about,
            _("Name"): data["name"],
            _("E-mail"): data["email"],
            _("Page"): data["page"] or "-",
        }
        lines = [f"{name}: {value}" for name, value in facts.items()]
        return EmailMessage(
            subject=str(_("Website: %(about)s") % {"about": about}),
            body="\n".join([*lines, "", data["message"], ""]),
            to=[settings.SUPPORT_UNIT_EMAIL],
            reply_to=[data["email"]],
        )


def typed(data):
    """What was posted under the names of the form, as text that is harmless in HTML and mail.

    Every kind of line end becomes a line feed in the message, and a space elsewhere.
    """
    names = ("subject", "name", "email", "page", "stamp", "homepage")
    lines = UNTYPED.sub("", "\n".join(data.get("message", "").splitlines()))
    return {name: one_line(data.get(name, "")) for name in names} | {"message": lines}


def one_line(text):
    return " ".join(UNTYPED.sub(" ", text).split())


def own_path(text):
    """The text if it is the path of a page of this site, else nothing."""
    try:
        return text if PATH.fullmatch(text) and resolve(text) else ""
    except Resolver404:
        return ""


def stamp(at, wait):
    """Signed proof that the form was shown at that time, to be sent back after so many seconds."""
    return signing.Signer(salt=__name__).sign_object([int(at), wait])


def is_timely(stamp, at):
    try:
        shown_at, wait = signing.Signer(salt=__name__).unsign_object(stamp)
    except signing.BadSignature:
        return False
    return wait <= at - shown_at <= LONGEST
