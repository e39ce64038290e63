"""What an opening says to programs: JobPosting as schema.org and Google's rules have it."""

from django.utils.html import format_html

from jobs.days import end_of
from jobs.models import JobOpening
from members.models import Region

EMPLOYMENT = {
    "full_time": "FULL_TIME",
    "part_time": "PART_TIME",
    "temporary": "TEMPORARY",
    "contract": "CONTRACTOR",
    "internship": "INTERN",
    "volunteer": "VOLUNTEER",
}


def job_posting(opening, site):
    """The dictionary for an open opening, or None where what the rules require is not known.

    ``site`` is "https://host", without a slash.
    """
    where = place_of_work(opening)
    if not opening.posted_on or not where:
        return None
    organization = opening.organization
    url = site + opening.get_absolute_url()
    known = {
        "validThrough": opening.closes_on and end_of(opening.closes_on).isoformat(),
        "employmentType": EMPLOYMENT.get(opening.employment_type),
        "baseSalary": base_salary(opening),
    }
    return {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "title": opening.title,
        "description": opening.description_html or format_html("<p>{}</p>", opening.summary),
        "datePosted": opening.posted_on.isoformat(),
        "url": url,
        "identifier": {
            "@type": "PropertyValue",
            "name": organization.name,
            "value": str(opening.pk),
        },
        "hiringOrganization": {
            "@type": "Organization",
            "name": organization.name,
            "sameAs": organization.website or site + organization.get_absolute_url(),
        },
        "directApply": False,
        **where,
        **{name: value for name, value in known.items() if value},
    }


def place_of_work(opening):
    """Where one works, or for remote work where one has to live; empty when not stated.

    Hybrid work has a place that one must be able to reach, and so is not remote.
    """
    region = opening.region
    if not region:
        return {}
    is_country = region.kind == Region.Kind.COUNTRY
    if opening.workplace == JobOpening.Workplace.REMOTE:
        name = region.name if is_country else f"{region.name}, {region.country.name}"
        return {
            "jobLocationType": "TELECOMMUTE",
            "applicantLocationRequirements": {
                "@type": "Country" if is_country else "State",
                "name": name,
            },
        }
    address = {
        "@type": "PostalAddress",
        "addressLocality": opening.city,
        "addressRegion": "" if is_country else region.name,
        "addressCountry": region.country_id,
    }
    known = {name: value for name, value in address.items() if value}
    return {"jobLocation": {"@type": "Place", "address": known}}


def base_salary(opening):
    amounts = {"minValue": opening.pay_minimum, "maxValue": opening.pay_maximum}
    known = {name: float(value) for name, value in amounts.items() if value is not None}
    if not known:
        return None
    if len(set(known.values())) == 1 and len(known) == 2:
        known = {"value": known["minValue"]}
    return {
        "@type": "MonetaryAmount",
        "currency": opening.pay_currency,
        "value": {"@type": "QuantitativeValue", **known, "unitText": opening.pay_per.upper()},
    }
