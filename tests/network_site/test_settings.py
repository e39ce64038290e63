import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
GIVEN = {
    "SECRET_KEY": "fictional " * 7,
    "ALLOWED_HOSTS": "fictional.example",
    "SUPPORT_UNIT_EMAIL": "support-unit@fictional.example",
    "EMAIL_URL": "smtp+tls://fictional:password@mail.fictional.example:587",
}
SHOWN = """
import json, django
from django.conf import settings
django.setup()
print(json.dumps({name: getattr(settings, name) for name in (
    "DEBUG ALLOWED_HOSTS SECURE_SSL_REDIRECT SECURE_HSTS_SECONDS SECURE_HSTS_INCLUDE_SUBDOMAINS "
    "SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE SESSION_COOKIE_HTTPONLY SECURE_PROXY_SSL_HEADER "
    "SECURE_CONTENT_TYPE_NOSNIFF X_FRAME_OPTIONS SECURE_REFERRER_POLICY DATABASES STORAGES "
    "EMAIL_BACKEND EMAIL_HOST EMAIL_PORT EMAIL_USE_TLS EMAIL_FILE_PATH EMAIL_TIMEOUT "
    "DEFAULT_FROM_EMAIL SERVER_EMAIL CLIENT_ADDRESS_HEADER SESSION_COOKIE_NAME CSRF_COOKIE_NAME "
    "SESSION_COOKIE_PATH CSRF_COOKIE_PATH SESSION_COOKIE_DOMAIN CSRF_COOKIE_DOMAIN").split()
}))
"""


@pytest.fixture
def load(tmp_path):
    """Loads a copy of the settings in a process with these variables alone, and without .env."""
    for app in ("network_site", "members", "jobs", "statements"):
        shutil.copytree(ROOT / app, tmp_path / app, ignore=shutil.ignore_patterns("data"))

    def run(**variables):
        return subprocess.run(
            [sys.executable, "-c", SHOWN],
            cwd=tmp_path,
            env={"DJANGO_SETTINGS_MODULE": "network_site.settings", "PATH": os.defpath} | variables,
            capture_output=True,
            text=True,
        )

    return run


def check_refused(result, message):
    assert result.returncode != 0
    assert "ImproperlyConfigured" in result.stderr
    assert message in result.stderr
    assert GIVEN["SECRET_KEY"].strip() not in result.stderr


@pytest.mark.parametrize("value", [None, "", " "], ids=["missing", "empty", "blank"])
@pytest.mark.parametrize("name", GIVEN)
def test_the_site_does_not_start_without(load, name, value):
    variables = {key: text for key, text in GIVEN.items() if key != name}
    check_refused(load(**variables, **{name: value} if value is not None else {}), f"Set {name}")


def test_the_site_names_all_that_is_missing(load):
    result = load()
    check_refused(result, "Set SECRET_KEY")
    assert all(name in result.stderr for name in GIVEN)


def test_the_site_does_not_answer_for_any_host(load):
    check_refused(load(**GIVEN | {"ALLOWED_HOSTS": "fictional.example,*"}), "never *")


def test_with_the_required_variables_alone_every_default_is_the_safe_one(load, tmp_path):
    result = load(**GIVEN)
    assert result.returncode == 0, result.stderr
    settings = json.loads(result.stdout)
    assert settings["DEBUG"] is False
    assert settings["ALLOWED_HOSTS"] == ["fictional.example"]
    assert settings["SECURE_HSTS_SECONDS"] >= 365 * 24 * 3600
    assert settings["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]
    assert settings["SECURE_REFERRER_POLICY"] == "same-origin"
    assert settings["X_FRAME_OPTIONS"] == "DENY"
    assert settings["DATABASES"]["default"]["NAME"] == str(tmp_path / "var" / "db.sqlite3")
    assert "Manifest" in settings["STORAGES"]["staticfiles"]["BACKEND"]
    assert settings["EMAIL_BACKEND"] == "network_site.mail.EmailBackend"
    assert (settings["EMAIL_HOST"], settings["EMAIL_PORT"]) == ("mail.fictional.example", 587)
    assert settings["EMAIL_USE_TLS"] is True
    assert 0 < settings["EMAIL_TIMEOUT"] <= 5
    assert settings["DEFAULT_FROM_EMAIL"] == settings["SERVER_EMAIL"] == GIVEN["SUPPORT_UNIT_EMAIL"]
    assert settings["CLIENT_ADDRESS_HEADER"] == ""
    for name in ("SECURE_SSL_REDIRECT", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SESSION_COOKIE_SECURE"):
        assert settings[name] is True
    for name in ("CSRF_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SECURE_CONTENT_TYPE_NOSNIFF"):
        assert settings[name] is True
    for name in ("SESSION_COOKIE", "CSRF_COOKIE"):
        assert settings[f"{name}_NAME"].startswith("__Host-")
        assert settings[f"{name}_PATH"] == "/"
        assert settings[f"{name}_DOMAIN"] is None


def test_https_is_switched_off_by_name_only_and_then_no_proxy_is_trusted(load):
    settings = json.loads(load(**GIVEN, HTTPS="off").stdout)
    assert settings["SECURE_SSL_REDIRECT"] is settings["SESSION_COOKIE_SECURE"] is False
    assert settings["SECURE_HSTS_SECONDS"] == 0
    assert settings["SECURE_PROXY_SSL_HEADER"] is None
    assert settings["SESSION_COOKIE_NAME"] == "sessionid"
    assert settings["CSRF_COOKIE_NAME"] == "csrftoken"
    assert settings["DEBUG"] is False


def test_a_file_beside_manage_py_gives_what_the_process_does_not(load, tmp_path):
    lines = [f"{name}={value.replace(' ', '-')}" for name, value in GIVEN.items()]
    (tmp_path / ".env").write_text("\n".join(lines))
    settings = json.loads(load(ALLOWED_HOSTS="process.example").stdout)
    assert settings["ALLOWED_HOSTS"] == ["process.example"]


def test_without_https_and_a_mail_server_each_e_mail_is_a_file(load, tmp_path):
    given = {name: value for name, value in GIVEN.items() if name != "EMAIL_URL"}
    settings = json.loads(load(**given, HTTPS="off").stdout)
    assert settings["EMAIL_BACKEND"] == "django.core.mail.backends.filebased.EmailBackend"
    assert settings["EMAIL_FILE_PATH"] == str(tmp_path / "var" / "mail")


def test_a_mail_server_that_is_no_address_is_refused(load):
    check_refused(load(**GIVEN | {"EMAIL_URL": "mail.fictional.example"}), "email")


def test_a_database_server_that_does_not_answer_is_not_waited_for(load):
    for given, seconds in {"": 3, "?connect_timeout=9": 9}.items():
        result = load(**GIVEN, DATABASE_URL=f"postgres://name@db.fictional.example/name{given}")
        options = json.loads(result.stdout)["DATABASES"]["default"]["OPTIONS"]
        assert options["connect_timeout"] == seconds
        assert options["keepalives_idle"] == 10
