"""Fictional content for the kinds of pages that the starter content has none of.

python -m tests.browser.fictional, with the variables of a site that was made for the tests.
"""

import datetime

import django

FICTIONAL = {
    "organization that hires": ("/members/fictional-hiring-project/", 200),
    "opening that closes soon": ("/jobs/101-fictional-investigator/", 200),
    "filled opening": ("/jobs/102-fictional-fellow/", 200),
    "opening that is gone": ("/jobs/103-fictional-clerk/", 410),
    "statement with editions": ("/statements/coming-home/", 200),
    "former edition": ("/statements/coming-home/1/", 200),
    "changes of an edition": ("/statements/coming-home/2/changes/", 200),
    "superseded statement": ("/statements/old-words/", 200),
    "withdrawn statement": ("/statements/no-longer/", 200),
}


def add():
    from jobs.models import JobOpening
    from members.models import Coverage, MembershipPeriod, Organization
    from statements.models import Edition, Statement

    today = datetime.date.today()

    def member(name, **fields):
        made = Organization.objects.create(
            name=f"Fictional {name} Project",
            slug=f"fictional-{name.lower()}-project",
            kind=Organization.Kind.NONPROFIT,
            region_id="US-VA",
            published=True,
            **fields,
        )
        MembershipPeriod.objects.create(organization=made, known_on=datetime.date(2020, 1, 1))
        return made

    hiring = member("Hiring")

    def opening(pk, title, posted, **fields):
        JobOpening.objects.create(
            pk=pk,
            organization=hiring,
            title=title,
            kind=JobOpening.Kind.INVESTIGATOR,
            summary="A fictional job in fictional words.",
            description="Looks into **fictional** cases.\n\n- One duty\n- Another duty",
            city="Richmond",
            region_id="US-VA",
            posted_on=today - datetime.timedelta(posted),
            published=True,
            **fields,
        )

    opening(
        101,
        "Fictional investigator",
        posted=10,
        closes_on=today + datetime.timedelta(5),
        workplace=JobOpening.Workplace.HYBRID,
        employment_type=JobOpening.Employment.FULL_TIME,
        pay_minimum=50_000,
        pay_maximum=60_000,
        pay_currency="USD",
        pay_per=JobOpening.Per.YEAR,
        apply_url="https://fictional.example/apply",
        apply_email="apply@fictional.example",
    )
    opening(102, "Fictional fellow", posted=30, filled_on=today - datetime.timedelta(3))
    opening(103, "Fictional clerk", posted=300, closes_on=today - datetime.timedelta(200))

    def statement(slug, *texts, **fields):
        title = slug.replace("-", " ").capitalize()
        made = Statement.objects.create(slug=slug, title=f"Fictional: {title}", **fields)
        for number, text in enumerate(texts, 1):
            Edition.objects.create(
                statement=made,
                adopted_on=datetime.date(2010 + number, 3, 10),
                adopted_by="the Fictional Board",
                change_note="Clearer words." if number > 1 else "",
                excerpt="A fictional statement.",
                body=text,
                published=True,
            )
        return made

    coming_home = statement(
        "coming-home",
        "Those who come home need a place to live.\n\n- Work\n- Medicine\n\nNobody pays for it.",
        "Those who come home need a safe place to live.\n\n- Paid work\n- Medicine\n\nA new end.",
    )
    statement("old-words", "What was said before.", superseded_by=coming_home)
    statement("no-longer", "What holds no more.", withdrawn_on=datetime.date(2019, 5, 6))

    # For the tests that change something: no other test looks at these.
    member("Quiet", postal_address="1 Example Road\nExampletown, VA 00000", phone="555 0100")
    Coverage.objects.create(organization=member("Dishonest"), region_id="GL")
    statement("second-thoughts", "Everybody needs a home.")

    # Drafts, which only the desk sees.
    draft = Organization(
        pk=901, name="Fictional Draft", slug="draft", kind="nonprofit", region_id="US-VA"
    )
    draft.save()
    draft.phone = "555 0199"
    draft.save()
    unfinished = statement("unfinished")
    Edition.objects.create(pk=901, statement=unfinished, excerpt="In short.", body="Words.")


if __name__ == "__main__":
    django.setup()
    add()
