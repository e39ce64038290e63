"""The pages of a list."""

from django.core.paginator import Paginator
from django.utils.functional import cached_property


class FrugalPaginator(Paginator):
    """Counts only what does not fit on one page: of a short list the rows tell how many.

    For a first page, or with a ``count`` from elsewhere; it knows no ``orphans``.
    """

    @cached_property
    def first(self):
        """What is on the first page, and one more if there is more."""
        return list(self.object_list[: self.per_page + 1])

    @cached_property
    def count(self):
        return super().count if len(self.first) > self.per_page else len(self.first)

    def page(self, number):
        if self.validate_number(number) == 1:
            return self._get_page(self.first[: self.per_page], 1, self)
        return super().page(number)
