"""Publish and withdraw, each after a question, and the preview: for any model that has the verbs.

The model has a field ``published``, a method for each verb, and the permission
``publish_<model>``; a method may refuse with a ValidationError.
"""

from django.contrib import admin, messages
from django.contrib.auth import get_permission_codename
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.admin.pages import RecordPages


class Verb(TextChoices):
    """The value is the name of the model's method."""

    PUBLISH = "publish", gettext_lazy("Publish")
    WITHDRAW = "withdraw", gettext_lazy("Withdraw")

    @property
    def lead(self):
        if self is Verb.PUBLISH:
            return _("Once published, everybody can read this on the public site.")
        return _(
            "This goes from the public site at once: page, lists, finder, search and feeds. "
            "Nothing is deleted, and it can be published again."
        )

    @property
    def done(self):
        return (
            _("Published: %(records)s.") if self is Verb.PUBLISH else _("Withdrawn: %(records)s.")
        )

    @property
    def nothing_to_do(self):
        if self is Verb.PUBLISH:
            return _("Nothing to publish: this is published already.")
        return _("Nothing to withdraw: this is not published.")

    @property
    def note(self):
        return _("Published.") if self is Verb.PUBLISH else _("Withdrawn.")


class Preview:
    """Before a public detail view: shows a record that need not be public, to the desk only."""

    has_page = True

    def get(self, request, record):
        self.object = record
        return self.render_to_response(self.get_context_data(object=record))

    def get_template_names(self):
        return ["preview.html"]

    def get_context_data(self, **kwargs):
        public_template, *_others = super().get_template_names()
        # Links to what goes with the public page lead nowhere while there is none.
        return super().get_context_data(
            public_template=public_template, has_no_page=not self.has_page, **kwargs
        )


class DraftsMixin:
    """For a ModelAdmin: who may change a draft may also delete it."""

    def is_draft(self, record):
        return not record.published

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) or (
            obj is not None and self.is_draft(obj) and self.has_change_permission(request, obj)
        )


class PublishingMixin(DraftsMixin, RecordPages):
    """``verbs`` may be fewer; ``preview`` is a class made of ``Preview`` and the public view."""

    actions = ["publish_selected", "withdraw_selected"]
    verbs = [Verb.PUBLISH, Verb.WITHDRAW]
    preview = None

    def publishing_warnings(self, record, verb):
        """What to know before the verb is done to the record, in sentences."""
        return []

    def has_publish_permission(self, request, obj=None):
        codename = get_permission_codename("publish", self.opts)
        return request.user.has_perm(f"{self.opts.app_label}.{codename}")

    @admin.action(description=Verb.PUBLISH.label, permissions=["publish"])
    def publish_selected(self, request, queryset):
        return self.carry_out(request, queryset, Verb.PUBLISH)

    @admin.action(description=Verb.WITHDRAW.label, permissions=["publish"])
    def withdraw_selected(self, request, queryset):
        return self.carry_out(request, queryset, Verb.WITHDRAW)

    def carry_out(self, request, queryset, verb):
        """Asks first; answers None when there is nothing more to ask."""
        records = list(queryset.filter(published=verb is Verb.WITHDRAW))
        if not records:
            self.message_user(request, verb.nothing_to_do, messages.WARNING)
        elif "confirmed" in request.POST:
            change = getattr(self.model, verb)
            self.change_each(request, records, change, done=verb.done, note=verb.note)
        else:
            return self.ask(
                request,
                [(one, self.publishing_warnings(one, verb)) for one in records],
                action=f"{verb}_selected",
                title=_("%(verb)s: %(records)s")
                % {"verb": verb.label, "records": self.in_words(records)},
                lead=verb.lead,
                button=verb.label,
            )

    def verb_page(self, verb):
        def page(request, record):
            queryset = self.get_queryset(request).filter(pk=record.pk)
            return self.carry_out(request, queryset, verb) or self.back_to(record)

        return page

    def preview_page(self, request, record):
        has_page = self.view_on_site(record) is not None
        return self.preview.as_view(has_page=has_page)(request, record)

    def get_actions(self, request):
        actions = super().get_actions(request)
        left_out = {f"{verb}_selected" for verb in Verb if verb not in self.verbs}
        return {name: action for name, action in actions.items() if name not in left_out}

    def response_post_save_add(self, request, obj):
        """To its form, where the next steps are."""
        words = _("It is a draft that only the desk sees. Look at its preview.")
        if self.has_publish_permission(request):
            words = _("It is a draft that only the desk sees. Look at its preview, and publish it.")
        self.message_user(request, words, messages.INFO)
        return self.back_to(obj)

    def get_urls(self):
        pages = [
            self.record_path(verb.value, self.verb_page(verb), verb="publish")
            for verb in self.verbs
        ]
        if self.preview:
            pages.append(self.record_path("preview", self.preview_page))
        return pages + super().get_urls()

    def object_tools(self, request, record):
        tools = super().object_tools(request, record)
        verb = Verb.WITHDRAW if record.published else Verb.PUBLISH
        if self.preview:
            tools.append((_("Preview"), self.address_of("preview", record.pk)))
        if verb in self.verbs and self.has_publish_permission(request):
            tools.append((verb.label, self.address_of(verb.value, record.pk)))
        return tools
