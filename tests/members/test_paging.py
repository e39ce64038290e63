import pytest

from members.paging import FrugalPaginator


class Things(list):
    """A list that tells how often it was counted."""

    counted = 0

    def count(self):
        self.counted += 1
        return len(self)


@pytest.mark.parametrize(
    ("things", "pages"),
    [("", [""]), ("a", ["a"]), ("ab", ["ab"]), ("abc", ["ab", "c"]), ("abcd", ["ab", "cd"])],
)
def test_only_what_does_not_fit_on_one_page_is_counted(things, pages):
    things = Things(things)
    paginator = FrugalPaginator(things, 2)
    assert paginator.count == len(things)
    assert paginator.num_pages == len(pages)
    assert ["".join(paginator.page(number)) for number in paginator.page_range] == pages
    assert things.counted == (len(pages) > 1)


def test_a_page_that_is_not_there_is_the_last_one():
    assert list(FrugalPaginator(Things("abc"), 2).get_page("9")) == ["c"]
