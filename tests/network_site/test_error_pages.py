import gzip

from django.core.management import call_command

from network_site.management.commands.make_error_pages import PAGES


def test_the_pages_that_nginx_shows_say_where_help_is(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    call_command("make_error_pages", verbosity=0)
    for page in PAGES:
        html = (tmp_path / "errors" / f"{page}.html").read_text()
        assert 'action="/find/"' in html
        assert 'name="robots" content="noindex"' in html
        assert "does not review claims of innocence" in html
        assert "://None" not in html
        packed = (tmp_path / "errors" / f"{page}.html.gz").read_bytes()
        assert gzip.decompress(packed).decode() == html
