import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from statements.models import Edition, Statement
from tests.members.desk_forms import problems, typed
from tests.pages import Page

pytestmark = pytest.mark.django_db

ADD = "/admin/statements/statement/add/"
LIST = "/admin/statements/edition/"
ADD_EDITION = f"{LIST}add/"
NO_EDITION = {f"editions-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
TEXT = {"excerpt": "In short.", "body": "All *words*.", "complete": "on"}


def change_url(instance, action="change"):
    name = f"admin:statements_{instance._meta.model_name}_{action}"
    return reverse(name, args=[instance.pk])


def messages(response):
    return [str(message) for message in response.context["messages"]]


def published(edition):
    return Edition.objects.get(pk=edition.pk).published


def new_statement(**edition):
    data = {"title": "Fictional statement", "slug": "fictional-statement", "topic": ""}
    data |= NO_EDITION | {"editions-TOTAL_FORMS": "1"}
    return data | {f"editions-0-{name}": value for name, value in edition.items()}


# New statements ----------------------------------------------------------------------------------


def test_staff_add_a_statement_with_its_first_edition(desk, client):
    assert desk.post(ADD, new_statement(**TEXT)).status_code == 302
    draft = Edition.objects.get(statement__slug="fictional-statement")
    desk.post(change_url(draft, "publish"), {"confirmed": "x"})
    statement = Statement.objects.published().get(slug="fictional-statement")
    assert statement.current.number == 1
    assert "<em>words</em>" in client.get(statement.get_absolute_url()).content.decode()


def test_a_statement_may_begin_without_an_edition(desk, client):
    assert desk.post(ADD, new_statement(complete="on")).status_code == 302
    statement = Statement.objects.get(slug="fictional-statement")
    assert not statement.editions.exists()
    assert client.get(statement.get_absolute_url()).status_code == 404
    page = desk.get(change_url(statement))
    assert f"{ADD_EDITION}?statement={statement.pk}" in page.content.decode()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"slug": "feed"}, "needed for something else"),
        ({"slug": "exoneree-rights"}, "already exists"),
        ({"title": ""}, "required"),
        ({"editions-0-body": "x" * 20_001}, "at most 20000 characters"),
        ({"editions-0-excerpt": ""}, "required"),
    ],
)
def test_what_is_wrong_is_said_in_words_and_nothing_is_saved(desk, fields, message):
    before = Statement.objects.count()
    data = new_statement(**TEXT) | fields
    assert message in problems(desk.post(ADD, data))
    assert Statement.objects.count() == before


# The next edition --------------------------------------------------------------------------------


def test_the_next_edition_starts_from_the_newest_text(desk, make_statement):
    statement = make_statement("Fictional", {}, {"body": "Newest words.", "excerpt": "Newest."})
    address = f"{ADD_EDITION}?statement={statement.pk}"
    assert address in desk.get(change_url(statement)).content.decode()
    initial = desk.get(address).context["adminform"].form.initial
    assert (initial["body"], initial["excerpt"]) == ("Newest words.", "Newest.")
    data = TEXT | {"statement": statement.pk, "change_note": "A fictional change."}
    assert desk.post(ADD_EDITION, data).status_code == 302
    draft = statement.editions.get(published=False)
    assert draft.number == 3
    page = desk.get(change_url(statement)).content.decode()
    assert change_url(draft) in page
    assert f"{statement.get_absolute_url()}2/" in page
    assert draft.get_absolute_url() not in page


@pytest.mark.parametrize("pk", ["0", ""])
def test_an_edition_of_no_known_statement_starts_empty(desk, pk):
    initial = desk.get(f"{ADD_EDITION}?statement={pk}").context["adminform"].form.initial
    assert "body" not in initial


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"change_note": ""}, "Say what changed"),
        ({"adopted_on": "2001-01-01"}, "adopted after this day"),
        ({"adopted_on": "2999-01-01"}, "once it has been adopted"),
    ],
)
def test_an_edition_that_readers_would_not_understand_is_not_published(
    desk, make_statement, fields, message
):
    statement = make_statement(
        "Fictional", {"adopted_on": "2015-03-10"}, {"published": False} | fields
    )
    draft = statement.editions.get(published=False)
    response = desk.post(change_url(draft, "publish"), {"confirmed": "x"}, follow=True)
    (told,) = messages(response)
    assert told.startswith(f"{draft}: ")
    assert message in told
    assert not published(draft)


@pytest.mark.parametrize("field", ["statement", "body"])
def test_an_edition_without_what_it_needs_is_refused_in_words(desk, make_statement, field):
    statement = make_statement()
    data = TEXT | {"statement": statement.pk, "change_note": "A change."}
    assert "required" in problems(desk.post(ADD_EDITION, data | {field: ""}))
    assert statement.editions.count() == 1


def test_a_second_draft_is_refused_in_words(desk, make_statement):
    statement = make_statement("Fictional", {}, {"published": False})
    data = TEXT | {"statement": statement.pk, "change_note": "A change."}
    assert "draft of edition 2 already" in problems(desk.post(ADD_EDITION, data))


def test_a_published_edition_is_only_read(desk, client, make_statement):
    statement = make_statement("Fictional", {"published": False})
    draft = statement.editions.get()
    page = desk.get(change_url(draft))
    assert page.context["absolute_url"] is None
    response = desk.post(change_url(draft, "publish"), {"confirmed": "x"}, follow=True)
    assert messages(response) == [f"Published: {draft}."]
    assert client.get(draft.get_absolute_url()).status_code == 200
    after = desk.get(change_url(draft))
    assert not after.context["has_change_permission"]
    assert after.context["absolute_url"] == draft.get_absolute_url()
    assert desk.post(change_url(draft), typed(page) | {"body": "Other."}).status_code == 409
    assert Edition.objects.get(pk=draft.pk).body == draft.body
    response = desk.get(change_url(draft, "publish"), follow=True)
    assert "Nothing to publish" in messages(response)[0]


def test_what_was_typed_into_a_draft_that_was_published_meanwhile_goes_into_a_new_one(
    desk, make_statement
):
    statement = make_statement("Fictional", {}, {"published": False, "adopted_on": "2015-03-10"})
    draft = statement.editions.get(published=False)
    late = typed(desk.get(change_url(draft))) | {"body": "Other words.", "change_note": ""}
    late.pop("complete")
    draft.publish()
    response = desk.post(change_url(draft), late)
    assert "can no longer be changed" in messages(response)[0]
    assert statement.editions.count() == 2
    form = Page(response).find("form", id="edition_form")
    assert [one["action"] for one in form] == [ADD_EDITION]
    kept = typed(response)
    assert (kept["body"], kept["adopted_on"]) == ("Other words.", "2015-03-10")
    assert not kept.pop("complete")
    assert desk.post(ADD_EDITION, kept | {"change_note": "Other words."}).status_code == 302
    new = statement.editions.get(number=3)
    assert (new.body, new.complete, new.published) == ("Other words.", False, False)


def test_who_may_not_change_editions_is_refused_also_after_they_are_published(
    sign_in, make_statement
):
    client = sign_in("editor")
    client.user.groups.clear()
    client.user.user_permissions.set(Permission.objects.filter(codename="view_edition"))
    edition = make_statement().editions.get()
    assert client.post(change_url(edition), TEXT).status_code == 403


def test_who_publishes_is_told_what_readers_will_miss_and_that_it_is_for_good(desk, make_statement):
    edition = {"published": False, "complete": False}
    bare = make_statement("Fictional", edition).editions.get()
    whole = make_statement("Fictional", {"published": False, "adopted_on": "2015-03-10"})
    told = Page(desk.get(change_url(bare, "publish"))).text("content")
    assert "It is for good" in told
    assert "no date of adoption" in told
    assert "not the whole text" in told
    told = Page(desk.get(change_url(whole.editions.get(), "publish"))).text("content")
    assert "It is for good" in told
    assert "no date of adoption" not in told
    assert "not the whole text" not in told


# Who may -----------------------------------------------------------------------------------------


def test_a_publisher_is_asked_and_an_editor_refused(sign_in, client, make_statement):
    draft = make_statement("Fictional", {"published": False}).editions.get()
    address, posted = change_url(draft, "publish"), {"confirmed": "x"}
    editor, publisher = sign_in("editor"), sign_in("publisher")
    assert address not in Page(editor.get(change_url(draft))).links("content")
    assert editor.get(address).status_code == editor.post(address, posted).status_code == 403
    editor.post(LIST, {"action": "publish_selected", "_selected_action": draft.pk} | posted)
    form = typed(editor.get(change_url(draft)))
    assert "published" not in form
    assert editor.post(change_url(draft), form | {"published": "on"}).status_code == 302
    assert editor.post(ADD, new_statement(**TEXT, published="on")).status_code == 302
    statement = make_statement()
    data = TEXT | {"statement": statement.pk, "change_note": "A change.", "published": "on"}
    assert editor.post(ADD_EDITION, data).status_code == 302
    assert statement.editions.filter(published=False).count() == 1
    assert not Edition.objects.published().filter(statement__slug="fictional-statement").exists()
    assert not published(draft)
    assert address in Page(publisher.get(change_url(draft))).links("content")
    assert publisher.get(address).status_code == 200
    assert not published(draft)
    assert client.get(draft.get_absolute_url()).status_code == 404
    assert publisher.post(address, posted).status_code == 302
    assert client.get(draft.get_absolute_url()).status_code == 200


def test_no_edition_is_withdrawn(desk, make_statement):
    edition = make_statement().editions.get()
    assert "withdraw_selected" not in desk.get(LIST).text
    desk.post(f"{LIST}{edition.pk}/withdraw/", {"confirmed": "x"})
    desk.post(
        LIST, {"action": "withdraw_selected", "_selected_action": edition.pk, "confirmed": "x"}
    )
    assert published(edition)


@pytest.mark.parametrize(("role", "may"), [("editor", False), ("publisher", True)])
def test_only_a_publisher_says_that_a_statement_no_longer_holds(sign_in, make_statement, role, may):
    statement, other = make_statement("Draft", {"published": False}), make_statement("Other")
    browser = sign_in(role)
    data = typed(browser.get(change_url(statement)))
    data |= {"title": "Changed", "withdrawn_on": "2020-01-31", "superseded_by": other.pk}
    assert browser.post(change_url(statement), data).status_code == 302
    statement = Statement.objects.get(pk=statement.pk)
    assert statement.title == "Changed"
    assert (str(statement.withdrawn_on) == "2020-01-31") is may
    assert (statement.superseded_by == other) is may


def test_an_editor_only_reads_the_heading_of_what_is_published(sign_in, make_statement):
    statement = make_statement("Fictional", topic="Before")
    editor, publisher = sign_in("editor"), sign_in("publisher")
    page = editor.get(change_url(statement))
    assert not page.context["has_change_permission"]
    assert f"{ADD_EDITION}?statement={statement.pk}" in page.text
    data = typed(publisher.get(change_url(statement))) | {"title": "Changed", "topic": "After"}
    assert editor.post(change_url(statement), data).status_code == 403
    statement = Statement.objects.get(pk=statement.pk)
    assert (statement.title, statement.topic) == ("Fictional", "Before")
    assert publisher.post(change_url(statement), data).status_code == 302
    statement = Statement.objects.get(pk=statement.pk)
    assert (statement.title, statement.topic) == ("Changed", "After")


# The preview -------------------------------------------------------------------------------------


def test_a_draft_is_previewed_as_its_page_by_the_desk_only(sign_in, client, make_statement):
    statement = make_statement("Fictional", {"published": False, "body": "A **draft**."})
    draft, editor = statement.editions.get(), sign_in("editor")
    address = change_url(draft, "preview")
    assert address in Page(editor.get(change_url(draft))).links("content")
    page = Page(editor.get(address))
    assert page.text().startswith("Preview: not public")
    assert "<strong>draft</strong>" in page.html
    assert "no longer in force" not in page.text()
    assert "not the newest text" not in page.text()
    assert page.find("meta", name="robots", content="noindex")
    assert client.get(address).status_code == 302
    for browser in (client, editor):
        assert browser.get(draft.get_absolute_url()).status_code == 404


def test_a_draft_is_previewed_as_the_newest_of_its_statement(desk, client, make_statement):
    statement = make_statement("Fictional", {}, {"published": False})
    draft = statement.editions.get(published=False)
    text = Page(desk.get(change_url(draft, "preview"))).text()
    assert "The current text" in text
    assert "Fictional note 2." in text
    withdrawn = make_statement("Other", {}, {"published": False}, withdrawn_on="2020-01-31")
    draft = withdrawn.editions.get(published=False)
    assert "no longer in force" in Page(desk.get(change_url(draft, "preview"))).text()


def test_the_preview_says_what_the_public_page_says(desk, client, make_statement):
    for edition in make_statement("Fictional", {}, {}).editions.all():
        public = Page(client.get(edition.get_absolute_url())).text()
        assert Page(desk.get(change_url(edition, "preview"))).text().endswith(public)


# Two people at one record ------------------------------------------------------------------------


def test_who_saves_a_draft_second_is_told_and_keeps_what_was_typed(desk, sign_in, make_statement):
    draft = make_statement("Fictional", {"published": False}).editions.get()
    address, other = change_url(draft), sign_in("editor")
    mine, theirs = (typed(browser.get(address)) for browser in (desk, other))
    assert other.post(address, theirs | {"body": "Theirs."}).status_code == 302
    response = desk.post(address, mine | {"body": "Mine."})
    said = problems(response)
    assert "Somebody else saved this record" in said
    assert "Text – saved now: Theirs." in said
    assert typed(response)["body"] == "Mine."
    assert desk.post(address, typed(response)).status_code == 302
    assert Edition.objects.get(pk=draft.pk).body == "Mine."


def test_who_saves_a_statement_second_is_told(desk, sign_in, make_statement):
    statement = make_statement("Fictional", {}, {"published": False})
    address = change_url(statement)
    mine, theirs = (typed(browser.get(address)) for browser in (desk, sign_in("publisher")))
    assert desk.post(address, theirs | {"topic": "Theirs"}).status_code == 302
    statement.editions.get(published=False).delete()
    response = desk.post(address, mine | {"topic": "Mine"})
    said = problems(response)
    assert "Somebody else saved this record" in said
    assert "Topic – saved now: Theirs" in said
    assert desk.post(address, typed(response)).status_code == 302
    assert Statement.objects.get(pk=statement.pk).topic == "Mine"


# Deleting ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", ["statement", "edition"])
def test_nothing_that_was_published_is_deleted(desk, make_statement, model):
    statement = make_statement()
    target = statement if model == "statement" else statement.editions.get()
    response = desk.post(change_url(target, "delete"), {"post": "yes"})
    assert response.status_code in {200, 403}
    action = {"action": "delete_selected", "_selected_action": target.pk, "post": "yes"}
    desk.post(f"/admin/statements/{model}/", action)
    assert statement.editions.get().published


def test_what_was_typed_into_a_draft_that_is_deleted_is_kept(desk, make_statement):
    statement = make_statement("Fictional", {}, {"published": False})
    draft = statement.editions.get(published=False)
    mine = typed(desk.get(change_url(draft))) | {"body": "Mine, typed for an hour."}
    Edition.objects.get(pk=draft.pk).delete()
    response = desk.post(change_url(draft), mine)
    assert "Somebody deleted this record" in problems(response)
    kept = typed(response) | {"statement": statement.pk}
    assert desk.post(ADD_EDITION, kept).status_code == 302
    assert statement.editions.get(published=False).body == "Mine, typed for an hour."


def test_what_was_typed_into_a_statement_that_is_deleted_is_kept(desk, make_statement):
    statement = make_statement("Fictional", {"published": False})
    mine = typed(desk.get(change_url(statement))) | {"topic": "Mine"}
    statement.editions.all().delete()
    statement.delete()
    response = desk.post(change_url(statement), mine)
    assert "Somebody deleted this record" in problems(response)
    assert desk.post(ADD, typed(response)).status_code == 302
    assert Statement.objects.get(slug=statement.slug).topic == "Mine"


@pytest.mark.parametrize("role", ["editor", "publisher"])
def test_a_draft_is_deleted_and_nothing_published(sign_in, make_statement, role):
    statement = make_statement("Fictional", {}, {"published": False})
    draft, edition = statement.editions.all()
    desk = sign_in(role)
    assert desk.post(change_url(edition, "delete"), {"post": "yes"}).status_code == 403
    assert desk.post(change_url(draft, "delete"), {"post": "yes"}).status_code == 302
    assert list(statement.editions.all()) == [edition]


# Statements that are published -------------------------------------------------------------------


def test_the_address_of_a_published_statement_stays(desk, make_statement):
    statement = make_statement(slug="kept")
    data = typed(desk.get(change_url(statement)))
    data |= {"title": "Other", "slug": "other", "withdrawn_on": "2020-01-31"}
    assert desk.post(change_url(statement), data).status_code == 302
    statement.refresh_from_db()
    assert (statement.title, statement.slug, str(statement.withdrawn_on)) == (
        *("Other", "kept"),
        "2020-01-31",
    )


def test_statements_that_take_each_others_place_are_refused_in_words(desk, make_statement):
    first = make_statement()
    second = make_statement(superseded_by=first)
    data = typed(desk.get(change_url(first))) | {"superseded_by": second.pk}
    assert "by way of others" in problems(desk.post(change_url(first), data))
    data["superseded_by"] = first.pk
    assert "cannot take its own place" in problems(desk.post(change_url(first), data))


def test_lists_show_the_newest_edition_and_search(desk, make_statement):
    make_statement("Fictional", {}, {}, {"published": False})
    page = desk.get("/admin/statements/statement/", {"q": "fictional"})
    assert '<td class="field-newest">2</td>' in page.content.decode()
    page = desk.get("/admin/statements/edition/", {"published__exact": "0"})
    assert page.context["cl"].result_count == 1


def test_the_form_of_a_statement_costs_no_more_with_more_editions(
    desk, make_statement, django_assert_max_num_queries
):
    statement = make_statement("Fictional", *[{}] * 6)
    with django_assert_max_num_queries(12):
        assert desk.get(reverse("admin:statements_statement_change", args=[statement.pk]))
