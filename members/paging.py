"""The pages of a list."""

from django.core.paginator import Paginator
from django.utils.functional import cached_property


def is_first(page):
    """Whether a page, as it comes from an address, is the first one; it may be no number at all."""
    return page in {None, 1, "1"}


class FrugalPaginator(Paginator):
    """Counts only what does not fit on one page: of a short list the rows tell how many.

    For a first page; whoever sets its ``count`` can have any page, each read when it is shown. It
    knows no ``orphans``.
    """

    @cached_property
    def first(self):
        """What is on the first page, and one more if there is more."""
        return list(self.object_list[: self.per_page + 1])

    @cached_property
    def count(self):
        return super().count if len(self.first) > self.per_page else len(self.first)

    def page(self, number):
        # Where the count came from elsewhere, the rows of the first page have not been read.
        if self.validate_number(number) == 1 and "first" in vars(self):
            return self._get_page(self.first[: self.per_page], 1, self)
        return super().page(number)
