import logging
import time
from smtplib import SMTPException

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.generic import View

from network_site.contact import ContactForm, Subject, own_path
from network_site.logs import kind
from network_site.rate_limit import client_address, seconds_to_wait

logger = logging.getLogger(__name__)


# There is no session, so that there is nothing that a CSRF token, which is a cookie, could protect:
# another site can make a visitor send no more than it could send itself. The form's signed stamp
# stands in for it. The stamp is also why no shared cache may keep the page.
@method_decorator(
    [csrf_exempt, sensitive_post_parameters(), cache_control(private=True, no_cache=True)],
    name="dispatch",
)
class ContactView(View):
    """Asks what it is about, then shows the form. Uses no database: it works when that is down."""

    def get(self, request):
        if request.GET.get("subject") not in Subject.values:
            unknown = "subject" in request.GET
            context = {"subjects": Subject, "unknown": unknown}
            status = 400 if unknown else 200
            return render(request, "network_site/contact.html", context, status=status)
        return self.show(self.empty_form())

    @sensitive_variables()
    def post(self, request):
        # The page is UTF-8, whatever the request claims; an attached file never gets on the disk.
        request.encoding = "utf-8"
        request.upload_handlers = [MemoryFileUploadHandler(request)]
        try:
            form = ContactForm(request.POST, at=time.time())
        except SuspiciousOperation:  # too large, or of too many fields, to be read at all
            return self.show(self.empty_form(), status=400, too_large=True)
        if not form.is_valid():
            return self.show(form, status=400)
        if seconds := seconds_to_wait(client_address(request), form.at):
            form.add_error(None, not_sent(_("Very many messages came in during the last hour.")))
            response = self.show(form, status=429)
            response["Retry-After"] = seconds
            return response
        try:
            form.as_email().send()
        except (SMTPException, OSError) as error:
            logger.error("A message was not taken by the mail server: %s", kind(error))
            form.add_error(None, not_sent(_("Our mail server does not take it at the moment.")))
            return self.show(form, status=503)
        return redirect("contact-sent")

    def empty_form(self):
        asked = self.request.GET
        initial = {"subject": asked.get("subject"), "page": own_path(asked.get("page", ""))}
        return ContactForm(at=time.time(), initial=initial)

    def show(self, form, *, status=200, **context):
        context |= {"form": form, "support_email": settings.SUPPORT_UNIT_EMAIL}
        response = render(self.request, "network_site/contact_form.html", context, status=status)
        if form.is_bound:  # with what somebody typed
            add_never_cache_headers(response)
        return response


def not_sent(reason):
    return format_html(
        _(
            "Your message was not sent. {reason} What you typed is still here: please try again "
            'later, or write to <a href="mailto:{address}">{address}</a>.'
        ),
        reason=reason,
        address=settings.SUPPORT_UNIT_EMAIL,
    )
