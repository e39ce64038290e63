import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members.models import Milestone, ReportedTotal
from statements.growth import growth, moment, step
from tests.pages import Page

# The words of the Network that its history tells.
TOLD = (
    "The advent of new DNA testing methods in the early 1990s gave rise to",
    "had been almost impossible to prove without DNA",
    "including eyewitness misidentification and false confessions",
    "largely housed in law schools in clinical programs",
    "By 2000, there were 10 programs that met in Chicago",
    "the first Innocence Network Conference, now held annually each spring.",
    "In 2004, the member organizations decided to define their association as",
    "a planning committee to create membership criteria and a structure to guide the work",
    "The first 15 official members of the Network were admitted in November 2005",
    "a Network Executive Board was established.",
    "Over the last fifteen years, the Network has more than quadrupled in size",
    "Taiwan, Argentina, South Africa, Italy, and France.",
    "independent nonprofits as well as organizations affiliated in varying degrees with law",
    "units of public defender offices, and pro bono sections of law firms.",
)


@pytest.fixture
def history(client, db):
    return lambda: Page(client.get("/history/"))


@pytest.fixture
def report(db):
    """Puts these totals, as (year, month, total), in place of the starter content's."""

    def replace(*rows):
        ReportedTotal.objects.all().delete()
        for year, month, total in rows:
            ReportedTotal.objects.create(year=year, month=month, total=total)

    return replace


def inside(page, tag, outer):
    """The elements of a tag that stand inside one of the tag ``outer``."""
    return [one for one in page.find(tag) if any(other.tag == outer for other in one.inside)]


def text(element):
    return " ".join(element.text.split())


def rows(page):
    """The cells of the table, without what is small in them."""
    heads, cells = inside(page, "th", "tbody"), inside(page, "td", "tbody")
    return [(text(head), text(cell)) for head, cell in zip(heads, cells, strict=True)]


# The curve ---------------------------------------------------------------------------------------


def test_a_date_is_the_middle_of_what_is_known_of_it():
    assert moment(2000) == 2000.5
    assert moment(2000, 1) == pytest.approx(2000 + 1 / 24)
    assert moment(2000, 6) < moment(2000) < moment(2000, 7)
    assert moment(2000, 12) < moment(2001, 1)


@pytest.mark.parametrize(
    ("span", "most", "size"),
    [(0, 4, 1), (3, 4, 1), (4, 4, 2), (67, 4, 20), (80, 4, 50), (21, 3, 10), (32_767, 4, 10_000)],
)
def test_a_step_is_round_and_taken_less_often_than_the_most(span, most, size):
    assert step(span, most) == size


def test_each_total_stands_at_its_date_and_height():
    curve = growth([(2000, None, 0), (2004, None, 30), (2009, 6, 15)])
    # Ten years are drawn, 2000 to the end of 2009, and forty organizations.
    assert [(point.x, point.y) for point in curve.points] == [
        ("5.0", "100.0"),
        ("45.0", "25.0"),
        ("94.6", "62.5"),
    ]


def test_the_axes_have_few_round_labels_and_end_with_the_last_report():
    curve = growth([(2000, None, 10), (2013, 12, 63), (2020, 6, 67)])
    assert [(mark.label, mark.at) for mark in curve.years] == [
        (2000, "0.0"),
        (2010, "47.6"),
        (2020, "95.2"),
    ]
    assert [(mark.label, mark.at) for mark in curve.lines] == [
        (0, "100.0"),
        (20, "75.0"),
        (40, "50.0"),
        (60, "25.0"),
        (80, "0.0"),
    ]
    assert [mark.anchor for mark in curve.years] == ["start", "middle", "end"]


@pytest.mark.parametrize("last", range(2000, 2201))
def test_no_span_of_years_has_more_labels_than_a_phone_can_show(last):
    curve = growth([(1999, None, 1), (last, 12, 2)])
    assert 1 <= len(curve.years) <= 3
    assert all(0 <= float(mark.at) <= 100 for mark in curve.years)


@pytest.mark.parametrize("most", [0, 1, 3, 4, 5, 9, 10, 99, 100, 101, 32_767])
def test_every_total_stays_below_the_highest_of_at_most_five_lines(most):
    curve = growth([(2000, None, most), (2001, None, 0)])
    assert 2 <= len(curve.lines) <= 5
    assert curve.lines[-1].label > most
    assert all(0 <= float(point.y) <= 100 for point in curve.points)


def test_totals_are_joined_in_the_order_of_their_dates():
    mixed = [(2010, 9, 3), (2010, None, 2), (2010, 2, 1), (2009, None, 0)]
    assert growth(mixed) == growth(sorted(mixed, key=lambda row: row[2]))
    assert [point.x for point in growth(mixed).points] == ["25.0", "56.2", "75.0", "85.4"]


@pytest.mark.parametrize("totals", [[], [(2000, None, 10)]])
def test_one_total_is_no_curve(totals):
    assert growth(totals) is None


def test_two_totals_of_one_day_are_drawn_upright():
    first, second = growth([(2000, 5, 1), (2000, 5, 2)]).points
    assert first.x == second.x
    assert first.y != second.y


def test_no_language_puts_a_comma_into_the_drawing(client, db, settings):
    settings.LANGUAGE_CODE = "de"
    page = Page(client.get("/history/"))
    (curve,) = page.find("polyline")
    assert re.fullmatch(r"(\d+\.\d,\d+\.\d )+", curve["points"])
    assert all(
        "," not in circle["cx"] + circle["cy"] for circle in inside(page, "circle", "figure")
    )


# The page ----------------------------------------------------------------------------------------


def test_the_page_tells_the_history_in_the_words_of_the_network(history):
    told = history().text()
    assert not [words for words in TOLD if words not in told]


def test_the_table_has_every_total_and_the_drawing_a_point_for_each(history):
    page = history()
    totals = list(ReportedTotal.objects.all())
    assert len(totals) == 10
    points = growth([(one.year, one.month, one.total) for one in totals]).points
    assert [(one["cx"], one["cy"]) for one in inside(page, "circle", "figure")] == [
        (f"{point.x}%", f"{point.y}%") for point in points
    ]
    (curve,) = page.find("polyline")
    assert curve["points"].split() == [f"{point.x},{point.y}" for point in points]
    assert [int(cell.split()[0]) for _, cell in rows(page)] == [one.total for one in totals]
    assert rows(page)[0] == ("2000", "10")
    assert rows(page)[-1] == ("June 2020", "67 (55 in the US, 12 elsewhere)")


def test_the_drawing_is_named_by_its_caption_and_says_of_which_day_it_speaks(history):
    page = history()
    (drawing,) = page.find("svg", role="img")
    caption = page.text(drawing["aria-labelledby"])
    assert "from 10 organizations in 2000 to 67 in June 2020." in caption
    assert not page.find("title")[1:], "a page has one title"


def test_the_drawing_and_the_table_follow_what_staff_enter(history, report):
    report((2010, 3, 40), (1999, None, 7), (2010, None, 50))
    page = history()
    assert rows(page) == [("1999", "7"), ("March 2010", "40"), ("2010", "50")]
    assert "from 7 organizations in 1999 to 50 in 2010." in page.text("growth_caption")
    assert len(inside(page, "circle", "figure")) == 3


def test_one_total_is_a_row_without_a_drawing(history, report):
    report((2010, 3, 40))
    page = history()
    assert rows(page) == [("March 2010", "40")]
    assert not page.find("figure")
    assert not inside(page, "circle", "figure")


def test_without_totals_or_milestones_nothing_is_said_of_them(history, report):
    report()
    Milestone.objects.all().delete()
    page = history()
    assert page.status == 200
    assert not page.find("table")
    assert not page.find("figure")
    assert not page.find("time")
    assert [text(one) for one in inside(page, "h2", "main")] == ["The Network"]


def test_a_hundred_totals_are_drawn(history, report):
    report(*[(1950 + number, None, number) for number in range(100)])
    page = history()
    assert len(inside(page, "circle", "figure")) == len(rows(page)) == 100
    assert len(page.find("text")) <= 8


def test_the_milestones_stand_in_order_with_the_month_if_it_is_known(history):
    page = history()
    times = [(one["datetime"], text(one)) for one in page.find("time")]
    assert times[:4] == [
        ("1983", "1983"),
        ("1992", "1992"),
        ("2000", "2000"),
        ("2002-01", "January 2002"),
    ]
    assert ("2005-11", "November 2005") in times
    assert len(times) == Milestone.objects.count() == 21
    years = [datetime[:4] for datetime, _ in times]
    assert years == sorted(years)
    told = page.text()
    for milestone in Milestone.objects.all():
        assert " ".join(f"{milestone.text} Source: {milestone.source}".split()) in told


def test_where_each_total_comes_from_is_told(history):
    told = history().text()
    for total in ReportedTotal.objects.exclude(source=""):
        assert f": {total.source}" in told


def test_no_text_of_staff_becomes_markup(history, report):
    attack = '<img src=x onerror=alert(1)><script>alert(1)</script>"'
    report((2000, None, 1))
    ReportedTotal.objects.create(year=2001, total=2, source=attack)
    Milestone.objects.create(year=2001, text=attack, source=attack)
    page = history()
    assert not [one for one in page.elements if one.tag in {"script", "img"}]
    assert page.html.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 3


def test_the_page_takes_three_queries_however_long_the_history_is(client, db, report):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/history/").status_code == 200
        return len(captured)

    assert queries() == 3
    report(*[(2000 + number, 5, number) for number in range(50)])
    Milestone.objects.bulk_create(Milestone(year=2000, text=f"Fictional {n}") for n in range(50))
    assert queries() == 3
