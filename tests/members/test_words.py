import pytest

from members.models import FormerName, Organization, Region, Word
from members.models.words import renew

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(no_members, make_member):
    return make_member("Fictional Zyxwv Project", host_institution="Qwert School", city="Utopia")


def named(text):
    return list(Organization.objects.named(text))


def words(organization):
    return set(organization.words.values_list("source", "word"))


def test_the_words_of_names_and_of_the_office_are_kept(member):
    name, other_name, office = Word.Source
    assert words(member) == {
        *((name, word) for word in ("fictional", "zyxwv", "project")),
        *((other_name, word) for word in ("qwert", "school")),
        *((office, word) for word in ("utopia", "virginia", "united", "states")),
    }


def test_they_follow_what_is_saved(member):
    member.name = "Fictional Asdf Project"
    member.save()
    assert named("asdf") == [member]
    assert not named("zyxwv")


def test_a_save_that_changes_no_word_writes_none(member):
    before = set(member.words.values_list("pk", flat=True))
    member.phone = "555 0100"
    member.save()
    assert set(member.words.values_list("pk", flat=True)) == before


def test_another_name_comes_and_goes_with_its_words(member):
    other = member.other_names.create(name="Old Hjkl Clinic", slug="old-hjkl")
    assert named("hjkl old") == [member]
    member.save()
    other.name = "Old Mnbv Clinic"
    other.save()
    assert named("mnbv") == [member]
    assert not named("hjkl")
    FormerName.objects.all().delete()
    assert not named("mnbv")
    assert named("zyxwv") == [member]


def test_another_name_takes_its_words_to_another_organization(member, make_member):
    other = member.other_names.create(name="Old Hjkl Clinic", slug="old-hjkl")
    other.organization = successor = make_member("Fictional Bureau")
    other.save()
    assert named("hjkl") == [successor]


def test_a_name_does_not_hold_the_place_of_the_office(member):
    assert not named("utopia")
    assert list(Organization.objects.with_words(["utop"])) == [member]


def test_every_word_has_to_be_there(member, make_member):
    other = make_member("Fictional Bureau")
    assert named("fictional") == [other, member]
    assert named("qwert fictional") == [member]
    assert not named("qwert bureau")


def test_renewed_words_follow_the_names_of_regions(member):
    member.other_names.create(name="Old Hjkl Clinic", slug="old-hjkl")
    before = words(member)
    Region.objects.filter(pk="US-VA").update(name="Erewhon")
    renew(Organization.objects.all(), FormerName.objects.all(), Word.objects.all())
    office = Word.Source.OFFICE
    assert words(member) == before - {(office, "virginia")} | {(office, "erewhon")}


def test_words_of_languages_without_latin_letters_are_found_by_their_beginning(member):
    member.other_names.create(name="東京 Ärger*", slug="tokyo")
    assert named("東") == named("arg") == [member]
    assert not named("京")


def test_letters_that_become_two_do_not_make_a_word_too_long(member):
    member.name = "ß" * 200
    member.save()
    assert named("ß" * 100) == named("ß" * 200) == [member]
