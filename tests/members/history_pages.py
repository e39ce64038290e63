"""The pages of a record's history at the desk, as a browser walks through them."""

from django.urls import reverse

from tests.pages import Page


def page_of(record, page="history", *args):
    opts = record._meta
    name = f"admin:{opts.app_label}_{opts.model_name}_{page}"
    return reverse(name, args=[] if page in ("deleted", "changelist") else [record.pk, *args])


def shown(browser, address):
    """What the page says, in one line."""
    return Page(browser.get(address)).text("content")


def way_back(record, *, to):
    """The page that asks to go back to how it was after a change; the newest is number 1."""
    sets = {}
    for entry in type(record).history.filter(id=record.pk).order_by("-history_id"):
        sets.setdefault(entry.history_set, entry.history_id)
    return page_of(record, "go_back", list(sets.values())[to - 1])


def asked(response):
    """What the page that asks would send, were its button pressed."""
    assert response.status_code == 200
    hidden = {one["name"]: one["value"] for one in Page(response).find("input", type="hidden")}
    return {"mark": hidden["mark"], "confirmed": "x"}


def go_back(browser, record, *, to):
    """Opens the page that asks, and says yes."""
    address = way_back(record, to=to)
    return browser.post(address, asked(browser.get(address)), follow=True)


def said(response):
    return " ".join(map(str, response.context["messages"]))
