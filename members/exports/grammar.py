"""Several rows of another model in one cell: a line each, as people would write it.

``US-VA: covers, non-DNA only, "Not from the city courts."`` What ``write_…`` writes, ``read_…``
reads as the same tuples; it raises a ValueError with a sentence about the first line that it
cannot read.
"""

import re

from django.utils.translation import gettext as _

from members.exports.cells import quoted
from members.models import Coverage, FormerName

ENTRY = re.compile(
    r"""\s*+ ([\w-]++) [^\S\n]*+ : [^\S\n]*+
        ([^"“\n]*+)                          # words, with a comma between
        ("(?:[^"]|"")*+" | “[^“”]*+”)?+      # a text in quotation marks
        [^\S\n]*+ (?:\n|\Z)""",
    re.VERBOSE,
)


def entries(text):
    """Of each line the name before the colon, the words, and the text in quotation marks."""
    place, text = 0, text.rstrip()
    while place < len(text):
        found = ENTRY.match(text, place)
        if found is None:
            line, *_others = text[place:].lstrip().split("\n")
            raise ValueError(_("%(line)s cannot be read.") % {"line": quoted(line)})
        name, words, note = found.groups(default="")
        note = note[1:-1].replace('""', '"') if note.startswith('"') else note[1:-1]
        words = [" ".join(word.split()) for word in words.split(",")]
        if found[3] and not words[-1]:
            words.pop()  # the comma before the text
        yield name, words, note
        place = found.end()


def entry(name, words, note=""):
    marked = '"' + note.replace('"', '""') + '"'
    return f"{name}: {', '.join([*words, marked] if note else words)}"


def by_words(choices):
    """The stored values by the words for them, and by themselves; in small letters."""
    return {str(choice.label).casefold(): choice.value for choice in choices} | {
        choice.value: choice.value for choice in choices
    }


def read_coverage(text):
    """Rules as (region code, effect, evidence, note), by code."""
    effects, kinds = by_words(Coverage.Effect), by_words(Coverage.Evidence)
    rules = []
    for code, (effect, *evidence), note in entries(text):
        if effect.casefold() not in effects or len(evidence) > 1:
            words = ", ".join(str(choice.label) for choice in Coverage.Effect)
            raise ValueError(
                _("%(code)s: after the colon stands one of: %(words)s.")
                % {"code": code, "words": words}
            )
        kind = evidence[0].casefold() if evidence else Coverage.Evidence.ANY
        if kind not in kinds:
            words = ", ".join(str(choice.label) for choice in Coverage.Evidence)
            raise ValueError(
                _("%(code)s: %(text)s is not one of: %(words)s. A note stands in quotation marks.")
                % {"code": code, "text": quoted(evidence[0]), "words": words}
            )
        rules.append((code.upper(), effects[effect.casefold()], kinds[kind], note))
    return sorted(rules)


def write_coverage(rules):
    lines = []
    for code, effect, evidence, note in sorted(rules):
        words = [str(Coverage.Effect(effect).label)]
        if evidence != Coverage.Evidence.ANY:
            words.append(str(Coverage.Evidence(evidence).label))
        lines.append(entry(code, words, note))
    return "\n".join(lines)


def read_names(text):
    """Other names as (address, standing, year or None, name), by address."""
    names = []
    for slug, (standing, *year), name in entries(text):
        if standing.casefold() not in FormerName.Standing.values:
            words = ", ".join(FormerName.Standing.values)
            raise ValueError(
                _("%(address)s: after the colon stands one of: %(words)s.")
                % {"address": quoted(slug), "words": words}
            )
        if len(year) > 1 or not all(re.fullmatch("[0-9]{4}", one) for one in year):
            raise ValueError(
                _("%(address)s: %(text)s is no year as 1998. The name stands in quotation marks.")
                % {"address": quoted(slug), "text": quoted(", ".join(year))}
            )
        if not name:
            raise ValueError(
                _("%(address)s: the name is missing. It stands last, in quotation marks.")
                % {"address": quoted(slug)}
            )
        names.append((slug, standing.casefold(), int(year[0]) if year else None, name))
    return sorted(names, key=by_address)


def write_names(names):
    return "\n".join(
        entry(slug, [standing, *([] if year is None else [f"{year:04}"])], name)
        for slug, standing, year, name in sorted(names, key=by_address)
    )


def by_address(name):
    return name[0], name[3]
