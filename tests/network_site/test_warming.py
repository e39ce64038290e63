import pytest
from django.core.management import CommandError, call_command

from network_site.management.commands import warm_cache
from network_site.warming import ENOUGH, FIRST, links, warm

HOST = "www.fictional.example"
PAGES = {
    "/": '<a href="/a/">A</a> <a href="/b/?page=2">B</a> <link href="/static/a.css">',
    "/sitemap.xml": f"<loc>https://{HOST}/c/</loc><loc>https://other.example/d/</loc>",
    "/a/": '<a href="/">Home</a> <a href="/c/#end">C</a> <a href="/gone/">Gone</a>',
    "/c/": '<a href="/a/"> <a href="/admin/"> <a href="/contact/?subject=media">',
}


def site(asked, failing=()):
    def page(path):
        asked.append(path)
        if path in failing:
            return 500, ""
        return (200, PAGES[path]) if path in PAGES else (404, "")

    return page


def test_every_page_is_asked_for_once():
    asked = []
    warmed = warm(site(asked), HOST, limit=100)
    assert asked == ["/", "/sitemap.xml", "/a/", "/c/", "/gone/"]
    assert warmed.pages == ["/", "/sitemap.xml", "/a/", "/c/"]
    assert not warmed.failed


def test_no_more_are_asked_for_than_may_be():
    assert len(warm(site([]), HOST, limit=3).pages) == 3


def test_a_site_that_is_not_well_is_left_alone():
    asked = []
    pages = {"/": "".join(f'<a href="/{number}/">' for number in range(100))}

    def page(path):
        asked.append(path)
        return (200, pages[path]) if path in pages else (0, "")

    assert warm(page, HOST, limit=1000).failed == asked[1:]
    assert len(asked) == 1 + ENOUGH


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ('<a href="/a/">', ["/a/"]),
        (f'<a href="https://{HOST}/a/">', ["/a/"]),
        ('<a href="//other.example/">', []),
        ('<a href="mailto:a@fictional.example">', []),
        ('<a href="/a/?x=1"> <a href="#main"> <a href="">', []),
        (f"<loc>https://{HOST}/a/</loc>", ["/a/"]),
        (f"<loc>https://{HOST}.other.example/a/</loc>", []),
    ],
)
def test_links_are_those_to_own_pages(html, found):
    assert list(links(html, HOST)) == found


@pytest.mark.parametrize(("failing", "fails"), [((), False), (FIRST, True)])
def test_the_command_fails_when_a_page_does(monkeypatch, capsys, failing, fails):
    class Front:
        def __init__(self, host, address):
            assert (host, address) == (HOST, ("127.0.0.1", 443))
            self.page = site([], failing)

        def close(self):
            pass

    monkeypatch.setattr(warm_cache, "Front", Front)
    if fails:
        with pytest.raises(CommandError, match="0 pages warmed, 2 failed, the first of them /"):
            call_command("warm_cache", host=HOST)
    else:
        call_command("warm_cache", host=HOST)
        assert "4 pages warmed" in capsys.readouterr().out
