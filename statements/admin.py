"""The desk's forms for statements and pages.

Drafts of a statement are written here, and what is published is only read.
"""

from http import HTTPStatus
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.contrib.admin.widgets import AdminTextareaWidget
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from members.admin.concurrency import KeptRows, VersionedMixin
from members.admin.history import HistoryMixin
from members.admin.publishing import DraftsMixin, Preview, PublishingMixin, Verb
from members.markdown import MarkdownField
from statements.models import Edition, Page, Statement
from statements.views import EditionView

TEXT_FIELDS = ["change_note", "excerpt", "body", "complete"]

# When these are set, the statement no longer holds.
WITHDRAWAL = ["withdrawn_on", "superseded_by"]


def may_publish(request):
    return request.user.has_perm("statements.publish_edition")


def public_address(edition):
    return edition.get_absolute_url() if edition.published else None


class FirstEditionInline(admin.StackedInline):
    """The first edition, written together with a new statement."""

    model = Edition
    formset = KeptRows
    max_num = 1
    can_delete = False
    verbose_name = _("first edition")
    fields = [("adopted_on", "adopted_by"), "excerpt", "body", "complete"]


class EditionInline(admin.TabularInline):
    """The editions of a statement, each with a link to its own form."""

    model = Edition
    formset = KeptRows
    fields = readonly_fields = ["number", "published", "adopted_on", "adopted_by", "change_note"]
    extra = 0
    can_delete = False
    show_change_link = True

    def get_queryset(self, request):
        editions = super().get_queryset(request)
        return editions.select_related("statement").defer("body", "body_html")

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        """Otherwise its rows were checked, and a published edition refuses to be saved."""
        return False

    def view_on_site(self, edition):
        return public_address(edition)


@admin.register(Statement)
class StatementAdmin(VersionedMixin, DraftsMixin, HistoryMixin, admin.ModelAdmin):
    list_display = ["title", "topic", "newest", "withdrawn_on", "superseded_by"]
    list_select_related = ["superseded_by"]
    search_fields = ["title", "topic"]
    autocomplete_fields = ["superseded_by"]

    def get_queryset(self, request):
        return super().get_queryset(request).with_editions()

    def has_change_permission(self, request, obj=None):
        """What readers see as soon as it is saved is for those who publish."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (not (obj and obj.current) or may_publish(request))

    def is_draft(self, record):
        return record.current is None

    def get_fields(self, request, obj=None):
        fields = ["title", "slug", "topic"]
        return [*fields, "next_edition", *WITHDRAWAL] if obj else fields

    def get_readonly_fields(self, request, obj=None):
        fields = ["next_edition", "slug"] if obj and obj.current else ["next_edition"]
        return fields if may_publish(request) else [*fields, *WITHDRAWAL]

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ["title"]}

    def get_inlines(self, request, obj):
        return [EditionInline] if obj else [FirstEditionInline]

    def view_on_site(self, statement):
        return statement.get_absolute_url() if statement.current else None

    @admin.display(description=_("newest edition"), empty_value=_("none published"))
    def newest(self, statement):
        return statement.current and statement.current.number

    @admin.display(description=_("next edition"))
    def next_edition(self, statement):
        draft = statement.editions.filter(published=False).first()
        if draft:
            url = reverse("admin:statements_edition_change", args=[draft.pk])
            return format_html('<a href="{}">{}</a>', url, _("Go on with the draft"))
        url = reverse("admin:statements_edition_add", query={"statement": statement.pk})
        return format_html('<a href="{}">{}</a>', url, _("Write it, starting from the newest text"))


class EditionPreview(Preview, EditionView):
    """A draft stands among the published editions as the newest of them."""

    def get_context_data(self, **kwargs):
        edition, statement = self.object, self.object.statement
        if not edition.published:
            statement.published_editions = [edition, *statement.published_editions]
        context = super().get_context_data(**kwargs)
        # A statement that is not published yet is not one that no longer holds.
        context["in_force"] |= len(statement.published_editions) == 1 and not edition.published
        return context


@admin.register(Edition)
class EditionAdmin(VersionedMixin, PublishingMixin, HistoryMixin, admin.ModelAdmin):
    list_display = ["statement", "number", "published", "adopted_on", "adopted_by"]
    list_display_links = ["statement", "number"]
    list_filter = ["published"]
    list_select_related = ["statement"]
    search_fields = ["statement__title"]
    autocomplete_fields = ["statement"]
    verbs = [Verb.PUBLISH]
    preview = EditionPreview
    fieldsets = [
        (None, {"fields": ["statement", ("adopted_on", "adopted_by")]}),
        (_("Text"), {"fields": TEXT_FIELDS}),
    ]

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and not (obj and obj.published)

    def has_delete_permission(self, request, obj=None):
        """Who may change a draft may also delete it; what is published stays."""
        if obj is None:
            return super().has_delete_permission(request)
        return self.has_change_permission(request, obj)

    def get_readonly_fields(self, request, obj=None):
        return ["statement"] if obj else []

    def change_view(self, request, object_id, form_url="", extra_context=None):
        edition = self.get_object(request, unquote(object_id))
        # What was a draft when its form was opened may be published by now.
        is_late = request.method == "POST" and edition and edition.published
        if is_late and super().has_change_permission(request) and self.has_add_permission(request):
            return self.go_on_as_new(request, edition)
        return super().change_view(request, object_id, form_url, extra_context)

    def go_on_as_new(self, request, edition):
        """The form of a new edition, with what was typed into one that takes no change any more."""
        words = _(
            "This edition is published by now and can no longer be changed, so yours is not "
            "saved. What you typed is kept below as a new edition: say what changed, and save it."
        )
        self.message_user(request, words, messages.WARNING)
        fields = flatten_fieldsets(self.fieldsets)
        typed = {name: request.POST.get(name, "") for name in fields}
        request.method = "GET"
        request.GET = QueryDict(urlencode(typed | {"statement": edition.statement_id}))
        response = self.add_view(request, form_url=reverse("admin:statements_edition_add"))
        response.status_code = HTTPStatus.CONFLICT
        return response

    def get_changeform_initial_data(self, request):
        """A new edition starts from the newest text of its statement."""
        initial = super().get_changeform_initial_data(request)
        statement = Statement.objects.filter(pk=initial.get("statement")).first()
        if statement and statement.current:
            newest = {name: getattr(statement.current, name) for name in ("excerpt", "body")}
            return newest | initial
        return initial

    def make_draft(self, record):
        """It counts from the editions that are published by now."""
        super().make_draft(record)
        record.number = None

    def view_on_site(self, edition):
        return public_address(edition)

    def publishing_warnings(self, record, verb):
        return [
            words
            for words, holds in [
                (_("It is for good: a correction is a new edition."), True),
                (
                    _("It has no date of adoption: its page says that none is recorded."),
                    not record.adopted_on,
                ),
                (_("It is not the whole text: its page says so."), not record.complete),
            ]
            if holds
        ]


@admin.register(Page)
class PageAdmin(VersionedMixin, HistoryMixin, admin.ModelAdmin):
    """The site links to each page: there are always these, and staff change their words."""

    list_display = ["title", "slug"]
    search_fields = ["title", "body"]
    readonly_fields = ["slug"]
    formfield_overrides = {MarkdownField: {"widget": AdminTextareaWidget({"rows": 40})}}
    fieldsets = [
        (None, {"fields": ["slug", "title", "lead"]}),
        (
            _("Text"),
            {
                "fields": ["body"],
                "description": _(
                    "Markdown. A blank line starts a paragraph, ## a heading, - a point of a list. "
                    "**These words** are bold, and [these words](/regions/) a link. {#federal} "
                    "behind a heading is its address, /guide/#federal: keep it, for other pages "
                    "link to it. Counts, lists and drawings come by themselves."
                ),
            },
        ),
    ]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
