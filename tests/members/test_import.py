"""From a file to the records: the preview, the refusals, and what an import never does."""

import random

import pytest
from django.contrib.admin.models import LogEntry
from django.core import signing

from members.exports import OrganizationResource
from members.exports.files import BYTES, LETTERS
from members.models import Coverage, FormerName, Organization
from network_site.roles import Role
from tests.members.desk_forms import LIST, page_of
from tests.members.exchange import (
    EXPORT,
    IMPORT,
    changes,
    confirmed,
    exported,
    file_of,
    imported,
    problems,
    sent,
)
from tests.members.history_pages import asked, way_back
from tests.pages import Page

pytestmark = pytest.mark.django_db

NEW = {
    "slug": "fictional-clinic",
    "name": "Fictional Clinic",
    "kind": "nonprofit",
    "city": "Richmond",
    "region": "US-VA",
    "coverage": "US-VA: covers",
}


@pytest.fixture
def organization(no_members, make_member):
    return make_member(
        "Fictional Innocence Project", slug="fictional", phone="1", covers=["US-VA", "US-MD"]
    )


def stored(slug="fictional"):
    return Organization.objects.get(slug=slug)


def rules(slug="fictional"):
    found = Coverage.objects.filter(organization__slug=slug).order_by("region")
    return list(found.values_list("region", "effect", "evidence", "note"))


def said(client, *rows, **fields):
    """What is wrong with a file of these rows: (line, column, words)."""
    return problems(sent(client, [row | fields for row in rows]))


# Preview and confirmation ------------------------------------------------------------------------


def test_the_preview_says_field_by_field_what_would_change_and_changes_nothing(desk, organization):
    (row,) = exported(desk)
    response = sent(desk, [row | {"phone": "2", "coverage": "US-VA: covers, DNA only"}, row | NEW])
    assert changes(response) == [
        (
            2,
            {
                "phone": ["1", "2"],
                "coverage": ["US-MD: covers\nUS-VA: covers", "US-VA: covers, DNA only"],
            },
        ),
        (3, {name: ["", cell] for name, cell in NEW.items()} | {"phone": ["", "1"]}),
    ]
    text = Page(response).text("content")
    assert "1 new, as a draft · 1 changed · 0 unchanged" in text
    assert "Line 2: Fictional Innocence Project" in text
    assert "Fictional Clinic (new, a draft)" in text
    assert stored().phone == "1"
    assert Organization.objects.count() == 1


def test_what_is_confirmed_is_saved(desk, organization):
    (row,) = exported(desk)
    rows = [row | {"phone": "2", "coverage": 'US-VA: covers, DNA only, "Note."'}, row | NEW]
    response = confirmed(desk, sent(desk, rows))
    assert response["Location"] == LIST
    messages = [str(message) for message in desk.get(LIST).context["messages"]]
    assert messages == ["Imported: 1 new (drafts), 1 changed."]
    assert stored().phone == "2"
    assert rules() == [("US-VA", "covers", "dna", "Note.")]
    new = stored("fictional-clinic")
    assert (new.latitude, new.longitude) == pytest.approx((37.55, -77.46), abs=0.1)
    assert rules("fictional-clinic") == [("US-VA", "covers", "any", "")]


def test_an_import_leaves_traces(desk, organization):
    (row,) = exported(desk)
    imported(desk, [row | {"phone": "2", "coverage": "US-VA: covers"}])
    assert stored().version > organization.version
    newest = stored().history.first()
    assert newest.history_user == desk.user
    assert newest.history_change_reason == "Import of a file."
    gone = Coverage.history.filter(history_type="-").first()
    assert (gone.region_id, gone.history_set) == ("US-MD", newest.history_set)
    (entry,) = LogEntry.objects.filter(user=desk.user)
    assert (entry.object_id, entry.get_change_message()) == (
        str(organization.pk),
        "Import of a file.",
    )


def test_only_rows_that_differ_are_saved(desk, organization, make_member):
    other = make_member("Fictional Other", slug="other", covers=["US-NC", "US-SC"])
    first, second = exported(desk)
    imported(desk, [first | {"phone": "2"}, second])
    assert stored("other").version == other.version
    assert other.history.count() == 1
    before = Coverage.history.count()
    first, second = exported(desk)
    imported(desk, [first, second | {"coverage": "US-NC: covers\nUS-SC: covers, DNA only"}])
    assert Coverage.history.count() == before + 1
    assert stored("other").version > other.version


def test_columns_left_out_stay_and_empty_cells_empty(desk, organization):
    Organization.objects.update(email="a@example.org", intake_state="open")
    row = {"slug": "fictional", "version": stored().version, "phone": "", "intake_state": ""}
    imported(desk, [row])
    assert (stored().phone, stored().email) == ("", "a@example.org")
    assert stored().intake_state == Organization.Intake.UNKNOWN
    assert len(rules()) == 2
    imported(desk, [{"slug": "fictional", "version": stored().version, "coverage": ""}])
    assert rules() == []


def test_lines_left_out_delete_nothing(desk, organization):
    imported(desk, [NEW])
    assert Organization.objects.count() == 2


def test_other_names_are_added_changed_and_taken_away(desk, organization, client):
    for slug in ("kept", "changed", "gone"):
        FormerName.objects.create(organization=organization, name=slug, slug=slug)
    (row,) = exported(desk)
    cell = 'changed: later, 2019, "New"\nkept: former, "kept"\nadded: former, "Added"'
    imported(desk, [row | {"other_names": cell}])
    names = FormerName.objects.order_by("slug").values_list("slug", "name", "standing", "until")
    assert list(names) == [
        ("added", "Added", "former", None),
        ("changed", "New", "later", 2019),
        ("kept", "kept", "former", None),
    ]
    assert client.get("/members/added/")["Location"] == "/members/fictional/"


def test_choices_are_read_by_value_and_by_words(desk, organization):
    (row,) = exported(desk)
    for cell in ("public_defender", "Public_Defender", "unit of a public defender office"):
        assert changes(sent(desk, [row | {"kind": cell}])) == [
            (2, {"kind": ["nonprofit", "public_defender"]})
        ]


def test_a_draft_and_a_former_member_can_be_changed_too(desk, no_members, make_member):
    draft = make_member(slug="fictional", published=False, member=False)
    imported(desk, [{"slug": "fictional", "version": draft.version, "phone": "2"}])
    assert stored().phone == "2"


# Never -------------------------------------------------------------------------------------------

NEVER = ["published", "confirmed_on", "confirmed_by", "confirmed_how", "latitude", "id"]


@pytest.mark.parametrize("column", [*NEVER, "memberships", "how_to_ask_html"])
def test_what_is_decided_at_the_desk_has_no_column(desk, organization, column):
    (row,) = exported(desk)
    assert (1, f"“{column}”", "There is no such column.") in said(desk, row | {column: "1"})


@pytest.mark.parametrize("published", [True, False])
def test_an_import_publishes_withdraws_and_confirms_nothing(desk, organization, published, client):
    (row,) = exported(desk)
    facts = {"confirmed_on": "2020-06-30", "confirmed_by": "x", "confirmed_how": "letter"}
    Organization.objects.update(published=published, **facts)
    imported(desk, [row | {"phone": "2"}, row | NEW])
    now = stored()
    assert now.published is published
    assert (str(now.confirmed_on), now.confirmed_by) == ("2020-06-30", "x")
    assert not stored("fictional-clinic").published
    assert client.get("/members/fictional-clinic/").status_code == 404


# Two people --------------------------------------------------------------------------------------

LATE = "Somebody changed this record after the file was exported."


def test_a_line_that_is_older_than_the_record_is_refused(desk, organization):
    (row,) = exported(desk)
    stored().confirm("2020-01-01", "x", "letter")
    ((line, column, words),) = said(desk, row | {"phone": "2"})
    assert (line, column) == (2, "version")
    assert words.startswith(LATE)
    assert sent(desk, [row]).context["outcome"].unchanged == 1, "nothing would be lost"


def test_a_line_from_before_a_deletion_is_refused_once_the_record_is_back(desk, organization):
    stored().save()
    (row,) = exported(desk)
    desk.post(page_of(organization, "delete"), {"post": "yes"})
    address = way_back(organization, to=1)
    assert desk.post(address, asked(desk.get(address))).status_code == 302
    for _number in range(3):
        ((*_where, words),) = said(desk, row | {"phone": "2"})
        assert words.startswith(LATE)
        stored().save()


def test_a_line_of_another_that_had_the_address_is_refused(desk, organization, make_member):
    stored().save()
    (row,) = exported(desk)
    moved = make_member("Fictional Moved", slug="moved")
    stored().delete()
    make_member("Fictional New", slug="fictional")
    for _number in range(3):
        ((*_where, words),) = said(desk, row | {"phone": "2"})
        assert words.startswith(LATE)
        stored().save()
    stored().delete()
    moved.slug = "fictional"
    for _number in range(3):
        moved.save()
        ((*_where, words),) = said(desk, row | {"phone": "2"})
        assert words.startswith(LATE)


@pytest.mark.parametrize("version", ["", "x", "1", "-1", "9" * 40])
def test_a_change_needs_the_version_of_the_record(desk, organization, version):
    ((line, column, words),) = said(desk, {"slug": "fictional", "phone": "2"}, version=version)
    assert (line, column) == (2, "version")
    assert words.startswith("This record is stored already" if not version else LATE)
    ((*_where, words),) = said(desk, {"slug": "fictional", "phone": "2"})
    assert words.startswith("This record is stored already")


def test_who_saves_between_preview_and_confirmation_is_not_overwritten(desk, organization):
    (row,) = exported(desk)
    response = sent(desk, [row | {"phone": "2"}, row | NEW])
    stored().withdraw()
    response = confirmed(desk, response)
    assert response.status_code == 409
    ((line, column, words),) = problems(response)
    assert (line, column) == (2, "version")
    assert words.startswith(LATE)
    assert stored().phone == "1"
    assert Organization.objects.count() == 1


def test_a_preview_that_would_do_something_else_by_now_is_shown_again(desk, organization):
    response = sent(desk, [NEW])
    Organization.objects.create(slug=NEW["slug"], name="x", kind="nonprofit", region_id="US-VA")
    assert problems(confirmed(desk, response))[0][1] == "version"
    Organization.objects.filter(slug=NEW["slug"]).delete()
    (row,) = exported(desk)
    response = sent(desk, [row | {"phone": "2"}])
    Organization.objects.all().delete()
    again = confirmed(desk, response)
    assert again.status_code == 409
    assert "look at it once more" in Page(again).text("content")
    assert not Organization.objects.exists()
    assert desk.post(IMPORT, {"previewed": again.context["previewed"]}).status_code == 302
    assert stored().phone == "2"


@pytest.mark.parametrize("value", ["", "x", "../../etc/passwd", "a:b:c", "\0", "x" * 10_000])
def test_a_preview_that_the_site_did_not_make_is_refused(desk, value):
    response = desk.post(IMPORT, {"previewed": value})
    ((*_where, words),) = problems(response)
    assert words == "This preview is too old, or not yours. Please choose the file again."


def test_a_preview_is_for_one_person_and_one_kind_of_record(desk, sign_in, organization):
    value = sent(desk, [NEW]).context["previewed"]
    assert sign_in("publisher").post(IMPORT, {"previewed": value}).status_code == 400
    jobs = IMPORT.replace("members/organization", "jobs/jobopening")
    assert desk.post(jobs, {"previewed": value}).status_code == 400
    changed = value.replace(value[10], "A" if value[10] != "A" else "B", 1)
    assert desk.post(IMPORT, {"previewed": changed}).status_code == 400
    assert Organization.objects.count() == 1


def test_a_preview_does_not_hold_for_ever(desk, organization, monkeypatch):
    value = sent(desk, [NEW]).context["previewed"]
    later = signing.time.time() + 2 * 3600 + 5
    monkeypatch.setattr(signing.time, "time", lambda: later)
    assert desk.post(IMPORT, {"previewed": value}).status_code == 400


def test_a_file_of_the_largest_size_still_fits_into_the_form_that_confirms_it(settings):
    letters = [chr(number) for number in range(33, 127)]
    text = "".join(random.Random(1).choices(letters, k=BYTES))
    assert len(signing.dumps([text, "x" * 64], compress=True)) < (
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE - 10_000
    )


# Nothing half imported ---------------------------------------------------------------------------


def test_one_wrong_line_keeps_all_others_out(desk, organization):
    (row,) = exported(desk)
    found = said(
        desk,
        row | {"phone": "2"},
        row | NEW | {"website": "javascript:alert(1)", "email": "x", "region": "XX"},
        row | {"slug": "b", "coverage": "US: excludes"},
    )
    assert [(line, column) for line, column, _words in found] == [
        (3, "region"),
        (3, "email"),
        (3, "website"),
        (4, "coverage"),
    ]
    assert stored().phone == "1"
    assert Organization.objects.count() == 1


def test_an_import_that_fails_at_its_end_leaves_nothing(desk, organization, monkeypatch):
    (row,) = exported(desk)
    response = sent(desk, [row | {"phone": "2"}, row | NEW])
    monkeypatch.setattr(FormerName, "save", None)
    monkeypatch.setattr(LogEntry.objects, "log_actions", None)
    with pytest.raises(TypeError):
        confirmed(desk, response)
    assert stored().phone == "1"
    assert Organization.objects.count() == 1


def test_a_fault_of_ours_is_not_taken_for_one_of_the_file(desk, organization, monkeypatch):
    monkeypatch.setattr("members.exports.organizations.locate", lambda organization: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        sent(desk, [NEW])


# What is wrong, by line and column ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "cell", "words"),
    [
        ("name", "", "This cell cannot be empty."),
        ("name", "x" * 201, "This has 201 letters and signs; 200 fit."),
        ("name", "a\nb", "This takes one line; write it without a line break."),
        ("slug", "Not an address!", "Enter a valid “slug”"),
        ("slug", "old-fictional", "This address is kept for a former name of another organ"),
        ("kind", "charity", "“charity” is not one of: nonprofit, law_school, public_defender, "),
        ("kind", "", "This cell cannot be empty."),
        ("region", "XX", "There is no place with the code “XX”."),
        ("region", "", "This cell cannot be empty."),
        ("region", "US-VA" * 5000, "There is no place with the code “US-VAUS-VA"),
        ("founded", "1998?", "“1998?” is not a year as 1998."),
        ("founded", "1066", "Ensure this value is greater than or equal to 1900."),
        ("intake_state_on", "6/30/2020", "“6/30/2020” is not a date as 2027-03-31"),
        ("intake_state_on", "2020-02-30", "There is no day “2020-02-30”."),
        ("email", "x", "Enter a valid email address."),
        ("website", "javascript:alert(1)", "Enter a valid URL."),
        ("website", "ftp://fictional.example/", "Enter a valid URL."),
        ("summary", "x" * 601, "This has 601 letters and signs; 600 fit."),
        ("how_to_ask", "x" * 20_001, "Ensure this value has at most 20000 characters"),
        ("how_to_ask", "x" * (LETTERS + 1), "This cell has more than 120000 letters."),
        ("phone", "1\0", "This cell has a sign that no text has (NUL)."),
        ("coverage", "Virginia", "“Virginia” cannot be read."),
        ("coverage", "XX: covers", "There is no place with the code “XX”."),
        ("coverage", "US-VA: covers\nUS-VA: covers", "Virginia has two rows"),
        ("coverage", "US-VA: excludes", "Virginia is excluded, but nothing wider is covered"),
        ("coverage", "US: covers\nUS-VA: covers", "The row for the United States says the same"),
        ("coverage", "US: covers\nUS-VA: excludes, DNA only", "US-VA: An exclusion is for all"),
        ("coverage", f'US-VA: covers, "{"x" * 201}"', "US-VA: Ensure this value has at most 200"),
        ("other_names", 'a b: former, "x"', "cannot be read."),
        ("other_names", 'fictional: former, "x"', "fictional: This is the address of another"),
        ("other_names", 'old-fictional: former, "x"', "old-fictional: Other name with this"),
        ("other_names", 'a: former, "x"\na: former, "y"', "Two lines have the same address."),
        ("other_names", 'a: former, 1066, "x"', "a: Ensure this value is greater than or equal"),
    ],
)
def test_what_is_wrong_is_named_by_line_and_column(desk, organization, column, cell, words):
    FormerName.objects.create(organization=organization, name="x", slug="old-fictional")
    (found,) = said(desk, NEW | {"slug": "b"}, NEW | {column: cell})[-1:]
    assert found[:2] == (3, column)
    assert found[2].startswith(words) or words in found[2]
    assert Organization.objects.count() == 1


def test_a_new_row_needs_the_columns_of_what_cannot_be_empty(desk):
    found = said(desk, {"slug": "fictional-clinic", "phone": "1"})
    assert {column for _line, column, _words in found} == {"name", "kind", "region"}
    assert {words for *_where, words in found} == {"A new row needs this column."}


def test_an_address_may_stand_in_a_file_once(desk):
    assert said(desk, NEW, NEW | {"slug": "b"}, NEW) == [
        (4, "slug", "Line 2 has the same. Each may stand in the file once.")
    ]


def test_coverage_that_contradicts_itself_already_hinders_no_other_change(desk, organization):
    organization.coverage.all().delete()
    Coverage.objects.create(organization=organization, region_id="US-VA", effect="excludes")
    (row,) = exported(desk)
    imported(desk, [row | {"phone": "2"}])
    assert rules() == [("US-VA", "excludes", "any", "")]


# The file itself ---------------------------------------------------------------------------------

HEAD, LINE = b"slug,phone,version", b"fictional,2,NOW"
PREVIEWED = [(2, {"phone": ["1", "2"]})]


def now(data):
    """The file, with the version that is stored."""
    return data.replace(b"NOW", str(stored().version).encode())


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + HEAD + b"\r\n" + LINE,
        HEAD + b"\r" + LINE + b"\r",
        (HEAD + b"\n" + LINE).replace(b",", b";"),
        (HEAD + b"\n" + LINE).replace(b",", b"\t"),
        b' Slug ,"PHONE",version\nfictional, 2 ,NOW\n',
        HEAD + b",,\r\n" + LINE + b",,\r\n,,,,\r\n\r\n",
        HEAD + b"\nfictional,'2,NOW".replace(b"'2", b"2"),
        b'"slug","phone","version"\n"fictional","2","NOW"\n',
    ],
)
def test_files_of_different_programs_are_read(desk, organization, data):
    assert changes(sent(desk, now(data))) == PREVIEWED


def test_names_of_columns_may_be_written_with_blanks(desk, organization):
    data = b"Slug,Postal address,Version\nfictional,1 Fictional Street,NOW\n"
    assert changes(sent(desk, now(data))) == [(2, {"postal_address": ["", "1 Fictional Street"]})]


def test_an_apostrophe_before_a_formula_is_taken_off_and_no_other(desk, organization):
    data = HEAD + b"\nfictional,'+1 540,NOW\n"
    assert changes(sent(desk, now(data))) == [(2, {"phone": ["1", "+1 540"]})]
    data = HEAD + b"\nfictional,'1 540,NOW\n"
    assert changes(sent(desk, now(data))) == [(2, {"phone": ["1", "'1 540"]})]


def test_lines_are_counted_as_a_spreadsheet_counts_them(desk, organization):
    data = b'slug,postal_address,email,version\n\nfictional,"a\nb",,NOW\n,,,\nfictional-b,,x,\n'
    assert {line for line, *_ in problems(sent(desk, now(data)))} == {5}


@pytest.mark.parametrize(
    ("data", "place", "words"),
    [
        (b"", ("", ""), "The submitted file is empty."),
        (b"\n\n", (None, ""), "The file is empty."),
        (HEAD, (None, ""), "There is no row below the names of the columns."),
        (HEAD + b"\n,,\n", (None, ""), "There is no row below the names of the columns."),
        ("slug\né".encode("latin-1"), (None, ""), "This is not a text file in UTF-8. In Excel"),
        ("slug\nx".encode("utf-16"), (None, ""), "This is not a text file in UTF-8."),
        (b"PK\x03\x04\x14\x00\xff", (None, ""), "This is not a text file in UTF-8."),
        (b"phone\n1", (1, "slug"), "The file needs this column."),
        (b"slug,phone,phone\na,1,1", (1, "phone"), "The file has this column twice."),
        (b"slug,,phone\na,1,1", (1, ""), "A column has no name."),
        (b"slug,fax\na,1", (1, "“fax”"), "There is no such column."),
        (b"sl\0ug\na", (1, "“sl\0ug”"), "There is no such column."),
        (b"slug,phone\na,1,2", (2, ""), "This line has more cells than there are columns."),
        (b'slug,phone\na,"1\nb,2', (2, ""), "This line cannot be read."),
        (b'slug,phone\na,1\nb,"1"2', (3, ""), "This line cannot be read."),
        (b"slug\n" + b"a\n" * 1001, (None, ""), "The file has more than 1000 rows."),
        (b"slug\n" + b"a" * BYTES, (None, ""), "The file is too large: it may have 2 MB."),
        (b"," * 1_900_000, (None, ""), "The file is empty."),
        (b"x," * 900_000, (1, "“x”"), "There is no such column."),
        (b"slug\n" + b"x" * 140_000, (2, ""), "This line cannot be read."),
    ],
    ids=range(20),
)
def test_a_file_that_cannot_be_read_is_told_why(desk, data, place, words):
    line, column, found = problems(sent(desk, data))[0]
    assert (line, column) == place
    assert found.startswith(words)


def test_a_table_of_something_else_is_told_so_shortly(desk):
    found = problems(sent(desk, ",".join(f"column {n}" for n in range(500)).encode() + b"\n1"))
    assert len(found) == 6
    assert found[-1][2].startswith("The first line must hold the names of the columns: slug, ")


def test_many_problems_are_counted_and_not_all_shown(desk, organization):
    rows = [NEW | {"slug": f"fictional-{n}", "kind": "x"} for n in range(130)]
    response = sent(desk, rows)
    assert "And 30 more." in Page(response).text("content")


def test_what_stands_in_a_file_is_shown_as_text(desk):
    response = sent(desk, [NEW | {"name": "<script>alert(1)</script>", "kind": "<b>"}])
    assert b"<b>" not in response.content
    response = sent(desk, [NEW | {"name": "<script>alert(1)</script>"}])
    assert b"<script>alert" not in response.content
    assert b"&lt;script&gt;alert" in response.content


def test_no_file_is_told_in_the_form(desk):
    response = desk.post(IMPORT)
    assert problems(response) == [("", "", "This field is required.")]
    assert desk.post(IMPORT, {"file": "x"}).status_code == 400


# The page ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [*Role.values, None])
def test_publishers_and_managers_import_and_editors_do_not(sign_in, organization, role):
    client = sign_in(role)
    allowed = role != Role.EDITOR
    assert client.get(IMPORT).status_code == (200 if allowed else 403)
    assert sent(client, [NEW]).status_code == (200 if allowed else 403)
    assert client.post(IMPORT, {"previewed": "x"}).status_code == (400 if allowed else 403)
    links = Page(client.get(LIST)).links("content-main")
    assert (IMPORT in links, EXPORT in links) == (allowed, True)


@pytest.mark.parametrize("missing", ["import_organization", "add_organization"])
def test_an_import_needs_every_permission_that_it_stands_for(sign_in, missing):
    client = sign_in("publisher")
    group = client.user.groups.get()
    group.permissions.set(group.permissions.exclude(codename=missing))
    assert client.get(IMPORT).status_code == 403


def test_the_page_explains_every_column(desk):
    page = Page(desk.get(IMPORT))
    names = [
        one.text
        for one in page.find("th", scope="row")
        if any(outer["aria-label"] == "Columns" for outer in one.inside)
    ]
    assert names == OrganizationResource().columns
    assert 'US-VA: covers, non-DNA only, "Not from the city courts."' in page.text("content")
    assert "Never empty." in page.text("content")


def test_a_preview_asks_the_database_little_for_what_does_not_change(
    desk, no_members, make_member, django_assert_max_num_queries
):
    for number in range(3):
        make_member(f"Fictional {number}", covers=["US-VA"])
    few_rows = file_of(exported(desk))
    with django_assert_max_num_queries(40) as few:
        sent(desk, few_rows)
    asked = len(few)
    for number in range(3, 40):
        make_member(f"Fictional {number}", covers=["US-VA"])
    many_rows = file_of(exported(desk))
    with django_assert_max_num_queries(asked + 37 * 2):  # a savepoint a row
        sent(desk, many_rows)


def test_the_digest_tells_what_a_preview_does(desk, organization):
    (row,) = exported(desk)
    digests = {
        sent(desk, [row | {"phone": phone}]).context["outcome"].digest for phone in ("2", "3", "2")
    }
    assert len(digests) == 2
