"""Records as a file, and back: what is public to a file, and a file to drafts and changes."""

import datetime

from django import forms
from django.contrib import messages
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.auth import get_permission_codename
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.admin.pages import RecordPages
from members.exports.files import BYTES, BadFileError

# For how long a preview can be confirmed.
PREVIEW_HOLDS = datetime.timedelta(hours=2)
# Problems in one answer at most.
SHOWN = 100


class FileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=forms.FileInput({"accept": ".csv,text/csv"}),
        help_text=gettext_lazy("CSV in UTF-8; at most 1,000 rows and 2 MB."),
    )


class ExchangeMixin(RecordPages):
    """For a ModelAdmin; ``resource`` is a class made of ``ExchangeResource``.

    Between preview and confirmation the file stays in the page, signed: every process of the
    server can go on with it, nothing is left behind, and nobody can put another in its place.
    """

    resource = None

    def has_export_permission(self, request):
        return self.has_view_permission(request)

    def has_import_permission(self, request):
        codename = get_permission_codename("import", self.opts)
        return (
            request.user.has_perm(f"{self.opts.app_label}.{codename}")
            and self.has_add_permission(request)
            and self.has_change_permission(request)
        )

    def list_tools(self, request):
        tools = super().list_tools(request)
        if self.has_import_permission(request):
            tools.append((_("Import"), self.address_of("import")))
        if self.has_export_permission(request):
            filters = f"?{request.GET.urlencode()}" if request.GET else ""
            tools.append((_("Export"), self.address_of("export") + filters))
        return tools

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        view = self.admin_site.admin_view
        return [
            path("export/", view(self.export_page), name=f"{name}_export"),
            path("import/", view(self.import_page), name=f"{name}_import"),
            *super().get_urls(),
        ]

    def exchange_page(self, request, page, context, status=200):
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "resource": self.resource(),
            "export_address": self.address_of("export"),
            **context,
        }
        return TemplateResponse(request, f"admin/exchange/{page}.html", context, status=status)

    # To a file -----------------------------------------------------------------------------------

    def export_page(self, request):
        """The page that says what is in the file; its button, with the list's filters, gives it."""
        if not self.has_export_permission(request):
            raise PermissionDenied
        try:
            records = self.get_changelist_instance(request).queryset
        except IncorrectLookupParameters:
            return redirect(self.address_of("changelist") + "?e=1")
        resource = self.resource()
        if request.method == "POST":
            name = f"{self.opts.verbose_name_plural}-{timezone.localdate()}.csv".replace(" ", "-")
            return HttpResponse(
                resource.file(records),
                content_type="text/csv; charset=utf-8",
                headers={"Content-Disposition": f'attachment; filename="{name}"'},
            )
        context = {
            "title": _("Export %s") % self.opts.verbose_name_plural,
            "count": resource.public_of(records).count(),
            "is_filtered": bool(request.GET),
            "is_too_large": resource.is_too_large(records),
        }
        return self.exchange_page(request, "export", context)

    # From a file ---------------------------------------------------------------------------------

    def import_page(self, request):
        """Shows what a file would do, and once that is confirmed, does it."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        if "previewed" in request.POST:
            return self.confirmed(request)
        is_sent = request.method == "POST"
        form = FileForm(request.POST, request.FILES) if is_sent else FileForm()
        if not form.is_valid():
            return self.import_answer(request, form, status=400 if is_sent else 200)
        resource = self.resource()
        try:
            text = resource.read(form.cleaned_data["file"].read(BYTES + 1))
        except BadFileError as error:
            return self.import_answer(request, form, problems=error.problems)
        return self.import_answer(request, form, text, resource.preview(text))

    def confirmed(self, request):
        try:
            text, digest = signing.loads(
                request.POST["previewed"], salt=self.salt(request), max_age=PREVIEW_HOLDS
            )
        except signing.BadSignature:
            form = FileForm({})
            form.full_clean()
            form.errors["file"] = form.error_class(
                [_("This preview is too old, or not yours. Please choose the file again.")]
            )
            return self.import_answer(request, form, status=400)
        with transaction.atomic():
            outcome = self.resource().confirm(text, digest)
            if not outcome.problems and outcome.digest == digest:
                self.log(request, outcome)
                words = _("Imported: %(new)d new (drafts), %(changed)d changed.")
                counts = {"new": len(outcome.new), "changed": len(outcome.changed)}
                self.message_user(request, words % counts, messages.SUCCESS)
                return redirect(self.address_of("changelist"))
        return self.import_answer(request, FileForm(), text, outcome, is_late=True, status=409)

    def salt(self, request):
        """A preview can be confirmed by who saw it, and for these records, only."""
        return f"import of {self.opts.label} by {request.user.pk}"

    def log(self, request, outcome):
        for changes, flag in ((outcome.new, ADDITION), (outcome.changed, CHANGE)):
            LogEntry.objects.log_actions(
                request.user.pk, [one.record for one in changes], flag, _("Import of a file.")
            )

    def import_answer(
        self, request, form, text="", outcome=None, *, problems=(), is_late=False, status=200
    ):
        problems = problems or (outcome.problems if outcome else [])
        previewed = None
        if outcome and outcome.changes and not problems:
            previewed = signing.dumps(
                [text, outcome.digest], salt=self.salt(request), compress=True
            )
        context = {
            "title": _("Import %s") % self.opts.verbose_name_plural,
            "form": form,
            "outcome": outcome,
            "problems": problems[:SHOWN],
            "more_problems": len(problems[SHOWN:]),
            "is_late": is_late,
            "previewed": previewed,
        }
        return self.exchange_page(
            request, "import", context, 400 if problems and status == 200 else status
        )
