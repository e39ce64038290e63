"""The rules of the house, read from the source: each scanner is shown to find what it forbids."""

import ast
import gzip
import re
from html.parser import HTMLParser
from importlib.util import resolve_name
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = sorted(ROOT.glob("templates/**/*.html"))
STYLESHEETS = sorted(ROOT.glob("static/**/*.css"))
LOCKS = sorted(ROOT.glob("requirements*.lock"))

# What each package may import of ours.
MAY_IMPORT = {
    "members": set(),
    "jobs": {"members"},
    "statements": {"members"},
    "network_site": {"members", "jobs", "statements"},
}
OURS = {*MAY_IMPORT, "benchmarks", "tests"}
# Inside an app a module imports from its own layer or a lower one; what is not named is lowest.
LAYERS = {
    **dict.fromkeys(("exports", "feeds", "filters", "forms", "sign_in_forms", "sitemaps"), 1),
    **dict.fromkeys(("accounts", "admin", "contact_views", "page_views", "sign_in", "views"), 2),
    **dict.fromkeys(("management", "urls"), 3),
}
# The finder's modules know nothing of requests and pages.
PURE = tuple(f"members.{name}" for name in "coverage lookup names postcodes reasons".split())
OF_REQUESTS = tuple(
    f"django.{part}" for part in ("forms", "http", "shortcuts", "template", "urls", "views")
)

# Text that is marked as safe comes out of the sanitiser (nh3), is a rendered form, or is JSON
# escaped for its block.
MAY_MARK_SAFE = {"members/markdown.py", "network_site/pages.py"}
MAY_USE_SAFE = "templates/pages/site/"  # crispy-forms hands its pack rendered HTML

# What changes records past their history, and on what it may be called: on what has none.
PAST_HISTORY = {
    *("abulk_create", "abulk_update", "bulk_create", "bulk_update", "_raw_delete"),
    *("aupdate", "update", "save_without_historical_record"),
}
MAY_PASS_HISTORY = {
    "members/gazetteer/load.py: Region.objects",
    "members/models/history.py: history.objects",
    "members/models/words.py: self",
    "network_site/second_factor.py: StaticToken.objects",
}

PHYSICAL = re.compile(
    r"(?<![\w-])(?:[\w-]+-)?(?:left|right)(?:-[\w-]+)?\s*:"
    r"|\b(?:text-align|float|clear)\s*:\s*(?:left|right)\b"
)
FOREIGN = re.compile(r"data:|(?:https?:)?//", re.IGNORECASE)
NEVER = {"base", "embed", "iframe", "object", "style"}
LOADS = re.compile(r".* (?:data|poster|src|srcset|(?:form)?action)|(?:image|link|use) .*href")


# Python ------------------------------------------------------------------------------------------


def modules(package):
    """Path, dotted name, and the package that relative imports start from, of each module."""
    for path in sorted((ROOT / package).rglob("*.py")):
        *parents, name = path.relative_to(ROOT).with_suffix("").parts
        parent = ".".join(parents)
        yield path, parent if name == "__init__" else f"{parent}.{name}", parent


def imports(source, package):
    """Every dotted name that the source imports, also inside functions."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            name = resolve_name("." * node.level + (node.module or ""), package)
            yield from (name, *(f"{name}.{alias.name}" for alias in node.names))


def layer(parts):
    return LAYERS.get(parts[0], 0) if parts else 0


def wrong_directions(module, imported):
    """The imports that lead from the module to where it may not look."""
    app, *inside = module.split(".")
    for name in imported:
        other, *part = name.split(".")
        if (
            (other in OURS - {app} - MAY_IMPORT[app])
            or (other == app and layer(part) > layer(inside))
            or (module.startswith(PURE) and name.startswith(OF_REQUESTS))
        ):
            yield f"{module} imports {name}"


def marks_safe(source):
    """Whether the source declares text to be safe HTML, under whatever name it imports that."""
    named = {
        getattr(node, "id", None) or getattr(node, "attr", None) or getattr(node, "name", None)
        for node in ast.walk(ast.parse(source))
    }
    return bool(named & {"mark_safe", "Markup", "SafeString", "SafeText", "__html__"})


def calls_past_history(source):
    """On what the source calls any of that, as it is written there; or how it leaves it out."""
    tree = ast.parse(source)
    # What is passed by position goes to the ``update`` of a dictionary or a set.
    of_others = {node.func for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in PAST_HISTORY:
            if node.attr != "update" or node not in of_others:
                yield ast.unparse(node.value)
        elif "skip_history_when_saving" in (getattr(node, "attr", ""), getattr(node, "value", "")):
            yield "skip_history_when_saving"


def defines_tests(source):
    return any(
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
        for node in ast.walk(ast.parse(source))
    )


@pytest.mark.parametrize("app", MAY_IMPORT)
def test_imports_lead_only_downwards(app):
    found = [
        finding
        for path, module, package in modules(app)
        for finding in wrong_directions(module, imports(path.read_text(), package))
    ]
    assert not found


def test_the_modules_of_the_finder_are_where_the_rule_looks():
    assert {module for _, module, _ in modules("members")} >= set(PURE)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("members.models", "import jobs"),
        ("members.views", "def view():\n    from jobs.models import JobOpening"),
        ("members.models", "from network_site import settings"),
        ("jobs.models", "import statements.models"),
        ("network_site.settings", "import benchmarks.finder"),
        ("members.models", "from .forms import FinderForm"),
        ("members.models.regions", "from ..views import finder"),
        ("members.forms", "from . import views"),
        ("members.filters.base", "import members.views.finder"),
        ("members.views", "from members.urls import urlpatterns"),
        ("members.lookup", "from django.shortcuts import render"),
        ("members.coverage", "from django import template"),
        ("members.names", "import django.http.request"),
    ],
)
def test_a_wrong_direction_is_found(module, source):
    assert list(wrong_directions(module, imports(source, module.rpartition(".")[0])))


def test_right_directions_pass():
    source = "from django.shortcuts import render\nfrom .models import Region\nfrom . import forms"
    assert not list(wrong_directions("members.views", imports(source, "members")))


def test_only_the_sanitiser_marks_text_as_safe():
    marking = {
        str(path.relative_to(ROOT))
        for app in MAY_IMPORT
        for path, _, _ in modules(app)
        if marks_safe(path.read_text())
    }
    assert marking <= MAY_MARK_SAFE


@pytest.mark.parametrize(
    "source",
    [
        "from django.utils.safestring import mark_safe as ok",
        "from django.utils import safestring\nsafestring.mark_safe(text)",
        "class Text(str):\n    def __html__(self):\n        return self",
        "import markupsafe\nmarkupsafe.Markup(text)",
    ],
)
def test_marking_text_as_safe_is_found(source):
    assert marks_safe(source)
    assert not marks_safe("from django.utils.html import format_html")


def test_nothing_is_saved_past_the_history():
    found = {
        f"{path.relative_to(ROOT)}: {receiver}"
        for app in MAY_IMPORT
        for path, module, _ in modules(app)
        if ".migrations." not in module
        for receiver in calls_past_history(path.read_text())
    }
    assert not found - MAY_PASS_HISTORY


@pytest.mark.parametrize(
    "source",
    [
        "Organization.objects.filter(pk=1).update(published=True)",
        "queryset.update(**values)",
        "change = Coverage.objects.bulk_create\nchange(rules)",
        "organization.coverage.bulk_update(rules, ['note'])",
        "queryset._raw_delete('default')",
        "opening.save_without_historical_record()",
        "opening.skip_history_when_saving = True",
        "setattr(opening, 'skip_history_when_saving', True)",
    ],
)
def test_what_passes_the_history_is_found(source):
    assert list(calls_past_history(source))
    assert not list(calls_past_history("organization.save()\nseen.update(more)\nform.updated = 1"))


def test_files_with_tests_are_named_so_and_files_named_so_have_tests():
    for path in ROOT.glob("tests/**/*.py"):
        assert defines_tests(path.read_text()) == path.name.startswith("test_"), path
    assert not defines_tests("import pytest\n\ndef testing():\n    ...")


# Templates ---------------------------------------------------------------------------------------


class TagScanner(HTMLParser):
    found = ()

    def handle_starttag(self, tag, attrs):
        values = {name: (value or "").strip().lower() for name, value in attrs}
        if tag in NEVER or (tag == "script" and values.get("type") != "application/ld+json"):
            self.found += (tag,)
        self.found += tuple(
            f"{tag} {name}={value}"
            for name, value in values.items()
            if name == "style"
            or name.startswith("on")
            or value.startswith("javascript:")
            or (LOADS.fullmatch(f"{tag} {name}") and FOREIGN.match(value))
        )


def blocked(template):
    """The tags and attributes that the security policy blocks, or that load from elsewhere."""
    scanner = TagScanner()
    scanner.feed(re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", "", template, flags=re.DOTALL))
    scanner.close()
    return scanner.found


def unescaped(template):
    return re.findall(
        r"(?:\||{%[-+]?\s*filter)\s*safe(?:seq)?\b|{%[-+]?\s*autoescape\s+(?!on\b|true\b)",
        template,
        re.IGNORECASE,
    )


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_templates_escape_everything_and_load_nothing_from_elsewhere(path):
    template = path.read_text()
    assert not blocked(template)
    assert path.is_relative_to(ROOT / MAY_USE_SAFE) or not unescaped(template)


@pytest.mark.parametrize(
    "template",
    [
        '<p{% if a > b %} style="color: red"{% endif %}>',
        "<a\nhref='/' ONCLICK=go()>",
        '<a href="javascript:go()">',
        "<script>go()</script>",
        '<script type="module" src="{% static "a.js" %}"></script>',
        '<img src="//example.org/{{ name }}.png" alt="">',
        '<img src="data:image/png;base64,AAAA" alt="">',
        '<link rel="stylesheet" href="https://example.org/site.css">',
        '<form action="https://example.org/">',
        '<iframe src="/map/"></iframe>',
    ],
)
def test_what_the_policy_blocks_is_found(template):
    assert blocked(template)


def test_what_the_policy_allows_passes():
    assert not blocked(
        '<script type="application/ld+json">{"@context": "https://schema.org"}</script>'
        '<link rel="canonical" href="{{ address }}"><a href="https://example.org/">x</a>'
        '<img src="{% static "a.png" %}" alt="">{% include "a.html" with one=1 style="x" %}'
    )


def test_switched_off_escaping_is_found():
    assert unescaped("{{ text|safe }}")
    assert unescaped("{{ texts | safeseq|join:' ' }}")
    assert unescaped("{% autoescape off %}")
    assert unescaped("{%- autoescape False %}")
    assert unescaped("{%+ filter safe %}")
    assert not unescaped("{% autoescape true %}")
    assert not unescaped("{{ text|safer }} is safe")


# Stylesheets, lock files -------------------------------------------------------------------------


def css_findings(css):
    """Physical directions, which a right-to-left language would break, and foreign resources."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    urls = re.findall(r"url\(\s*['\"]?([^'\")]*)", css)
    return [
        *(match.group().strip() for match in PHYSICAL.finditer(css)),
        *(url for url in urls if FOREIGN.match(url)),
        *re.findall(r"@import[^;]*", css),
    ]


def lock_findings(lock):
    """Addresses and sources, and pins without a hash."""
    unhashed = re.findall(r"^[\w.-]+==(?!.*\\\n +--hash=sha256:).*", lock, flags=re.MULTILINE)
    return [*re.findall(r".*://.*|^-.*", lock, flags=re.MULTILINE), *unhashed]


def pins(lock):
    return set(re.findall(r"^[\w.-]+==[^ ;]+", lock, flags=re.MULTILINE))


def test_stylesheets_are_logical_local_and_small():
    assert STYLESHEETS
    assert not {
        path.name: found for path in STYLESHEETS if (found := css_findings(path.read_text()))
    }
    assert sum(len(gzip.compress(path.read_bytes())) for path in STYLESHEETS) <= 8_000


@pytest.mark.parametrize(
    "css",
    [
        "a{margin-left:1px}",
        "a { border-top-right-radius : 2px }",
        "a{color:red;left:0}",
        "a{float:left}",
        "a{background:url(data:image/png;base64,AAAA)}",
        "a{background:url( 'https://example.org/a.png')}",
        '@import "other.css";',
    ],
)
def test_physical_css_and_foreign_resources_are_found(css):
    assert css_findings(css)


def test_logical_css_passes():
    assert not css_findings(
        "/* left: of old */ a{margin-inline-start:1px;text-align:start;--bright:1;"
        "background:url('a.png')} p.upright{color:red}"
    )


def test_lock_files_name_no_source_and_hash_every_pin():
    assert len(LOCKS) == 3
    assert not {path.name: found for path in LOCKS if (found := lock_findings(path.read_text()))}


def test_what_is_tested_is_what_is_served():
    dev, served = (pins((ROOT / f"requirements{n}.lock").read_text()) for n in ("-dev", ""))
    assert served
    assert served <= dev


@pytest.mark.parametrize(
    "lock",
    [
        "--index-url https://example.org/simple\n",
        "-f wheels\n",
        "a @ https://example.org/a.whl\n",
        "a==1\nb==1 \\\n    --hash=sha256:00\n",
    ],
)
def test_a_source_or_a_missing_hash_in_a_lock_is_found(lock):
    assert lock_findings(lock)
    assert not lock_findings("b==1 ; sys_platform == 'win32' \\\n    --hash=sha256:00\n")
