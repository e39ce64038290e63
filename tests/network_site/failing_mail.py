"""The settings of the site, with a mail backend that fails in a way that nobody thought of."""

from network_site.settings import *  # noqa: F403

EMAIL_BACKEND = f"{__name__}.EmailBackend"


class EmailBackend:
    def __init__(self, **kwargs):
        pass

    def send_messages(self, messages):
        raise RuntimeError(messages[0].body)
