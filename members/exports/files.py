"""A file of comma-separated values: read with care, and written so that spreadsheets open it."""

import csv
import io
import re
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _

from members.exports.cells import escaped, quoted, unescaped

# What is previewed travels in the page until it is confirmed: see members/admin/exchange.py.
BYTES = 2_000_000
ROWS = 1_000
# Of a cell; the coverage of hundreds of places takes this. The csv module gives up at 131,072.
LETTERS = 120_000
SEPARATORS = ",;\t"
# Named in one message at most.
NAMED = 5


class Problem(NamedTuple):
    """What is wrong, and where: the line as a spreadsheet counts, the column by its name."""

    line: int | None
    column: str
    words: str


class BadFileError(Exception):
    """Files that cannot be imported, with the problems that are to be mended first."""

    def __init__(self, *problems):
        super().__init__(problems)
        self.problems = list(problems)


@dataclass(frozen=True)
class Sheet:
    """The rows below the head, each with its line; all are as long as the head."""

    columns: list
    rows: list


def decoded(data):
    """The text of a file in UTF-8."""
    if len(data) > BYTES:
        raise BadFileError(Problem(None, "", _("The file is too large: it may have 2 MB.")))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadFileError(
            Problem(
                None,
                "",
                _(
                    "This is not a text file in UTF-8. In Excel, save the table as “CSV UTF-8”; "
                    "in LibreOffice, as “Text CSV” with the character set “Unicode (UTF-8)”."
                ),
            )
        ) from None
    return text


def read(text, known, needed):
    """The sheet in a text, with columns of the ``known`` names, the ``needed`` ones among them."""
    lines = []
    try:
        # A line break inside a cell is part of it.
        for cells in csv.reader(io.StringIO(text, newline=""), **dialect(text)):
            lines.append(cells)
            if len(lines) > ROWS + 1:
                raise BadFileError(
                    Problem(None, "", _("The file has more than %(rows)d rows.") % {"rows": ROWS})
                )
    except csv.Error:
        words = _("This line cannot be read. Is a quotation mark missing, or one too many?")
        raise BadFileError(Problem(len(lines) + 1, "", words)) from None
    if not any(map(any, lines)):
        raise BadFileError(Problem(None, "", _("The file is empty.")))
    columns = read_head(lines[0], known, needed)
    rows = [(line, cells) for line, cells in enumerate(lines[1:], 2) if any(map(str.strip, cells))]
    if not rows:
        raise BadFileError(Problem(None, "", _("There is no row below the names of the columns.")))
    problems = [problem for line, cells in rows for problem in misfits(line, cells, columns)]
    if problems:
        raise BadFileError(*problems)
    blank = [""] * len(columns)
    return Sheet(
        columns,
        [
            (line, [unescaped(cell) for cell in (cells + blank)[: len(columns)]])
            for line, cells in rows
        ],
    )


def dialect(text):
    """Excel writes semicolons where people write numbers with a comma."""
    head = re.split(r"[\r\n]", text, maxsplit=1)[0]
    return {"delimiter": max(SEPARATORS, key=head.count), "strict": True}


def read_head(cells, known, needed):
    names = [re.sub(r"[\s_]+", "_", cell.strip().casefold()) for cell in cells]
    while names and not names[-1]:
        names.pop()
    problems = [
        *(
            Problem(1, quoted(name), _("There is no such column."))
            for name in dict.fromkeys(names)
            if name and name not in known
        ),
        *(
            Problem(1, name, _("The file has this column twice."))
            for name in dict.fromkeys(names)
            if name in known and names.count(name) > 1
        ),
        *(
            Problem(1, name, _("The file needs this column."))
            for name in needed
            if name not in names
        ),
    ]
    if "" in names:
        problems.append(Problem(1, "", _("A column has no name.")))
    if len(problems) > NAMED:
        words = _("The first line must hold the names of the columns: %(names)s.")
        problems = [*problems[:NAMED], Problem(1, "", words % {"names": ", ".join(known)})]
    if problems:
        raise BadFileError(*problems)
    return names


def misfits(line, cells, columns):
    if any(cell.strip() for cell in cells[len(columns) :]):
        yield Problem(line, "", _("This line has more cells than there are columns."))
    for column, cell in zip(columns, cells, strict=False):
        if len(cell) > LETTERS:
            yield Problem(
                line, column, _("This cell has more than %(limit)d letters.") % {"limit": LETTERS}
            )
        if "\0" in cell:
            yield Problem(line, column, _("This cell has a sign that no text has (NUL)."))


def written(columns, rows):
    """The file, as bytes. The mark at its beginning tells Excel that it is UTF-8."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)
    writer.writerow(columns)
    writer.writerows([escaped(cell) for cell in row] for row in rows)
    return file.getvalue().encode("utf-8-sig")
