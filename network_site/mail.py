"""E-mail by SMTP within a time that somebody is ready to wait."""

import smtplib
import time

from django.core.mail.backends import smtp


class Deadline:
    """Gives the whole conversation the time-out that smtplib gives to each reply.

    A server that answers every command slowly would otherwise keep a visitor waiting for all of
    them, until the visitor's own server gives up and the text is lost.
    """

    def __init__(self, *args, timeout, **kwargs):
        self.deadline = time.monotonic() + timeout
        super().__init__(*args, timeout=timeout, **kwargs)

    def getreply(self):
        left = self.deadline - time.monotonic()
        if left <= 0:
            self.close()
            raise smtplib.SMTPServerDisconnected("Too slow")
        self.sock.settimeout(left)
        return super().getreply()


class PlainConnection(Deadline, smtplib.SMTP):
    pass


class TlsConnection(Deadline, smtplib.SMTP_SSL):
    pass


class EmailBackend(smtp.EmailBackend):
    """Django's, with EMAIL_TIMEOUT for all of an e-mail."""

    @property
    def connection_class(self):
        return TlsConnection if self.use_ssl else PlainConnection
