"""What the feeds of all apps have in common."""

import re
import uuid

# What XML cannot say at all, however it is escaped; it comes along when staff paste a text.
NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def in_xml(text):
    return NOT_XML.sub("", str(text))


def entry_id(namespace, record):
    """The id of a record's entry, of its number alone: it outlives title, address and host."""
    return uuid.uuid5(namespace, str(record.pk)).urn
