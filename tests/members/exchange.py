"""Files as a spreadsheet writes them, and what the desk's pages say of them."""

import csv
import io

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.pages import Page

EXPORT = "/admin/members/organization/export/"
IMPORT = "/admin/members/organization/import/"


def exported(client, address=EXPORT, filters=""):
    """The rows of an export as dictionaries of cells, without the apostrophes of formulas."""
    response = client.post(address + filters)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))


def file_of(rows):
    """The bytes of a file with these rows; a cell that a row does not name is empty."""
    file = io.StringIO(newline="")
    columns = dict.fromkeys(name for row in rows for name in row)
    writer = csv.DictWriter(file, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


def sent(client, data, address=IMPORT):
    """The answer to a file: bytes, or rows."""
    data = data if isinstance(data, bytes) else file_of(data)
    return client.post(address, {"file": SimpleUploadedFile("fictional.csv", data)})


def confirmed(client, response, address=IMPORT):
    """The answer to who confirms the preview."""
    assert response.status_code == 200, problems(response)
    return client.post(address, {"previewed": response.context["previewed"]})


def imported(client, data, address=IMPORT):
    assert confirmed(client, sent(client, data, address), address).status_code == 302


def problems(response):
    """(line, column, words) of all that is wrong with the file."""
    assert response.status_code in (400, 409)
    Page(response)
    words = [("", "", message) for message in response.context["form"].errors.get("file", [])]
    return words + [tuple(problem) for problem in response.context["problems"]]


def changes(response):
    """What the preview says, line by line: (line, {column: (now, from the file)})."""
    assert response.status_code == 200, problems(response)
    return [
        (change.line, {name: texts for name, *texts in change.cells})
        for change in response.context["outcome"].changes
    ]
