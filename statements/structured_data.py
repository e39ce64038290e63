"""What a statement's page says to programs, as schema.org has it."""

from members.structured_data import network


def article(edition, site):
    """The current text of a statement; what is not known is left out."""
    statement = edition.statement
    url = site + statement.get_absolute_url()
    known = {
        "about": statement.topic,
        "datePublished": edition.adopted_on,
        "expires": statement.withdrawn_on,
    }
    return {
        "@context": "https://schema.org",
        "@type": "Article",
        "@id": f"{url}#article",
        "headline": statement.title,
        "description": edition.excerpt,
        "url": url,
        "version": str(edition.number),
        "inLanguage": "en",
        "publisher": network(site),
        **{name: value for name, value in known.items() if value},
    }
