"""How names of places are compared: one normal form for what is stored and for what is typed."""

import re
import unicodedata

# Letters that Unicode does not decompose into a base letter and an accent.
LETTERS = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ħ": "h",
        "ı": "i",
        "臺": "台",
    }
)
APOSTROPHES = re.compile(r"['’‘`´ʻʼ\u02b9\u2032]")
# Accents that stand apart from their letter, and marks that only steer the direction of writing.
UNSEEN = {"Mn", "Cf"}
NOT_A_WORD = re.compile(r"[\W_]+")
# Written short in an address and long on a map, or the other way round.
ABBREVIATIONS = {"st": "saint", "ste": "sainte", "ft": "fort", "mt": "mount", "pt": "point"}


def search_key(text: str) -> str:
    """The normal form of a name: lower case, no accents, single spaces, ``St.`` written out.

    "Ft. Worth" and "Fort Worth" give "fort worth"; "D.C." gives "dc"; scripts other than Latin
    are kept. The empty string when there is no letter or digit.
    """
    text = APOSTROPHES.sub("", text.casefold())
    if not text.isascii():
        # NFKD also folds full-width letters and ligatures; NFC puts Hangul and kana together again.
        text = unicodedata.normalize("NFKD", text).translate(LETTERS)
        text = "".join(letter for letter in text if unicodedata.category(letter) not in UNSEEN)
        text = unicodedata.normalize("NFC", APOSTROPHES.sub("", text))
    # Initials belong together: "d.c." is "dc", but "st. louis" keeps its space.
    text = re.sub(r"\b(\w)\.(?=\w\b)", r"\1", text)
    words = NOT_A_WORD.sub(" ", text).split()
    return " ".join(ABBREVIATIONS.get(word, word) for word in words)
