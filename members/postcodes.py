"""Which jurisdictions a postal code of another country can lie in, told from its form alone.

US ZIP codes are data, since the state and county follow from each; for the other members' countries
the form of the code is enough: coverage there is by country, or by province and nation.
"""

import re

CANADA = {
    "A": ("CA-NL",),
    "B": ("CA-NS",),
    "C": ("CA-PE",),
    "E": ("CA-NB",),
    **dict.fromkeys("GHJ", ("CA-QC",)),
    **dict.fromkeys("KLMNP", ("CA-ON",)),
    "R": ("CA-MB",),
    "S": ("CA-SK",),
    "T": ("CA-AB",),
    "V": ("CA-BC",),
    "X": ("CA-NT", "CA-NU"),
    "Y": ("CA-YT",),
}

# Royal Mail's postcode areas. Some straddle a border between two nations.
BRITAIN = {
    **dict.fromkeys(
        "AL B BA BB BD BH BL BN BR BS CA CB CM CO CR CT CV CW DA DE DH DL DN DT DY E EC EN EX FY "
        "GL GU HA HD HG HP HU HX IG IP KT L LA LE LN LS LU M ME MK N NE NG NN NR NW OL OX PE PL "
        "PO PR RG RH RM S SE SG SK SL SM SN SO SP SR SS ST SW TA TF TN TQ TR TS TW UB W WA WC WD "
        "WF WN WR WS WV YO".split(),
        ("GB-ENG",),
    ),
    **dict.fromkeys("AB DD DG EH FK G HS IV KA KW KY ML PA PH ZE".split(), ("GB-SCT",)),
    **dict.fromkeys("CF LL NP SA".split(), ("GB-WLS",)),
    **dict.fromkeys("CH HR SY".split(), ("GB-ENG", "GB-WLS")),
    "LD": ("GB-WLS", "GB-ENG"),
    "TD": ("GB-SCT", "GB-ENG"),
    "BT": ("GB-NIR",),
    "GY": ("GG",),
    "IM": ("IM",),
    "JE": ("JE",),
}

BRITISH = re.compile(r"([A-Z]{1,2})\d[A-Z\d]? ?(\d[A-Z]{2})?")
CANADIAN = re.compile(r"([ABCEGHJ-NPRSTVXY])\d[A-Z](?:[ -]?\d[A-Z]\d)?")
DUTCH = re.compile(r"[1-9]\d{3} ?[A-Z]{2}")
IRISH = re.compile(r"(?:[A-Z]\d{2}|D6W) ?[A-Z0-9]{4}")
ARGENTINE = re.compile(r"[A-Z]\d{4}[A-Z]{3}")
# Codes of digits alone, by their length: the members' countries that use them. ZIP codes come first
# among five digits and are not named here.
DIGITS = {4: ("AU", "NZ", "ZA", "AR"), 5: ("FR", "IT", "TW"), 6: ("TW",)}

ZIP = re.compile(r"(\d{5})(?:-?\d{4})?")
# The last words of an address, where they look like a whole code and like nothing else.
AT_THE_END = re.compile(
    r"(?P<rest>.+)[ ,](?P<code>\d{5}(?:-\d{4})?"
    r"|[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}"
    r"|[A-Z]\d[A-Z] ?\d[A-Z]\d)",
    re.ASCII | re.IGNORECASE,
)
# A code before a city, as most of Europe writes it: "75001 Paris", "F-75001 Paris", "1012 AB …".
IN_FRONT = re.compile(
    r"(?:[A-Z]{1,3}-)?\d{4,6}(?: [A-Z]{2})?[ ,]+(?P<rest>\D+)", re.ASCII | re.IGNORECASE
)


def regions_of(text):
    """The codes of the regions that ``text``, a postal code, can lie in, the likelier first.

    Empty when it has not the form of a code outside the US.
    """
    code = " ".join(text.upper().split())
    if code.isascii() and code.isdigit() and code.strip("0"):
        return list(DIGITS.get(len(code), ()))
    found = []
    if match := CANADIAN.fullmatch(code):
        found += CANADA[match[1]]
    if match := BRITISH.fullmatch(code):
        found += BRITAIN.get(match[1], ())
    if DUTCH.fullmatch(code):
        found.append("NL")
    if IRISH.fullmatch(code) and not found:
        found.append("IE")
    if ARGENTINE.fullmatch(code):
        found.append("AR")
    return found


def zip_code(text):
    """The five digits of a US ZIP or ZIP+4, or None."""
    match = ZIP.fullmatch(text.strip()) if text.isascii() else None
    return match and match[1]


def split_address(text):
    """The parts of an address with a postal code, (code, rest), or None where there is none.

    The code is empty where it stands in front, since the city behind it says more.
    """
    line = " ".join(text.split())
    if match := AT_THE_END.fullmatch(line):
        return match["code"], match["rest"]
    if match := IN_FRONT.fullmatch(line):
        return "", match["rest"]
    return None
