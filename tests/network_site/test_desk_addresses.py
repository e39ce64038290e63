"""Addresses of the desk as nobody types them on purpose, and where its previews lead."""

import pytest
from django.contrib import admin
from django.urls import reverse

from jobs.models import JobOpening
from statements.models import Edition, Statement
from tests.members.desk_forms import organization_data, rule
from tests.pages import Page

pytestmark = pytest.mark.django_db

BEYOND = "9" * 40
NONSENSE = [BEYOND, str(2**63), "a\0b", "-1", "1.5", "²", "qwxzvkj", "x" * 3000, "1,2", ""]
MENU = {"app_label": "jobs", "model_name": "jobopening", "field_name": "organization"}
KINDS = [
    (f"{model._meta.app_label}_{model._meta.model_name}", model_admin)
    for model, model_admin in admin.site._registry.items()
]
every_kind = pytest.mark.parametrize(("kind", "model_admin"), KINDS, ids=[k for k, _ in KINDS])


def filters(model_admin):
    """The parameters of the list's filters."""
    return [
        f"{one}__exact" if isinstance(one, str) else one.parameter_name
        for one in model_admin.list_filter
    ]


@pytest.fixture
def answers(desk):
    """The status of the answer, of a page that is there or that the address leads to."""
    return lambda *args: desk.get(*args, follow=True).status_code


@every_kind
def test_a_list_bears_any_parameter(answers, kind, model_admin):
    address = reverse(f"admin:{kind}_changelist")
    for name in ["p", "o", "q", "all", "id__in", "pk", "qwxzvkj", *filters(model_admin)]:
        for value in (BEYOND, "a\0b", "qwxzvkj", "-1"):
            assert answers(address, {name: value}) in {200, 400}, (name, value)


@every_kind
def test_a_list_bears_a_search_for_any_number_of_words(answers, kind, model_admin):
    assert answers(reverse(f"admin:{kind}_changelist"), {"q": "a " * 2000}) == 200


def test_a_menu_bears_a_question_of_any_number_of_words(answers):
    for field in ("organization", "region"):
        asked = MENU | {"field_name": field, "term": "a " * 2000}
        assert answers("/admin/autocomplete/", asked) == 200


@pytest.mark.parametrize(("before", "found"), [(19, False), (20, True)])
def test_the_first_twenty_words_of_a_search_count(desk, make_member, before, found):
    organization = make_member("Fictional Long Name")
    query = '"fictional long" ' * before + "qwxzvkj"
    shown = desk.get("/admin/members/organization/", {"q": query}).context["cl"].queryset
    assert (organization in shown) is found


@every_kind
def test_a_record_that_cannot_be_is_not_there(answers, kind, model_admin):
    address = reverse(f"admin:{kind}_changelist")
    for page in ("change", "delete", "history", "preview", "publish"):
        for key in (BEYOND, str(2**63), "-1", "qwxzvkj"):
            assert answers(f"{address}{key}/{page}/") in {200, 403, 404}, (key, page)
        assert answers(f"{address}a%00b/{page}/") == 400


@pytest.mark.parametrize("value", NONSENSE)
@pytest.mark.parametrize(
    "address",
    [
        "/admin/jobs/jobopening/add/?organization",
        "/admin/jobs/jobopening/add/?region",
        "/admin/statements/edition/add/?statement",
        "/admin/statements/statement/add/?superseded_by",
        "/admin/members/organization/add/?region",
        "/admin/members/sisternetwork/add/?countries",
    ],
)
def test_a_form_to_add_bears_any_choice_made_in_the_address(answers, address, value):
    page, _mark, name = address.partition("?")
    is_refused = "\0" in value or (value.isdecimal() and len(value) > 18)
    assert answers(page, {name: value}) == (400 if is_refused else 200)


def test_a_choice_made_in_the_address_is_taken_where_there_is_one(desk, make_member):
    organization = make_member()
    form = desk.get("/admin/jobs/jobopening/add/", {"organization": organization.pk})
    assert form.context["adminform"].form["organization"].value() == str(organization.pk)
    form = desk.get("/admin/jobs/jobopening/add/", {"organization": "123456789"})
    assert form.context["adminform"].form["organization"].value() is None


@pytest.mark.parametrize("value", NONSENSE)
@pytest.mark.parametrize("name", ["term", "page", *MENU])
def test_a_menu_bears_any_question(answers, name, value):
    status = answers("/admin/autocomplete/", MENU | {name: value})
    assert status in {200, 400, 403, 404}


@every_kind
def test_a_list_bears_any_choice_of_records(desk, kind, model_admin):
    address = reverse(f"admin:{kind}_changelist")
    for action in ("delete_selected", "publish_selected", "invite_again"):
        for value in NONSENSE:
            response = desk.post(address, {"action": action, "_selected_action": ["1", value]})
            has_actions = model_admin.get_actions(response.wsgi_request)
            assert response.status_code == (400 if has_actions else 200), (action, value)


@pytest.mark.parametrize("value", [one for one in NONSENSE if one])
@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/admin/jobs/jobopening/add/", "organization"),
        ("/admin/jobs/jobopening/add/", "region"),
        ("/admin/statements/edition/add/", "statement"),
        ("/admin/members/organization/add/", "region"),
        ("/admin/members/organization/add/", "coverage-0-region"),
        ("/admin/members/sisternetwork/add/", "countries"),
    ],
)
def test_a_menu_bears_any_answer(desk, address, name, value):
    data = organization_data(rules=[rule("US-VA")]) | {"title": "Kept.", name: value}
    response = desk.post(address, data)
    assert response.status_code == 200
    assert "Select a valid choice" in response.text


@pytest.mark.parametrize("page", ["add", "1/change", "1/delete"])
def test_no_field_is_no_field_to_go_by(answers, page):
    assert answers(f"/admin/members/organization/{page}/", {"_to_field": ""}) == 400


def test_what_staff_search_for_may_be_a_long_number(answers):
    assert answers("/admin/members/organization/", {"q": BEYOND}) == 200
    assert answers("/admin/autocomplete/", MENU | {"term": BEYOND}) == 200
    assert answers("/admin/members/region/US/change/", {"_changelist_filters": BEYOND}) == 200


def test_without_an_account_nonsense_leads_to_the_way_in(client):
    response = client.get("/admin/members/organization/", {"p": BEYOND})
    assert response["Location"].startswith("/admin/login/")


# Previews ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("member", [True, False])
@pytest.mark.parametrize("kind", ["members_organization", "jobs_jobopening", "statements_edition"])
def test_no_link_of_a_preview_leads_nowhere(desk, client, make_member, kind, member):
    organization = make_member(
        covers=["US-VA"], published=member, member=member, website="https://fictional.example/"
    )
    statement = Statement.objects.create(title="Fictional", slug="fictional")
    text = {"statement": statement, "excerpt": "In short.", "body": "Words."}
    if member:
        Edition.objects.create(**text, published=True)
    draft = {
        "members_organization": make_member("Fictional draft", published=False),
        "jobs_jobopening": JobOpening.objects.create(
            organization=organization, title="Fictional", kind="other", description="Words."
        ),
        "statements_edition": Edition.objects.create(**text, change_note="A change."),
    }[kind]
    page = Page(desk.get(reverse(f"admin:{kind}_preview", args=[draft.pk])))
    links = [link for link in page.links("main") if link.startswith("/")]
    assert links
    assert not {link for link in links if client.get(link).status_code >= 400}


@pytest.mark.parametrize("kind", ["organization", "opening", "edition"])
@pytest.mark.parametrize("is_public", [True, False])
def test_a_preview_says_whether_the_page_is_public(desk, client, make_member, kind, is_public):
    statement = Statement.objects.create(title="Fictional", slug="fictional")
    record = {
        # Published in either case: who is no member has no page.
        "organization": lambda: make_member("Fictional Other", member=is_public),
        "opening": lambda: JobOpening.objects.create(
            organization=make_member(),
            title="Fictional",
            kind="other",
            description="Words.",
            published=is_public,
        ),
        "edition": lambda: Edition.objects.create(
            statement=statement, excerpt="In short.", body="Words.", published=is_public
        ),
    }[kind]()
    opts = record._meta
    address = reverse(f"admin:{opts.app_label}_{opts.model_name}_preview", args=[record.pk])
    words = "Preview: public" if is_public else "Preview: not public"
    assert Page(desk.get(address)).text().startswith(words)
    assert (client.get(record.get_absolute_url()).status_code == 200) is is_public
