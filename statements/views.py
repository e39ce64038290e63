from django.http import Http404
from django.shortcuts import get_object_or_404
from django.views.generic import DetailView, ListView

from statements.models import Edition, Statement
from statements.redline import redline
from statements.structured_data import article


class StatementListView(ListView):
    """The statements in force, and apart from them those that no longer hold."""

    template_name = "statements/statement_list.html"

    def get_queryset(self):
        return Statement.objects.in_force().newest_first().with_editions()

    def get_context_data(self, **kwargs):
        former = Statement.objects.published().exclude(pk__in=Statement.objects.in_force())
        return super().get_context_data(former=former.newest_first().with_editions(), **kwargs)


class StatementDetailView(DetailView):
    """The current text of a statement, and its editions."""

    template_name = "statements/statement.html"

    def get_queryset(self):
        return Statement.objects.published().with_editions()

    def get_context_data(self, **kwargs):
        edition = self.object.current
        site = self.request.build_absolute_uri("/")[:-1]
        return super().get_context_data(
            edition=edition,
            in_force=self.object.in_force() is not None,
            article=article(edition, site),
            **kwargs,
        )


class EditionView(DetailView):
    """One edition, at an address that always shows the same words."""

    template_name = "statements/edition.html"

    def get_object(self, queryset=None):
        editions = Edition.objects.published().select_related("statement")
        return get_object_or_404(
            editions, statement__slug=self.kwargs["slug"], number=self.kwargs["number"]
        )

    def get_context_data(self, **kwargs):
        statement = self.object.statement
        return super().get_context_data(
            statement=statement, in_force=statement.in_force() is not None, **kwargs
        )


class ChangesView(EditionView):
    """What an edition changed; there is no such page of the first one."""

    template_name = "statements/edition_changes.html"

    def get_context_data(self, **kwargs):
        edition = self.object
        if edition.previous is None:
            raise Http404
        changes = redline(edition.previous.body_html, edition.body_html)
        return super().get_context_data(changes=changes, **kwargs)
