"""Pages of the desk beside Django's own: buttons of a record, and questions before a change."""

from django.contrib import messages
from django.contrib.admin import helpers
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

# More records than this are counted in a message, not named.
NAMED = 3


class RecordPages:
    """For a ModelAdmin: pages of one record, each with a button above its form."""

    def object_tools(self, request, record):
        """The buttons, as (words, address)."""
        return []

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj:
            context["record_tools"] = self.object_tools(request, obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def record_address(self, page, record):
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}"
        return reverse(name, args=[record.pk])

    def record_path(self, page, view, *, verb=None):
        """The route of a page of one record; the view is called with the record.

        ``verb`` is the permission that it takes beside the one to view.
        """

        def answer(request, object_id):
            allowed = verb is None or getattr(self, f"has_{verb}_permission")(request)
            if not (allowed and self.has_view_permission(request)):
                raise PermissionDenied
            record = self.get_object(request, unquote(object_id))
            if record is None:
                return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
            return view(request, record)

        name = f"{self.opts.app_label}_{self.opts.model_name}_{page}"
        return path(f"<path:object_id>/{page}/", self.admin_site.admin_view(answer), name=name)

    def ask(self, request, records, *, action, title, lead, button, form=None):
        """The page that asks before ``action`` changes the (record, warnings) in ``records``."""
        listed = "action" in request.POST
        here = "changelist" if listed else "change"
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_{here}"
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "records": records,
            "lead": lead,
            "button": button,
            "form": form,
            "action": action if listed else "",
            "checkbox": helpers.ACTION_CHECKBOX_NAME,
            "back": reverse(name, args=[] if listed else [records[0][0].pk]),
            "media": self.media,
        }
        return TemplateResponse(request, "admin/ask.html", context)

    def change_each(self, request, records, change, *, done, note):
        """Changes the records one by one, each as it is stored now, and says what became of them.

        ``done`` is the message, with a place for ``%(records)s``; ``note`` goes into the log.
        """
        changed = []
        for one in records:
            try:
                with transaction.atomic():
                    stored = self.model._base_manager.select_for_update().get(pk=one.pk)
                    change(stored)
                    self.log_change(request, stored, note)
            except self.model.DoesNotExist:
                message = _("%(record)s is deleted already.") % {"record": one}
                self.message_user(request, message, messages.WARNING)
            except ValidationError as error:
                for message in error.messages:
                    self.message_user(request, f"{one}: {message}", messages.ERROR)
            else:
                changed.append(stored)
        if changed:
            self.message_user(request, done % {"records": self.in_words(changed)}, messages.SUCCESS)

    def in_words(self, records):
        if len(records) <= NAMED:
            return get_text_list([str(one) for one in records], _("and"))
        return ngettext("%(count)d record", "%(count)d records", len(records)) % {
            "count": len(records)
        }

    def back_to(self, record):
        return redirect(self.record_address("change", record))
