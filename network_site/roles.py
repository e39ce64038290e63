"""What each role of the Support Unit may do, as names of permissions."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """The value is the name of the role's group."""

    EDITOR = "editor", _("Editor: writes and changes members, jobs, drafts of statements and pages")
    PUBLISHER = "publisher", _("Publisher: also publishes, withdraws, deletes and imports")
    MANAGER = "manager", _("Manager: also looks after the accounts")


def to(*verbs, of):
    """``to("view", of=["jobs.jobopening"])`` is ``{"jobs.view_jobopening"}``."""
    models = [model.split(".") for model in of]
    return {f"{app}.{verb}_{model}" for app, model in models for verb in verbs}


# What an editor may take away; drafts are a matter of the admin of their model.
ROWS = ["members.coverage", "members.formername"]
CONTENT = [
    *ROWS,
    "members.organization",
    "members.membershipperiod",
    "members.sisternetwork",
    "members.milestone",
    "members.reportedtotal",
    "jobs.jobopening",
    "statements.statement",
    "statements.edition",
]

EDITOR = (
    to("view", "add", "change", of=CONTENT)
    | to("delete", of=ROWS)
    | to("view", "change", of=["statements.page"])
    | to("view", of=["members.region", "members.linkcheck"])
)
PUBLISHER = (
    EDITOR
    | to("delete", of=CONTENT)
    | to("publish", of=["members.organization", "jobs.jobopening", "statements.edition"])
    | to("import", of=["members.organization", "jobs.jobopening"])
)
MANAGER = (
    PUBLISHER
    | to("view", "add", "change", "delete", of=["auth.user"])
    | to("view", of=["auth.group"])
)
PERMISSIONS = {Role.EDITOR: EDITOR, Role.PUBLISHER: PUBLISHER, Role.MANAGER: MANAGER}
