import logging
import traceback

from django.views.generic import View


class Facts(logging.Formatter):
    """Leaves out all that visitors could have typed.

    Of a request it says the method, the name of the view and the status, never an address, a path
    or a field; of an error its kind and the places in the code, never its own words, which may
    quote what was typed.
    """

    def format(self, record):
        request = getattr(record, "request", None)
        what = record.getMessage() if request is None else facts(request, record)
        lines = [f"{self.formatTime(record)} {record.levelname} {record.name}: {what}"]
        error = record.exc_info[1] if record.exc_info else None
        while error:
            lines.append(f"  {type(error).__module__}.{type(error).__qualname__}")
            frames = traceback.extract_tb(error.__traceback__)
            lines += [f"    {place.filename}:{place.lineno} {place.name}" for place in frames]
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n".join(lines)


def facts(request, record):
    method = request.method if str(request.method).lower() in View.http_method_names else "?"
    match = getattr(request, "resolver_match", None)
    view = match.view_name if match else None
    return f"{method} {view or '?'} {getattr(record, 'status_code', '?')}"


def kind(error):
    """The error without its own words, which may quote what was to be sent."""
    code = getattr(error, "smtp_code", None) or getattr(error, "errno", None) or ""
    return f"{type(error).__name__} {code}".strip()
