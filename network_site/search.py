"""One search over all that the public site has. Knows nothing of requests.

Texts are compared as the finder compares names, since databases differ over case, accents and
languages: in Python, or for the members, who may be many, by the words that are kept of them.
"""

from dataclasses import dataclass

from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from rapidfuzz.distance import OSA

from jobs.models import JobOpening
from members.lookup import look_up
from members.models import Organization, Word
from members.models.words import words_in
from members.names import search_key
from statements.models import Edition, Page, Statement

WORDS = 12
SHOWN = 30
# Short words are a slip away from too many others.
SHORT = 3


@dataclass(frozen=True)
class Document:
    """What can be found: ``line`` says which it is; ``text`` is searched and not shown.

    ``known_as`` counts as a part of the title.
    """

    title: str
    url: str
    line: str = ""
    text: str = ""
    known_as: str = ""

    @cached_property
    def title_words(self):
        return search_key(f"{self.title} {self.known_as}").split()

    @cached_property
    def words(self):
        return [*self.title_words, *search_key(f"{self.line} {self.text}").split()]

    def place_for(self, wanted):
        """Where it stands among what was found: 0 with every wanted word in its title, else 1.

        None where a word is missing. A word is found by its beginning.
        """
        for place, words in enumerate((self.title_words, self.words)):
            if all(any(word.startswith(one) for word in words) for one in wanted):
                return place
        return None


@dataclass(frozen=True)
class Group:
    """What was found of one kind: ``documents`` are the first of ``total``."""

    heading: str
    total: int
    documents: list[Document]

    @property
    def hidden(self):
        return self.total - len(self.documents)


@dataclass(frozen=True)
class Found:
    """``meant`` is the text that was searched for instead of a misspelt one, or empty."""

    groups: list[Group]
    meant: str = ""

    @property
    def total(self):
        return sum(group.total for group in self.groups)


def search(text):
    """What is found for a text as typed, in groups; a misspelt word is replaced, and that is said.

    Places come first: most who search look for help, and the finder knows more names than we do.
    """
    kinds = [
        (_("Job openings"), list(openings())),
        (_("Statements"), list(statements())),
        (_("Pages"), list(pages())),
    ]
    wanted = words_in(text)[:WORDS]
    lookup, groups, meant = look_up(text), found_in(kinds, wanted), ""
    places = known_places(lookup)
    if not groups:
        vocabulary = {word for _kind, found in kinds for one in found for word in one.words}
        vocabulary.update(words_like(wanted))
        corrected = [nearest(word, vocabulary) for word in wanted]
        if corrected != wanted and (groups := found_in(kinds, corrected)):
            meant = " ".join(corrected)
            places = places or known_places(look_up(meant))
        else:
            places = places or lookup.suggestions
    if places:
        found = [as_document(match) for match in places]
        groups.insert(0, Group(_("Places"), len(found), found[:SHOWN]))
    return Found(groups, meant)


def known_places(lookup):
    return ([lookup.match] if lookup.match else []) + lookup.others + lookup.choices


def found_in(kinds, wanted):
    groups = members(wanted)
    for heading, documents in kinds:
        ranked = [(one.place_for(wanted), one) for one in documents]
        # Stable: within a rank the documents keep the order of their list.
        hits = sorted((pair for pair in ranked if pair[0] is not None), key=lambda pair: pair[0])
        if hits:
            groups.append(Group(heading, len(hits), [one for _rank, one in hits[:SHOWN]]))
    return groups


def nearest(word, vocabulary):
    """The word of the vocabulary that was probably meant, or the word itself."""
    allowed = 1 + (len(word) > 7)
    if len(word) <= SHORT or any(known.startswith(word) for known in vocabulary):
        return word
    slips = {known: OSA.distance(word, known, score_cutoff=allowed) for known in vocabulary}
    best = min(slips, key=lambda known: (slips[known], known), default=word)
    return best if slips.get(best, allowed + 1) <= allowed else word


# What can be found --------------------------------------------------------------------------------


def as_document(match):
    address = f"{reverse('members:find')}?{urlencode({'place': match.query})}"
    return Document(match.label, address, _("Who takes cases from there"))


def members(wanted):
    """The listed members with the wanted words, under every name that they go by, as a group.

    Those with all the words in their name come first.
    """
    listed = Organization.objects.listed()
    found = listed.with_words(wanted)
    if not (total := found.count()):
        return []
    shown = list(
        listed.with_words(wanted, Word.objects.in_name()).values_list("pk", flat=True)[:SHOWN]
    )
    more = found.exclude(pk__in=shown).values_list("pk", flat=True)
    shown += more[: SHOWN - len(shown)]
    organizations = (
        Organization.objects.select_related("region__country")
        .prefetch_related("other_names")
        .in_bulk(shown)
    )
    documents = [as_member(organizations[pk]) for pk in shown]
    return [Group(_("Members"), total, documents)]


def as_member(organization):
    names = [one.name for one in organization.other_names.all() if one.name != organization.name]
    line = " · ".join([organization.office, *names])
    return Document(organization.name, organization.get_absolute_url(), line)


def words_like(wanted):
    """What misspelt words may have meant among those of the members: few miss the first letter.

    Where it is left out, or has changed places with the second, that one begins the word.
    """
    like = Q()
    for word in wanted:
        like |= Q(word__begins=word[0]) | Q(word__begins=word[1:2] or word)
    return Word.objects.filter(like).order_by().values_list("word", flat=True).distinct()


def openings():
    for one in JobOpening.objects.open().select_related("organization"):
        line = " · ".join(filter(None, [one.organization.name, one.city]))
        yield Document(one.title, one.get_absolute_url(), line, one.summary)


def statements():
    """The current texts, of what no longer holds too: its page says so."""
    editions = Prefetch("editions", Edition.objects.published(), to_attr="published_editions")
    in_force = set(Statement.objects.in_force().values_list("pk", flat=True))
    for one in Statement.objects.published().newest_first().prefetch_related(editions):
        standing = "" if one.pk in in_force else _("No longer in force.")
        line = f"{standing} {one.current.excerpt}".strip()
        text = f"{one.topic} {one.current.body}"
        yield Document(one.title, one.get_absolute_url(), line, text)


def pages():
    """The lists and the contact page, and those whose text staff write."""
    for title, view, words in [
        (_("Find help"), "home", _("finder, legal help, lawyer")),
        (_("Members of the Network"), "members:directory", _("directory, organizations")),
        (_("All states and countries A–Z"), "members:regions", _("regions, places, map")),
        (_("Jobs in the Network"), "jobs:list", _("job openings, work, careers, vacancies")),
        (_("Statements of the Network"), "statements:list", _("policy")),
        (_("Contact the Support Unit"), "contact", _("e-mail, media, report a wrong detail")),
    ]:
        yield Document(title, reverse(view), known_as=words)
    for one in Page.objects.all():
        label = one.get_slug_display()
        yield Document(one.title, one.get_absolute_url(), one.lead, one.body, label)
