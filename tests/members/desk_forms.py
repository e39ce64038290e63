"""What a browser sends for the organization's form at the desk, and what the answer says."""

from django.urls import reverse

ADD = "/admin/members/organization/add/"
LIST = "/admin/members/organization/"


def inline(prefix, *rows):
    """The form data of an inline with these new rows."""
    data = {f"{prefix}-{name}": "0" for name in ("INITIAL_FORMS", "MIN_NUM_FORMS")}
    data |= {f"{prefix}-MAX_NUM_FORMS": "1000", f"{prefix}-TOTAL_FORMS": str(len(rows))}
    for number, row in enumerate(rows):
        data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return data


def organization_data(*, rules=(), periods=(), names=(), **fields):
    return (
        {
            "name": "Fictional Legal Clinic",
            "slug": "fictional-legal-clinic",
            "kind": "nonprofit",
            "city": "Richmond",
            "region": "US-VA",
            "intake_state": "unknown",
            "who_may_write": "unknown",
        }
        | inline("coverage", *rules)
        | inline("memberships", *periods)
        | inline("other_names", *names)
        | fields
    )


def rule(region, effect="covers", evidence="any", **fields):
    return {"region": region, "effect": effect, "evidence": evidence} | fields


def page_of(organization, page="change"):
    return reverse(f"admin:members_organization_{page}", args=[organization.pk])


def typed(response):
    """All that stands in the forms of the page, as a browser would send it unchanged."""
    forms = [response.context["adminform"].form]
    for formset in formsets(response):
        forms += [formset.management_form, *formset.forms]
    values = {field.html_name: field.value() for form in forms for field in form}
    return {
        name: value for name, value in values.items() if value is not None and value is not False
    }


def with_row(data, prefix, **row):
    """The data with one more new row in an inline."""
    number = int(data[f"{prefix}-TOTAL_FORMS"])
    new = {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return data | new | {f"{prefix}-TOTAL_FORMS": str(number + 1)}


def formsets(response):
    return [one.formset for one in response.context["inline_admin_formsets"]]


def problems(response):
    """All that the forms of the page say is wrong, in one text."""
    assert response.status_code == 200
    errors = [response.context["adminform"].form.errors]
    for formset in formsets(response):
        errors += [*formset.errors, formset.non_form_errors()]
    return " ".join(map(str, errors))
