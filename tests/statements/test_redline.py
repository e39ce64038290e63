import random
import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from members.markdown import SOURCE_LIMIT, render
from statements.redline import Block, blocks, redline


def text(changes):
    """The redline on one line: a paragraph ends in "|", [-removed-], [+added+]."""
    marks = {"same": "{}", "removed": "[-{}-]", "added": "[+{}+]"}
    return " | ".join(
        " ".join(marks[piece.kind].format(piece) for piece in passage.pieces)
        for passage in changes.passages
    )


def compared(old, new):
    return text(redline(render(old), render(new)))


def words(changes, kind):
    """All words of one side: those of both texts, and those that are only in it."""
    return [
        word
        for passage in changes.passages
        for piece in passage.pieces
        if piece.kind in {"same", kind}
        for word in piece.words
    ]


# What readers see --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("One two three.", "One two three.", "One two three."),
        ("", "One two.", "[+One two.+]"),
        ("One two.", "", "[-One two.-]"),
        ("", "", ""),
        ("One two three.", "One three.", "One [-two-] three."),
        ("One three.", "One two three.", "One [+two+] three."),
        ("A year of housing.", "Two years of housing.", "[-A year-] [+Two years+] of housing."),
        # A paragraph put in, taken out, and one that is another altogether.
        ("One.\n\nThree.", "One.\n\nTwo.\n\nThree.", "One. | [+Two.+] | Three."),
        ("One.\n\nTwo.\n\nThree.", "One.\n\nThree.", "One. | [-Two.-] | Three."),
        ("a b c d.", "w x y z.", "[-a b c d.-] | [+w x y z.+]"),
        # A paragraph before a changed one is not taken for it.
        (
            "The right to housing for a year.",
            "Something new.\n\nThe right to housing for two years.",
            "[+Something new.+] | The right to housing for [-a year.-] [+two years.+]",
        ),
        # Lists and headings keep their parts.
        ("- one\n- two", "- one\n- two more", "one | two [+more+]"),
        ("## Rights\n\nOne.", "## Duties\n\nOne.", "[-Rights-] | [+Duties+] | One."),
        # A word that two changes leave between them is read with them.
        ("big red box here", "small red bag here", "[-big red box-] [+small red bag+] here"),
        ("big red box here", "big very red old box here", "big [+very+] red [+old+] box here"),
        # Where a link leads is part of what is said; emphasis is not.
        (
            "See [here](https://a.example/).",
            "See [here](https://b.example/).",
            "See here [-(https://a.example/).-] [+(https://b.example/).+]",
        ),
        ("<https://a.example/>", "[https://a.example/](https://a.example/)", "https://a.example/"),
        ("<mailto:a@b.example>", "<mailto:a@b.example>", "mailto:a@b.example"),
        ("A *plain* word.", "A **plain** word.", "A plain word."),
        ("one\ntwo", "one  \ntwo", "one two"),
        ("# No heading", "No heading", "No heading"),
        ("1 < 2 & 3", "1 < 2 & 4", "1 < 2 & [-3-] [+4+]"),
    ],
)
def test_the_redline_of_two_texts(old, new, expected):
    assert compared(old, new) == expected


def test_the_kind_of_a_passage_is_that_of_the_newer_text():
    changes = redline(
        render("## One\n\ntwo\n\n- three"), render("One\n\n- two\n\n> three\n\n#### four")
    )
    assert [passage.kind for passage in changes.passages] == ["text", "item", "text", "heading"]


def test_words_are_counted():
    changes = redline(render("One two three.\n\nFour."), render("One 2 three.\n\nFive six."))
    assert (changes.added, changes.removed) == (3, 2)


def test_nested_lists_quotes_and_breaks_are_blocks_of_words():
    html = render("- one\n  - two  \n    three\n\n> four\n\n---\n\n1. five")
    assert blocks(html) == [
        Block("item", ("one",)),
        Block("item", ("two", "three")),
        Block("text", ("four",)),
        Block("item", ("five",)),
    ]


# For any two texts -------------------------------------------------------------------------------

WORDS = st.sampled_from(["a", "b", "c", "the", "right", "to", "<b>", "&", "é", "東", "*em*"])
PARAGRAPHS = st.lists(WORDS, min_size=1, max_size=12).map(" ".join)
PARTS = st.builds("{}{}".format, st.sampled_from(["", "", "- ", "## ", "> "]), PARAGRAPHS)
TEXTS = st.lists(PARTS, max_size=8).map("\n\n".join)


def check(old, new):
    old, new = render(old), render(new)
    changes = redline(old, new)
    assert words(changes, "removed") == [word for block in blocks(old) for word in block.words]
    assert words(changes, "added") == [word for block in blocks(new) for word in block.words]
    assert all(piece.words for passage in changes.passages for piece in passage.pieces)
    kinds = [[piece.kind for piece in passage.pieces] for passage in changes.passages]
    # Pieces of a kind never follow each other, and what was removed stands before what was added.
    assert all("added removed" not in " ".join(of_one) for of_one in kinds)
    assert all(a != b for of_one in kinds for a, b in pairwise(of_one))
    assert (changes.added + changes.removed == 0) == (
        [block.words for block in blocks(old)] == [block.words for block in blocks(new)]
    )


@settings(deadline=None, derandomize=True, max_examples=300)
@given(TEXTS, TEXTS)
def test_without_what_is_marked_either_text_is_whole(old, new):
    check(old, new)


@settings(deadline=None, derandomize=True, max_examples=200)
@given(TEXTS, st.randoms(use_true_random=False))
def test_without_what_is_marked_an_edited_text_is_whole(old, source):
    parts = old.split(" ")
    for _number in range(min(3, len(parts))):
        parts[source.randrange(len(parts))] = source.choice(["", "new", "new\n\n", "the right"])
    check(old, " ".join(parts))


@settings(deadline=None, derandomize=True, max_examples=200)
@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_is_too_odd_to_be_compared(old, new):
    check(old, new)


# Time --------------------------------------------------------------------------------------------


def mixed(common, period, start):
    """Words of a vocabulary that repeats, with words between them that stand nowhere else."""
    one = [f"{n % period:x}" if n % common else f"{start + n:x}" for n in range(9000)]
    return " ".join(one)


SLOW = {
    "one word": ("a " * 10_000, "b " + "a " * 9_990),
    "two alternating": (mixed(3, 60, 70_000), mixed(3, 60, 90_000)),
    "a long period": (mixed(2, 300, 70_000), mixed(3, 200, 90_000)),
    "few words": tuple(" ".join(random.Random(n).choices("abcde", k=9_000)) for n in (1, 2)),
    "small paragraphs": tuple(
        "\n\n".join(random.Random(n).choices("abcdefgh", k=6_600)) for n in (1, 2)
    ),
    "turned round": tuple("\n\n".join(map(str, list(range(3_300))[::n])) for n in (1, -1)),
    "nested": ("> " * 10_000, "- " * 10_000),
    "brackets": ("[" * SOURCE_LIMIT, "![" * 10_000),
    "links": ("[a](b) " * 2_800, "[b](a) " * 2_800),
}


@pytest.mark.parametrize("name", SLOW)
def test_the_longest_texts_are_compared_while_one_waits(name):
    old, new = (render(source[:SOURCE_LIMIT]) for source in SLOW[name])
    begun = time.process_time()
    redline(old, new)
    # Some 0.2 s; a careless comparison takes most of a minute.
    assert time.process_time() - begun < 2
