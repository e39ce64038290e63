"""Who may look at each address of the desk, and who changes something there.

e editor, p publisher, m manager; s somebody of the staff without a role; h a manager who has given
the password only (half-way in); o an account that is not staff; n nobody. ``-`` is none of them,
and ``.`` stands where the record has no such address, or where another row asks.
"""

import re
from contextlib import contextmanager
from copy import deepcopy
from functools import cache, partial
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import quote
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from jobs.models import JobOpening
from members.models import LinkCheck, Milestone, Organization, Region, ReportedTotal, SisterNetwork
from statements.models import Edition, Page, Statement
from tests.members.desk_forms import inline, organization_data, typed
from tests.members.exchange import exported, sent
from tests.network_site.staff import LOGIN, PASSWORD, code_of
from tests.pages import Page as HtmlPage

pytestmark = pytest.mark.django_db

ROLES = {"e": "editor", "p": "publisher", "m": "manager"}
EVERYBODY = "epmshon"
# Asked of everybody signed in or not, with tests of their own: the doors.
DOORS = {"login/", "login/code/", "login/second-factor/", "password-reset/<uidb64>/<token>/"}
DOORS |= {"password-reset/", "password-reset/sent/", "password-reset/done/"}

LOOK = """
                      list add change delete history go_back deleted publish withdraw preview confirm due import export old
organization          epm  epm epm    pm     epm     epm     epm     pm      pm       epm     epm     epm pm     epm    epms
draft-organization    .    .   epm    epm    epm     epm     .       pm      pm       epm     epm     .   .      .      .
former-organization   .    .   epm    pm     epm     epm     .       pm      pm       epm     epm     .   .      .      .
deleted-organization  .    .   .      .      epm     epm     .       .       .        .       .       .   .      .      .
opening               epm  epm epm    pm     epm     epm     epm     pm      pm       epm     .       .   pm     epm    epms
draft-opening         .    .   epm    epm    epm     epm     .       pm      pm       epm     .       .   .      .      .
statement             epm  epm epm    pm     epm     pm      epm     .       .        .       .       .   .      .      epms
empty-statement       .    .   epm    epm    epm     epm     .       .       .        .       .       .   .      .      .
edition               epm  epm epm    -      epm     -       epm     pm      .        epm     .       .   .      .      epms
draft-edition         .    .   epm    epm    epm     epm     .       pm      .        epm     .       .   .      .      .
page                  epm  -   epm    -      epm     epm     -       .       .        .       .       .   .      .      epms
sister-network        epm  epm epm    pm     epm     epm     epm     .       .        .       .       .   .      .      epms
milestone             epm  epm epm    pm     epm     epm     epm     .       .        .       .       .   .      .      epms
total                 epm  epm epm    pm     epm     epm     epm     .       .        .       .       .   .      .      epms
region                epm  -   epm    -      epm     .       .       .       .        .       .       .   .      .      epms
link-check            epm  -   epm    -      epm     .       .       .       .        .       .       .   .      .      epms
account               m    m   m      m      m       .       .       .       .        .       .       .   .      .      epms
own-account           .    .   m      -      m       .       .       .       .        .       .       .   .      .      .
role                  m    -   m      -      m       .       .       .       .        .       .       .   .      .      epms
"""  # noqa: E501
CHANGE = """
                      list add change delete history go_back deleted publish withdraw preview confirm due import export old
organization          -    epm epm    pm     -       epm     -       -       pm       -       epm     -   pm     -      -
draft-organization    .    .   epm    epm    .       .       .       pm      -        -       epm     .   .      .      .
former-organization   .    .   epm    pm     -       epm     .       pm      -        -       epm     .   .      .      .
deleted-organization  .    .   .      .      -       epm     .       .       .        .       .       .   .      .      .
opening               -    epm epm    pm     -       epm     -       -       pm       -       .       .   pm     -      -
draft-opening         .    .   epm    epm    -       epm     .       pm      -        -       .       .   .      .      .
statement             -    epm pm     -      -       pm      -       .       .        .       .       .   .      .      -
empty-statement       .    .   epm    epm    .       .       .       .       .        .       .       .   .      .      .
edition               -    epm -      -      -       -       -       -       .        -       .       .   .      .      -
draft-edition         .    .   epm    epm    -       epm     .       pm      .        -       .       .   .      .      .
page                  -    -   epm    -      -       epm     -       .       .        .       .       .   .      .      -
sister-network        -    epm epm    pm     -       epm     -       .       .        .       .       .   .      .      -
milestone             -    epm epm    pm     -       epm     -       .       .        .       .       .   .      .      -
total                 -    epm epm    pm     -       epm     -       .       .        .       .       .   .      .      -
region                -    -   -      -      -       .       .       .       .        .       .       .   .      .      -
link-check            -    -   -      -      -       .       .       .       .        .       .       .   .      .      -
account               -    m   m      m      -       .       .       .       .        .       .       .   .      .      -
own-account           .    .   m      -      -       .       .       .       .        .       .       .   .      .      .
role                  -    -   -      -      -       .       .       .       .        .       .       .   .      .      -
"""  # noqa: E501
# What is chosen in a list, and done to the chosen.
ACTIONS = """
                      delete_selected publish_selected withdraw_selected confirm_selected invite_again reset_second_factor
organization          pm              -                pm                epm              .            .
draft-organization    pm              pm               -                 epm              .            .
former-organization   pm              pm               -                 epm              .            .
opening               pm              -                pm                .                .            .
draft-opening         pm              pm               -                 .                .            .
empty-statement       pm              .                .                 .                .            .
edition               -               -                .                 .                .            .
draft-edition         pm              pm               .                 .                .            .
page                  -               .                .                 .                .            .
sister-network        pm              .                .                 .                .            .
milestone             pm              .                .                 .                .            .
total                 pm              .                .                 .                .            .
region                -               .                .                 .                .            .
link-check            -               .                .                 .                .            .
account               m               .                .                 .                m            m
own-account           -               .                .                 .                -            -
role                  -               .                .                 .                .            .
"""  # noqa: E501
# What a menu of a form asks for while one types.
MENUS = """
                      region organization statement superseded_by countries
organization          epm    .            .         .             .
opening               epm    epm          .         .             .
statement             .      .            .         epm           .
edition               .      .            epm       .             .
sister-network        .      .            .         .             epm
"""
# Addresses of no one record: who looks, who changes something.
REST = """
                                       look change
""                                     epms -
app/members/                           epm  -
app/jobs/                              epm  -
app/statements/                        epm  -
app/auth/                              m    -
recovery-codes/                        epms epms
password_change/                       epms epms
password_change/done/                  epms -
logout/                                -    epms
jsi18n/                                epms -
r/<content_type_id>/<object_id>/       epms -
anything-else/                         -    -
"""

WRITES = re.compile(r'INSERT|DELETE|UPDATE (?!"django_session")')
ROUTES = {
    "list": "",
    "old": "<object_id>/",
    "go_back": "<object_id>/history/<history_id>/",
    **{page: f"{page}/" for page in ("add", "deleted", "due", "import", "export")},
}


def cells(table):
    """Each cell that does not say ``.``, as {(row, column): letters}."""
    head, *rows = table.strip().splitlines()
    lines = (row.split() for row in rows)
    return {
        (name, column): letters.replace("-", "")
        for name, *values in lines
        for column, letters in zip(head.split(), values, strict=True)
        if letters != "."
    }


LOOK, CHANGE, ACTIONS, MENUS, REST = map(cells, (LOOK, CHANGE, ACTIONS, MENUS, REST))


# What the table is about -------------------------------------------------------------------------

MODELS = {
    "organization": Organization,
    "opening": JobOpening,
    "statement": Statement,
    "edition": Edition,
    "page": Page,
    "sister-network": SisterNetwork,
    "milestone": Milestone,
    "total": ReportedTotal,
    "region": Region,
    "link-check": LinkCheck,
    "account": User,
    "role": Group,
}
# What of a record is changed, and to what.
CHANGES = {
    "organization": ("phone", "555 0111"),
    "opening": ("city", "Examplecity"),
    "statement": ("topic", "Fictional new topic"),
    "edition": ("excerpt", "Fictional new excerpt."),
    "page": ("lead", "Fictional new lead."),
    "sister-network": ("description", "Fictional new text."),
    "milestone": ("text", "Fictional new text."),
    "total": ("source", "Fictional new source"),
    "account": ("first_name", "Maria"),
}
EDITION = {"excerpt": "Fictional.", "body": "Fictional.", "change_note": "Fictional."}
IMPORTED = {
    "organization": {
        "slug": "fictional-new",
        "name": "Fictional New Project",
        "kind": "nonprofit",
        "region": "US-VA",
    },
    "opening": {
        "number": "",
        "organization": "innocence-project",
        "title": "Fictional job",
        "kind": "attorney",
        "description": "Fictional.",
    },
}
ANSWERS = {
    "delete": {"post": "yes"},
    "confirm": {"on": "2020-03-04", "by": "Fictional Clerk", "how": "telephone", "confirmed": "x"},
}


def kind_of(row):
    return next(kind for kind in MODELS if row.endswith(kind))


@pytest.fixture
def records(make_member, sign_in):
    """The record of each row; those that keep a history have a past to go back to."""
    member = make_member("Fictional Member", covers=["US-VA"])

    def opening(**fields):
        text = {"title": "Fictional job", "kind": "attorney", "description": "Fictional."}
        return member.job_openings.create(**text | fields)

    def statement(slug):
        return Statement.objects.create(title="Fictional words", slug=slug)

    records = {
        "organization": member,
        "draft-organization": make_member("Fictional Draft", published=False),
        "former-organization": make_member("Fictional Withdrawn"),
        "deleted-organization": make_member("Fictional Deleted"),
        "opening": opening(published=True),
        "draft-opening": opening(),
        "statement": statement("fictional-said"),
        "empty-statement": statement("fictional-empty"),
        "draft-edition": statement("fictional-draft").editions.create(**EDITION),
        "page": Page.objects.get(slug="guide"),
        "sister-network": SisterNetwork.objects.create(name="Fictional Network"),
        "milestone": Milestone.objects.create(year=2001, text="Fictional."),
        "total": ReportedTotal.objects.create(year=2001, total=3),
        "region": Region.objects.get(pk="US-VA"),
        "link-check": LinkCheck.objects.record("https://example.org/", ("", None, "")),
        "account": sign_in("editor").user,
        "role": Group.objects.get(name="editor"),
    }
    for row, record in records.items():
        if hasattr(record, "history"):
            setattr(record, CHANGES[kind_of(row)][0], "555 0100")
            record.save()
    records["former-organization"].withdraw()
    records["edition"] = records["statement"].editions.create(**EDITION, published=True)
    deleted = records["deleted-organization"]
    records["deleted-organization"] = deepcopy(deleted)
    deleted.delete()
    return records


@pytest.fixture
def people(sign_in, settings):
    """The browser of each letter."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a quick one
    people = {letter: sign_in(role, password=PASSWORD) for letter, role in ROLES.items()}
    people |= {
        "s": sign_in("editor", password=PASSWORD),
        "h": sign_in("manager", with_second_factor=False),
        "o": sign_in("manager", is_staff=False),
        "n": Client(),
    }
    people["s"].user.groups.clear()
    return people


def address_of(row, column, record):
    opts = record._meta
    route = ROUTES.get(column, f"<object_id>/{column}/")
    if column == "go_back":
        past = type(record).history.filter(id=record.pk).order_by("history_id")
        entry = past.last() if row.startswith("deleted") else past.first()
        route = route.replace("<history_id>", str(entry.history_id))
    route = route.replace("<object_id>", quote(str(record.pk)))
    return f"/admin/{opts.app_label}/{opts.model_name}/{route}"


def new(kind, records):
    """What a form to add one is filled in with."""
    return {
        "organization": organization_data(),
        "opening": {
            "organization": records["organization"].pk,
            "title": "Fictional paralegal",
            "kind": "investigator",
            "employment_type": "not_stated",
            "workplace": "not_stated",
            "description": "Fictional.",
        },
        "statement": {"title": "Fictional", "slug": "fictional"} | inline("editions"),
        "edition": {"statement": records["empty-statement"].pk} | EDITION,
        "sister-network": {"name": "Fictional Other Network"},
        "milestone": {"year": "2002", "text": "Fictional."},
        "total": {"year": "2002", "total": "4"},
        "account": {"email": "new@example.org", "role": records["role"].pk},
    }.get(kind, {})


def answer_of(row, column, address, records, open_page, client):
    """What is posted to the address: what the form says that a superuser sees, with a change."""
    kind = kind_of(row)
    if column == "add":
        return new(kind, records)
    if column == "change" and kind in CHANGES:
        return typed(open_page(address)) | dict([CHANGES[kind]])
    if column == "go_back":
        marks = HtmlPage(open_page(address)).find("input", name="mark")
        return {"mark": marks[0]["value"] if marks else "", "confirmed": "x"}
    if column == "import":
        preview = sent(client, [IMPORTED[kind]], address)
        return {"previewed": (preview.context or {}).get("previewed", "")}
    return ANSWERS.get(column, {"confirmed": "x"})


# Asking ------------------------------------------------------------------------------------------


def state(client):
    """All that anybody at the desk could change, and whether this person is signed in."""
    leave_out = {"session", "region", "place", "searchname"}
    rows = {
        model._meta.label: list(model._base_manager.order_by("pk").values_list())
        for model in apps.get_models()
        if model._meta.model_name not in leave_out
    }
    return rows, len(mail.outbox), client.session.get("_auth_user_id")


@contextmanager
def undone(client):
    """Whatever happens inside is as though it had not."""
    cookies = deepcopy(client.cookies)
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    client.cookies = cookies
    mail.outbox.clear()


def is_refused(letter, response):
    """Who has no business at the desk is led to the sign-in, forms kept; staff are told."""
    if letter in "hon":
        is_led_on = response.status_code == 302 and response["Location"].startswith("/admin/")
        return is_led_on or (response.status_code == 403 and b"Sign in again" in response.content)
    return response.status_code in {403, 404, 405}


def asked(letter, client, address, allowed):
    """What is wrong with the answer to who opens the address."""
    with undone(client):
        response = client.get(address)
    if letter in allowed:
        # Some lead on: to the form, to the public page. To the first page goes who is sent away.
        sent_away = re.match(rf"{LOGIN}|/admin/$", response.get("Location", ""))
        is_right = response.status_code in {200, 302} and not sent_away
    else:
        is_right = is_refused(letter, response)
    if not is_right:
        yield f"GET {address}: {response.status_code} for {letter}"


def posted(letter, client, address, data, allowed, may_look, before):
    """What is wrong with what a POST does."""
    with undone(client), CaptureQueriesContext(connection) as queries:
        response = client.post(address, data)
        # Quicker than to compare all rows; the session is written with every page.
        may_have_changed = mail.outbox or any(WRITES.match(query["sql"]) for query in queries)
        is_changed = bool(may_have_changed) and state(client) != before
    if is_changed != (letter in allowed):
        yield f"POST {address}: {response.status_code} and {is_changed=} for {letter}"
    if letter not in may_look + allowed and not is_refused(letter, response):
        yield f"POST {address}: {response.status_code} for {letter}"
    assert response.status_code < 500


# The table is true -------------------------------------------------------------------------------


@pytest.mark.parametrize("letter", EVERYBODY)
def test_who_may_look_at_what(people, records, letter):
    client, problems = people[letter], []
    records["own-account"] = getattr(client, "user", records["account"])
    for (row, column), allowed in LOOK.items():
        problems += asked(letter, client, address_of(row, column, records[row]), allowed)
    for (row, column), allowed in REST.items():
        if column == "look":
            problems += asked(letter, client, rest_address(row, records), allowed)
    for (row, column), allowed in MENUS.items():
        problems += asked(letter, client, menu_address(row, column), allowed)
    assert problems == []


@pytest.mark.parametrize("row", dict.fromkeys(row for row, _column in CHANGE))
def test_who_changes_a_record_where(people, records, desk, row):
    problems, open_page = [], cache(partial(desk.get, follow=True))
    for letter, client in people.items():
        before = state(client)
        records["own-account"] = getattr(client, "user", records["account"])
        cells = [(column, allowed) for (name, column), allowed in CHANGE.items() if name == row]
        for column, allowed in cells:
            may_look = LOOK.get((row, column)) or LOOK[kind_of(row), column]
            address = address_of(row, column, records[row])
            data = answer_of(row, column, address, records, open_page, client)
            problems += posted(letter, client, address, data, allowed, may_look, before)
        cells = [(action, allowed) for (name, action), allowed in ACTIONS.items() if name == row]
        for action, allowed in cells:
            address = address_of(row, "list", records[row])
            data = {"action": action, "_selected_action": records[row].pk, "post": "yes"}
            data |= ANSWERS["confirm"]
            may_look = LOOK[kind_of(row), "list"]
            problems += posted(letter, client, address, data, allowed, may_look, before)
        assert state(client) == before
    assert problems == []


@pytest.mark.parametrize("letter", EVERYBODY)
def test_who_changes_something_elsewhere(people, records, letter):
    client, problems = people[letter], []
    before = state(client)
    for (row, column), allowed in REST.items():
        if column == "change":
            address, data = rest_address(row, records), rest_answer(row, client)
            problems += posted(letter, client, address, data, allowed, REST[row, "look"], before)
    assert problems == []


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_refused_everywhere(people, records, method):
    client = people["m"]
    records["own-account"] = client.user
    addresses = [address_of(row, column, records[row]) for row, column in LOOK]
    addresses += [rest_address(row, records) for row, column in REST if column == "look"]
    addresses += [f"/admin/{door}" for door in DOORS]
    before = state(client)
    answers = {address: getattr(client, method)(address).status_code for address in addresses}
    assert {address: status for address, status in answers.items() if status != 405} == {}
    assert state(client) == before


@pytest.mark.parametrize("letter", "epm")
@pytest.mark.parametrize("row", ["organization", "opening"])
def test_an_export_is_a_file_for_who_may_look(people, records, letter, row):
    assert exported(people[letter], address_of(row, "export", records[row]))


def rest_address(row, records):
    row = row.strip('"').removeprefix("app/")
    kind = ContentType.objects.get_for_model(Organization).pk
    row = row.replace("<content_type_id>", str(kind))
    return "/admin/" + row.replace("<object_id>", str(records["organization"].pk))


def rest_answer(row, client):
    if row == "recovery-codes/" and hasattr(client, "user"):
        device = client.user.totpdevice_set.first()
        return {"code": code_of(device) if device else ""}
    changed = "other fictional words"
    return {"old_password": PASSWORD, "new_password1": changed, "new_password2": changed}


def menu_address(row, field):
    opts = MODELS[row]._meta
    names = {"app_label": opts.app_label, "model_name": opts.model_name, "field_name": field}
    return f"/admin/autocomplete/?{urlencode(names)}"


# The table is whole ------------------------------------------------------------------------------


def routes(resolver, prefix=""):
    for pattern in resolver.url_patterns:
        route = prefix + re.sub(r"<\w+:", "<", str(pattern.pattern))
        yield from routes(pattern, route) if hasattr(pattern, "url_patterns") else [route]


def route_of(row, column):
    opts = MODELS[kind_of(row)]._meta
    prefix = f"{opts.app_label}/{opts.model_name}/"
    return prefix + ROUTES.get(column, f"<object_id>/{column}/")


def test_every_address_of_the_desk_is_in_the_table():
    (desk,) = (
        one for one in get_resolver().url_patterns if getattr(one, "namespace", "") == "admin"
    )
    known = set(routes(desk))
    apps_list = {route for route in known if route.startswith("^(?P<app_label>")}
    rest = {row.strip('"') for row, _column in REST if not row.startswith(("app/", "anything"))}
    others = rest | DOORS | apps_list | {"autocomplete/", "(?P<url>.*)$"}
    assert len(apps_list) == 1
    for table in (LOOK, CHANGE):
        assert {route_of(*cell) for cell in table} | others == known


def test_every_app_every_action_and_every_menu_is_in_the_table(rf, desk):
    request = rf.get("/admin/")
    request.user = desk.user
    admins = {model: admin.site.get_model_admin(model) for model in MODELS.values()}
    assert set(admins) == set(admin.site._registry)
    assert {f"app/{model._meta.app_label}/" for model in admins} == {
        row for row, _column in REST if row.startswith("app/")
    }
    for kind, model in MODELS.items():
        in_table = {action for row, action in ACTIONS if kind_of(row) == kind}
        assert in_table | {"delete_selected"} == {
            "delete_selected",
            *admins[model].get_actions(request),
        }
        fields = set(admins[model].autocomplete_fields)
        assert {field for row, field in MENUS if row == kind} == fields
