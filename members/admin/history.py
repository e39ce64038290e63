"""The history of a record at the desk, the way back to how it was, and what is deleted."""

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _

from members.admin.pages import RecordPages
from members.changes import is_there
from members.going_back import Return
from members.history import RecordHistory, deleted, moment, name_of, with_related
from members.models.history import because

PAGE = 20  # entries, or records


class HistoryMixin(RecordPages):
    """For a ModelAdmin of a model with a history; ``history_rows`` are the models of its rows.

    ``history_fields`` go back with the fields of the form, although the form has them not.
    """

    history_rows = []
    history_fields = []

    def history_of(self, object_id):
        """The history of a record that is there or was; else there is no such page."""
        try:
            history = RecordHistory(self.model, int(object_id), self.history_rows)
            newest = history.newest()
        except ValueError:
            newest = None
        if newest is None:
            raise Http404
        return history, newest

    # What was done -------------------------------------------------------------------------------

    def history_view(self, request, object_id, extra_context=None):
        record = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, record):
            raise PermissionDenied
        history, newest = self.history_of(unquote(object_id))
        paginator = Paginator(history.sets(), PAGE)
        page = paginator.get_page(request.GET.get("page"))
        may_go_back = self.has_change_permission(request, record) if record else False
        context = {
            "title": _("History: %(record)s") % {"record": record or name_of(newest)},
            "entries": history.entries(page.object_list),
            "page_obj": page,
            "record": record,
            "newest": newest,
            "may_go_back": may_go_back,
            "may_bring_back": not record and self.may_add(request),
        }
        return self.history_page(request, "history", context | (extra_context or {}))

    def deleted_page(self, request):
        if not self.may_add(request):
            raise PermissionDenied
        page = Paginator(deleted(self.model), PAGE).get_page(request.GET.get("page"))
        records = [(one, name_of(one), moment(one.history_date)) for one in page.object_list]
        context = {"title": _("Deleted: %s") % self.opts.verbose_name_plural, "records": records}
        return self.history_page(request, "history_deleted", context | {"page_obj": page})

    def history_page(self, request, template, context):
        context = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, f"admin/{template}.html", context | {"media": self.media})

    # The way back --------------------------------------------------------------------------------

    def go_back_page(self, request, object_id, history_id):
        """Asks before a record becomes again what it was, or a deleted one comes back; does it."""
        object_id = unquote(object_id)
        record = self.get_object(request, object_id)
        if not self.has_view_permission(request, record):
            raise PermissionDenied
        history, newest = self.history_of(object_id)
        try:
            target = with_related(history.own).filter(history_id=int(history_id)).first()
        except ValueError:
            target = None
        if target is None:
            raise Http404
        if bool(record) != is_there(target) or not (record or target == newest):
            words = _("It is not deleted.") if record else _("It is deleted: bring it back first.")
            self.message_user(request, words, messages.WARNING)
            return redirect(self.address_of("history", object_id))
        if not (self.has_change_permission(request, record) if record else self.may_add(request)):
            raise PermissionDenied
        errors = []
        if request.method == "POST":
            try:
                return self.go_back(request, record, history, target)
            except ValidationError as error:
                errors = error.messages
        return self.ask_to_go_back(request, record, history, target, errors)

    @transaction.atomic
    def go_back(self, request, record, history, target):
        """As the record is stored now; refuses if it is not what the page that asked has shown."""
        locked = self.model._base_manager.select_for_update().filter(pk=target.id).first()
        list(history.own.select_for_update().filter(history_id=target.history_id))
        if request.POST.get("mark") != history.mark():
            raise ValidationError(
                _(
                    "Somebody else saved this record after you opened this page. Nothing is done "
                    "yet: look again at what will change."
                )
            )
        way = self.way_back(request, record, history, target, stored=locked)
        when = moment(target.history_date)
        reason = _("Went back to %s.") % when if record else _("Brought back.")
        done = way.carry_out(
            reason,
            prepare=(lambda one: None) if record else self.make_draft,
            check=lambda one: self.check_rows(one, way.models),
        )
        (self.log_change if record else self.log_addition)(request, done, reason)
        words = _("%(record)s: went back to %(when)s.") if record else _("%(record)s is back.")
        self.message_user(request, words % {"record": done, "when": when}, messages.SUCCESS)
        return self.back_to(done)

    def way_back(self, request, record, history, target, *, stored):
        """What has to change, within what this person may change in the form of the record."""
        inlines = {one.model: one for one in self.get_inline_instances(request, record)}

        def may(model, verb):
            inline = inlines.get(model)
            return inline and getattr(inline, f"has_{verb}_permission")(request, record)

        form = self.get_form(request, record, change=True) if record else None
        fields = [*form.base_fields, *self.history_fields] if form else ()
        rows = history.rows_after(target)
        return Return(target, rows, stored=stored, fields=fields, may=may)

    def ask_to_go_back(self, request, record, history, target, errors):
        mark = history.mark()
        way = self.way_back(request, record, history, target, stored=record)
        back = self.address_of("history", target.id)
        if not way:
            words = [_("There is nothing to go back to: it is now as it was then."), *way.kept]
            self.message_user(request, " ".join(words), messages.WARNING)
            return redirect(back)
        name = str(record) if record else name_of(target)
        words = {"when": moment(target.history_date), "record": name}
        if record:
            title, button = _("Go back: %(record)s"), _("Go back")
            lead = _(
                "The record becomes again what it was after the change of %(when)s. What was done "
                "since then stays in the history, so that you can come back to it."
            )
        else:
            title, button = _("Bring back: %(record)s"), _("Bring back")
            lead = _("It comes back as it was when it was deleted, on %(when)s.")
            if has_field(self.model, "published"):
                lead += " " + _("It comes back as a draft, which only the desk sees.")
        context = {"title": title % words, "lead": lead % words, "button": button, "back": back}
        context |= {"way": way, "mark": mark, "errors": errors, "record": record}
        return self.history_page(request, "history_ask", context)

    def make_draft(self, record):
        """What is different in a record that comes back."""
        if has_field(self.model, "published"):
            record.published = False

    def check_rows(self, record, models):
        """May refuse, with a ValidationError, what the rows of these models now mean together."""

    # Addresses -----------------------------------------------------------------------------------

    def may_add(self, request):
        return self.has_view_permission(request) and self.has_add_permission(request)

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        view = self.admin_site.admin_view
        return [
            path("deleted/", view(self.deleted_page), name=f"{name}_deleted"),
            path(
                "<path:object_id>/history/<str:history_id>/",
                view(self.go_back_page),
                name=f"{name}_go_back",
            ),
            *super().get_urls(),
        ]

    def list_tools(self, request):
        tools = super().list_tools(request)
        if self.may_add(request):
            tools.append((_("Deleted"), self.address_of("deleted")))
        return tools

    # Deletion ------------------------------------------------------------------------------------

    def delete_model(self, request, obj):
        with because(_("Deleted.")):
            self.lock_to_delete(request, [obj])
            super().delete_model(request, obj)

    def delete_queryset(self, request, queryset):
        with because(_("Deleted.")):
            self.lock_to_delete(request, queryset)
            super().delete_queryset(request, queryset)

    def lock_to_delete(self, request, records):
        """Refuses what may not be deleted any more: a draft that is published by now."""
        stored = self.model._base_manager.select_for_update().order_by("pk")
        for one in stored.filter(pk__in=[record.pk for record in records]):
            if not self.has_delete_permission(request, one):
                raise PermissionDenied

    def get_actions(self, request):
        actions = super().get_actions(request)
        if "delete_selected" in actions:
            delete, *words = actions["delete_selected"]
            # With what is said of it in the log: all or nothing.
            actions["delete_selected"] = transaction.atomic(delete), *words
        return actions


def has_field(model, name):
    return any(field.name == name for field in model._meta.fields)
