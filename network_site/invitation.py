"""The e-mail that invites a colleague: with a link that works once, to choose a password."""

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode


def invitation(user, request):
    """``request`` is the manager's: it tells the address of the site."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    token = default_token_generator.make_token(user)
    context = {
        "user": user,
        "link": request.build_absolute_uri(
            reverse("admin:password_reset_confirm", args=[uid, token])
        ),
        "another": request.build_absolute_uri(reverse("admin:password_reset")),
        "sign_in": request.build_absolute_uri(reverse("admin:login")),
        "days": settings.PASSWORD_RESET_TIMEOUT // (24 * 3600),
    }
    subject = render_to_string("registration/invitation_subject.txt", context)
    return EmailMessage(
        subject=" ".join(subject.split()),
        body=render_to_string("registration/invitation_email.txt", context),
        to=[user.email],
    )
