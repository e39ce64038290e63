"""A mail server on this machine that keeps what it takes, or is as bad as a test wants it to be."""

import email
import email.policy
import socket
import socketserver
import threading
import time
from contextlib import contextmanager

FINE = {"EHLO": 250, "MAIL": 250, "RCPT": 250, "DATA": 354, "QUIT": 221}


class Session(socketserver.StreamRequestHandler):
    def handle(self):
        self.say(220)
        while line := self.rfile.readline():
            command = line[:4].decode().upper()
            self.say(self.server.answers.get(command, 500))
            if command == "DATA" and self.server.answers["DATA"] == 354:
                self.take()
            elif command == "QUIT":
                return

    def say(self, code):
        time.sleep(self.server.pause)
        self.wfile.write(f"{code} fictional.example\r\n".encode())

    def take(self):
        lines = iter(self.rfile.readline, b".\r\n")
        text = b"".join(line[line.startswith(b".") :] for line in lines).replace(b"\r\n", b"\n")
        self.server.taken.append(email.message_from_bytes(text, policy=email.policy.default))
        self.say(250)


class MailServer(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, pause=0, **answers):
        self.pause = pause
        super().__init__(("127.0.0.1", 0), Session)
        self.answers, self.taken = FINE | answers, []
        self.port = self.server_address[1]
        self.address = f"smtp://127.0.0.1:{self.port}"


@contextmanager
def mail_server(pause=0, **answers):
    """A server whose ``taken`` are the messages; ``RCPT=550``, say, makes it refuse.

    It waits for ``pause`` seconds before each answer.
    """
    with MailServer(pause, **answers) as server:
        threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()


@contextmanager
def silent_server():
    """The port of one that is connected to, and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@contextmanager
def closed_port():
    """A port of which it is certain that nobody answers there."""
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        yield unheard.getsockname()[1]
