"""Pages of the desk beside Django's own: buttons of a record, and questions before a change."""

import re
from itertools import islice

from django import forms
from django.contrib import messages
from django.contrib.admin import helpers
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.db import models, transaction
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.text import get_text_list, smart_split
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from members.models.history import because

# More records than this are counted in a message, not named.
NAMED = 3
# What can be the key of a record; but regions, of which nothing is done to many, have codes.
KEY = re.compile(r"\d{1,18}")
CODE = re.compile(r"[^\0]+")
# Words of a search that count.
SEARCHED = 20
# Of nothing: keys count from 1.
NO_KEY = "0"


class Menu(AutocompleteSelect):
    """Takes what cannot be a key, over which Django and PostgreSQL fail, for one of nothing."""

    def value_from_datadict(self, data, files, name):
        return self.key(super().value_from_datadict(data, files, name))

    def key(self, value):
        is_number = isinstance(self.field.related_model._meta.pk, models.AutoField)
        can_be = KEY if is_number else CODE
        return NO_KEY if value and not can_be.fullmatch(value) else value


class MultipleMenu(AutocompleteSelectMultiple, Menu):
    def key(self, values):
        return list(map(super().key, values))


class Menus:
    """For a ModelAdmin or an inline: menus that ask the server bear any answer."""

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", Menu(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", MultipleMenu(db_field, self.admin_site))
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class Lists:
    """For a ModelAdmin: its list bears any search, and any choice of records.

    Menus search in the same way.
    """

    def address_of(self, page, *args):
        """Where a page of the model is: "changelist", say, or "change" with the key of a record."""
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}", args=args)

    def get_search_results(self, request, queryset, search_term):
        """By the first words: each is one more condition, and databases bear only so many."""
        words = " ".join(islice(smart_split(search_term), SEARCHED))
        return super().get_search_results(request, queryset, words)

    def response_action(self, request, queryset):
        if not all(map(KEY.fullmatch, request.POST.getlist(helpers.ACTION_CHECKBOX_NAME))):
            raise BadRequest
        return super().response_action(request, queryset)


class RecordPages(Menus, Lists):
    """For a ModelAdmin: pages of one record, each with a button above its form."""

    @property
    def media(self):
        return super().media + forms.Media(js=["admin/js/jquery.init.js", "js/desk.js"])

    def object_tools(self, request, record):
        """The buttons, as (words, address)."""
        return []

    def list_tools(self, request):
        """The buttons of the list, as (words, address)."""
        return []

    def changelist_view(self, request, extra_context=None):
        tools = {"list_tools": self.list_tools(request)}
        return super().changelist_view(request, tools | (extra_context or {}))

    def get_changeform_initial_data(self, request):
        """Without what is no choice of its field: Django's menus fail over a key that is none."""
        initial = super().get_changeform_initial_data(request)
        for name in set(initial) & set(self.autocomplete_fields):
            try:
                self.opts.get_field(name).formfield().clean(initial[name])
            except ValidationError:
                del initial[name]
        return initial

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj:
            context["record_tools"] = self.object_tools(request, obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

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
        here = ["changelist"] if listed else ["change", records[0][0].pk]
        versions = ",".join(f"{one.pk}:{one.version}" for one, _warnings in records)
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "records": records,
            "seen": request.POST.get("seen", versions),
            "lead": lead,
            "button": button,
            "form": form,
            "action": action if listed else "",
            "checkbox": helpers.ACTION_CHECKBOX_NAME,
            "back": self.address_of(*here),
            "media": self.media,
        }
        return TemplateResponse(request, "admin/ask.html", context)

    def change_each(self, request, records, change, *, done, note):
        """Changes the records one by one, each as it is stored now, and says what became of them.

        ``done`` is the message, with a place for ``%(records)s``; ``note`` goes into the history.
        """
        changed = []
        for one in records:
            try:
                with transaction.atomic(), because(note):
                    stored = self.model._base_manager.select_for_update().get(pk=one.pk)
                    refuse_if_late(stored, request.POST.get("seen", ""))
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
        return redirect(self.address_of("change", record.pk))


def refuse_if_late(stored, seen):
    """Compares it with what the page that asked has shown: ``seen`` holds `key:version,…`."""
    versions = dict(one.partition(":")[::2] for one in seen.split(","))
    if versions.get(str(stored.pk), str(stored.version)) != str(stored.version):
        raise ValidationError(
            _(
                "Somebody else saved this record after you opened the page that asked you, so "
                "nothing is done yet. Look at it again first."
            )
        )
