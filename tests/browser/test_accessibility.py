"""Every page can be read and used by everybody: what a checker sees, and what it does not see.

Menus that fold are opened first, so that what they hide is judged too.
"""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.pages import PAGES

pytestmark = pytest.mark.browser

CHECKS = Path(__file__).with_name("checks.js")
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
SMALLEST = {"width": 320, "height": 640}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What WCAG 1.4.12 asks a page to bear.
WIDE_SPACING = """
* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
p { margin-block-end: 2em !important }
"""
AS_USUAL = {"standard": 16, "fixed": 13}
TWICE_AS_LARGE = {"standard": 32, "fixed": 26}

every_page = pytest.mark.parametrize("name", PAGES)


@pytest.fixture(scope="module")
def window(browser, base_url):
    """One for all tests here: a window takes longer to open than a page to be looked at."""
    page = browser.new_page(base_url=base_url)
    page.add_init_script(path=CHECKS)
    yield page
    page.close()


@pytest.fixture
def set_font_sizes(window):
    """Sets the browser's own sizes of text, which are the usual ones again afterwards."""
    developer_tools = window.context.new_cdp_session(window)

    def set_(sizes):
        developer_tools.send("Page.setFontSizes", {"fontSizes": sizes})

    yield set_
    set_(AS_USUAL)
    developer_tools.detach()


@pytest.fixture
def open_page(window):
    """Opens a page of the site by its name, all folds open, and the checks at hand."""
    page = window
    # A colour on its way to another one would be measured somewhere in between.
    page.emulate_media(color_scheme="light", forced_colors="none", reduced_motion="reduce")

    def open_(name, size=PHONE):
        address, status = PAGES[name]
        page.set_viewport_size(size)
        assert page.goto(address).status == status
        page.evaluate("checks.openDetails()")
        return page

    return open_


def axe_findings(page, *, contrast=True):
    """What axe takes for wrong, or cannot tell: the rule and where."""
    rules = {"color-contrast": {"enabled": contrast}}
    options = {"runOnly": RULES, "rules": rules, "resultTypes": ["violations", "incomplete"]}
    results = Axe().run(page, options=options).response
    return [
        f"{rule['id']}: {' '.join(node['target'])}"
        for rule in results["violations"] + results["incomplete"]
        for node in rule["nodes"]
        # Of words in a drawing axe cannot tell what lies behind them.
        if not node["html"].startswith("<text")
    ]


def tab_findings(page):
    """What is wrong on the way through the page with the Tab key, from the top to the end."""
    for _ in range(page.evaluate("checks.startWalk()")):
        page.keyboard.press("Tab")
    return page.evaluate("checks.endWalk()")


def assert_nothing(found, where=""):
    """Fails with the whole list, which a comparison of lists would cut short."""
    if found:
        pytest.fail("\n".join([f"{len(found)} findings {where}", *found]))


def assert_text_fits(page, where=""):
    assert_nothing(page.evaluate("checks.spilledText()"), where)


def assert_text_fits_at_twice_its_size(page):
    for width in (320, 640, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
        assert_text_fits(page, f"at {width} pixels")


def adopt(page, css):
    page.evaluate("css => checks.adopt(css)", css)


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@every_page
def test_axe_finds_nothing_and_targets_are_large_enough(open_page, name, size):
    page = open_page(name, size)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert_nothing(axe_findings(page), f"in {scheme} colours")
    assert_nothing(page.evaluate("checks.smallTargets()"))


@every_page
def test_no_text_is_lost_on_the_smallest_screen_with_wide_spacing_or_from_right_to_left(
    open_page, name
):
    page = open_page(name, SMALLEST)
    assert_text_fits(page)
    adopt(page, WIDE_SPACING)
    assert page.evaluate("getComputedStyle(document.body).letterSpacing") == "2.16px"
    assert_text_fits(page, "with wide spacing")
    page.evaluate("document.documentElement.dir = 'rtl'")
    for size in (SMALLEST, DESK):
        page.set_viewport_size(size)
        assert_text_fits(page, f"from right to left, {size}")


@every_page
def test_no_text_is_lost_at_twice_its_size(open_page, set_font_sizes, name):
    page = open_page(name)
    # In the browser's settings, by which it also takes the screen for narrower.
    set_font_sizes(TWICE_AS_LARGE)
    assert_text_fits_at_twice_its_size(page)
    # Or for the text alone: the layout stays that of a screen of this width.
    set_font_sizes(AS_USUAL)
    adopt(page, ":root { font-size: 200% !important }")
    assert_text_fits_at_twice_its_size(page)


@pytest.mark.parametrize(
    ("size", "scheme"), [(PHONE, "light"), (DESK, "dark")], ids=["phone, light", "desk, dark"]
)
@every_page
def test_tab_goes_through_the_page_in_order_and_shows_where_it_is(open_page, name, size, scheme):
    page = open_page(name, size)
    page.emulate_media(color_scheme=scheme)
    assert_nothing(tab_findings(page))


@pytest.mark.parametrize("name", ["home", "answer", "filtered members", "wrong filter"])
def test_colours_that_the_reader_forces_leave_every_edge(open_page, name):
    page = open_page(name)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, forced_colors="active")
        assert_nothing(page.evaluate("checks.edgeless()"), f"in forced {scheme} colours")
        # Contrast is the reader's choice then, and axe sees the colours that the page asked for.
        assert_nothing(axe_findings(page, contrast=False), f"in forced {scheme} colours")


# Each check finds what it is for ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("check", "css", "finding"),
    [
        ("spilledText", "h1 { white-space: nowrap; font-size: 9rem }", "scrolls sideways"),
        ("spilledText", "h1 { margin-inline-start: -2rem }", "runs out of the page"),
        ("spilledText", "h1 { block-size: 1em; overflow: hidden }", "runs out of its box"),
        ("spilledText", ".tiles a { inline-size: 1ch }", "runs out of its box"),
        ("spilledText", "h1 { margin-block-end: -3rem }", "lie over one another"),
        ("smallTargets", ".tiles a { min-block-size: 0; block-size: 20px }", "by 20.0 pixels"),
        ("smallTargets", ".tiles a { inline-size: 4rem }", "lie over one another"),
        ("edgeless", ".btn { border: 0 }", "no visible edge"),
        ("edgeless", ".map .inline a { text-decoration: none }", "no visible edge"),
    ],
)
def test_a_broken_page_is_measured(open_page, check, css, finding):
    page = open_page("home")
    page.emulate_media(forced_colors="active" if check == "edgeless" else "none")
    assert page.evaluate(f"checks.{check}()") == []
    adopt(page, css)
    assert finding in str(page.evaluate(f"checks.{check}()"))


@pytest.mark.parametrize(
    ("css", "finding"),
    [
        (":focus-visible { outline: 0 }", "has no outline"),
        (":focus-visible { outline-color: #ddd }", "has an outline that is hard to see"),
        (".skip:focus { inset-block-start: -6rem }", "is out of view"),
        ("body::after { content: ''; position: fixed; inset: 0 }", "is covered"),
    ],
)
def test_a_focus_that_cannot_be_seen_is_found(open_page, css, finding):
    page = open_page("organization")
    adopt(page, css)
    assert finding in str(tab_findings(page))


@pytest.mark.parametrize(
    ("index", "finding"), [(-1, "Tab never comes to"), (1, "Tab comes to")], ids=["never", "early"]
)
def test_a_link_that_tab_leaves_out_or_takes_too_early_is_found(open_page, index, finding):
    page = open_page("organization")
    page.evaluate("index => { document.querySelector('main a').tabIndex = index }", index)
    assert finding in str(tab_findings(page))


def test_axe_is_asked_for_contrast_names_and_good_practice(open_page):
    page = open_page("home")
    adopt(page, ".band p { color: #999 }")
    page.evaluate("document.querySelector('label').remove()")
    page.evaluate("document.querySelector('main').append(document.createElement('h6'))")
    rules = {finding.partition(":")[0] for finding in axe_findings(page)}
    assert rules >= {"color-contrast", "label", "empty-heading"}
