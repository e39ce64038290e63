"""What changed between two texts, for readers: words struck out and words put in.

Compared are the words that readers see, a paragraph with the one that it became; of emphasis and
other dress it says nothing. Pure functions, and quick even for texts made to be slow.
"""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from html.parser import HTMLParser

from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from rapidfuzz.distance import LCSseq

HEADINGS = {"h2", "h3", "h4"}
ENDS_A_BLOCK = {*HEADINGS, "blockquote", "hr", "li", "ol", "p", "ul"}
# From this share of common words on, a paragraph is one that was changed and not another.
ALIKE = 0.4
# Among so many paragraphs the one that a paragraph became is looked for.
WINDOW = 8
# Fewer unchanged words than these between two changes are read more easily as changed.
SHORT = 3

# Not all who listen to a page are told what <del> and <ins> mean.
MARKS = {"removed": _("removed:"), "added": _("added:")}
MARKUP = {
    "same": "{}",
    "removed": '<del><span class="vh">[{1} </span>{0}<span class="vh">]</span></del>',
    "added": '<ins><span class="vh">[{1} </span>{0}<span class="vh">]</span></ins>',
}


@dataclass(frozen=True)
class Block:
    """The words of a heading, of an item of a list, or of a paragraph."""

    kind: str
    words: tuple[str, ...]

    @cached_property
    def counted(self):
        return Counter(self.words)


@dataclass(frozen=True)
class Piece:
    """Words that are the ``same`` in both texts, ``removed``, or ``added``."""

    kind: str
    words: tuple[str, ...]

    def __str__(self):
        return " ".join(self.words)

    def html(self):
        return format_html(MARKUP[self.kind], self, MARKS.get(self.kind))


@dataclass(frozen=True)
class Passage:
    """A paragraph of both texts, or of one of them, in pieces."""

    kind: str
    pieces: list[Piece]

    def html(self):
        # Not in a template: a text may have thousands of passages.
        return format_html_join(" ", "{}", ((piece.html(),) for piece in self.pieces))


@dataclass(frozen=True)
class Redline:
    passages: list[Passage]

    def count(self, kind):
        pieces = (piece for passage in self.passages for piece in passage.pieces)
        return sum(len(piece.words) for piece in pieces if piece.kind == kind)

    @property
    def added(self):
        return self.count("added")

    @property
    def removed(self):
        return self.count("removed")


def redline(old, new):
    """The changes between two texts in HTML as ``members.markdown`` renders it."""
    return Redline(
        [
            Passage((after or before).kind, list(pieces(before, after)))
            for before, after in aligned(blocks(old), blocks(new))
        ]
    )


# The words ---------------------------------------------------------------------------------------


class BlockParser(HTMLParser):
    """Collects the blocks of a sanitised text. The address of a link stands behind its words."""

    def __init__(self):
        super().__init__()
        self.blocks, self.text = [], []
        self.heading, self.items = False, 0
        self.link, self.before_link = "", 0

    def handle_starttag(self, tag, attrs):
        if tag in ENDS_A_BLOCK:
            self.end_block()
        self.heading |= tag in HEADINGS
        self.items += tag == "li"
        if tag == "a":
            self.link, self.before_link = dict(attrs).get("href", ""), len(self.text)
        elif tag == "br":
            self.text.append(" ")

    def handle_endtag(self, tag):
        if tag == "a":
            words = "".join(self.text[self.before_link :])
            if words not in {self.link, self.link.removeprefix("mailto:")}:
                self.text.append(f" ({self.link})")
        if tag in ENDS_A_BLOCK:
            self.end_block()
        self.heading &= tag not in HEADINGS
        self.items -= tag == "li"

    def handle_data(self, data):
        self.text.append(data)

    def end_block(self):
        words = tuple("".join(self.text).split())
        kind = "heading" if self.heading else "item" if self.items else "text"
        if words:
            self.blocks.append(Block(kind, words))
        self.text = []


def blocks(html):
    """The blocks of words of a text in HTML."""
    parser = BlockParser()
    parser.feed(html)
    parser.close()
    parser.end_block()
    return parser.blocks


# The changes -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """A part of the old list, and what it became in the new one."""

    same: bool
    old: range
    new: range

    def __add__(self, other):
        """The change that goes from the beginning of one to the end of another."""
        old, new = range(self.old.start, other.old.stop), range(self.new.start, other.new.stop)
        return Step(False, old, new)


def steps(old, new):
    """The longest common subsequence of two lists, and what lies between its parts."""
    ids = {}
    numbers = [[ids.setdefault(one, len(ids)) for one in side] for side in (old, new)]
    return joined(
        Step(name == "equal", range(i, j), range(k, m))
        for name, i, j, k, m in LCSseq.opcodes(*numbers)
    )


def part(sequence, positions):
    return sequence[positions.start : positions.stop]


def joined(these):
    """The steps, with changes that follow each other made one."""
    done = []
    for step in these:
        if done and not step.same and not done[-1].same:
            done[-1] += step
        else:
            done.append(step)
    return done


def aligned(old, new):
    """Each block of the old text with the one that it became, or None, in the order of reading."""
    for step in steps(old, new):
        before, after = part(old, step.old), part(new, step.new)
        yield from zip(before, after, strict=True) if step.same else paired(before, after)


def paired(old, new):
    start, fresh = 0, []
    for block in new:
        others = old[start : start + WINDOW]
        likeness = [alike(other, block) for other in others]
        if max(likeness, default=0) < ALIKE:
            fresh.append(block)
            continue
        found = start + likeness.index(max(likeness))
        yield from ((block, None) for block in old[start:found])
        yield from ((None, block) for block in fresh)
        yield old[found], block
        start, fresh = found + 1, []
    yield from ((block, None) for block in old[start:])
    yield from ((None, block) for block in fresh)


def alike(one, other):
    """How much two blocks have in common, from 0 to 1."""
    common = sum((one.counted & other.counted).values())
    return 2 * common / (len(one.words) + len(other.words))


def pieces(before, after):
    old, new = (block.words if block else () for block in (before, after))
    for step in readable(steps(old, new)):
        if step.same:
            yield Piece("same", part(new, step.new))
            continue
        if step.old:
            yield Piece("removed", part(old, step.old))
        if step.new:
            yield Piece("added", part(new, step.new))


def readable(cuts):
    """The steps, with changes made one where only a lost word or two keep them apart."""
    return joined(
        step + step if is_lost(before, step, after) else step
        for before, step, after in zip([None, *cuts], cuts, [*cuts[1:], None], strict=False)
    )


def is_lost(before, step, after):
    """Whether unchanged words are too few to be noticed between what is replaced around them."""
    if not (before and step.same and after) or len(step.old) >= SHORT:
        return False
    return (
        bool(before.old or after.old)
        and bool(before.new or after.new)
        and all(len(step.old) <= max(len(one.old), len(one.new)) for one in (before, after))
    )
