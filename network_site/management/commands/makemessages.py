"""Django's command, which also reads the templates of the pages: those are Jinja2's."""

from pathlib import Path

from django.conf import settings
from django.core.management.commands import makemessages

from network_site.pages import environment

PAGES = settings.BASE_DIR / "templates" / "pages"


def calls(template):
    """What a template has translated, as calls of Python, each in its line of the template."""
    lines = []
    for number, function, messages in environment().extract_translations(template):
        lines += [""] * (number - len(lines))
        given = [messages] if isinstance(messages, str) else messages
        texts = ", ".join(repr(message) for message in given if message is not None)
        lines[number - 1] += f"{function}({texts}); "
    return "\n".join(lines)


class File(makemessages.BuildFile):
    def preprocess(self):
        if self.is_templatized and Path(self.path).resolve().is_relative_to(PAGES):
            template = Path(self.path).read_text(encoding="utf-8")
            Path(self.work_path).write_text(calls(template), encoding="utf-8")
        else:
            super().preprocess()


class Command(makemessages.Command):
    build_file_class = File
