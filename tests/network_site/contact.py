"""What a visitor fills into the contact form."""

import time

from network_site.contact import stamp

TEXT = "The telephone number is not right.\nIt should end in 0100."


def fields(**changes):
    """What the browser sends of a form that was filled in well, with changes to it."""
    return {
        "subject": "wrong-detail",
        "name": "Maria Fictional",
        "email": "maria@fictional.example",
        "page": "/members/innocence-project/",
        "message": TEXT.replace("\n", "\r\n"),
        "homepage": "",
        "stamp": stamp(time.time(), wait=0),
    } | changes
