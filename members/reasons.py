"""Why an organization is listed, and which cases it takes, in words."""

from django.utils.text import capfirst, get_text_list
from django.utils.translation import gettext as _

from members.models import Coverage, Region


def reason(rule, exceptions=(), places=()):
    """In words why an organization is listed: "takes DNA cases from all of Michigan".

    ``exceptions`` are the names of regions inside that the organization excludes, and ``places``
    those of all regions for which it has the same rule. A public note says that the rule is
    narrower than its region, so "all of" is left out where there is one.
    """
    place = listed_in_words(places) or rule.region.in_words
    if rule.region.kind == Region.Kind.WORLD:
        place = _("all over the world")
    elif not (rule.note or exceptions):
        place = _("all of %(place)s") % {"place": place}
    if exceptions:
        place = with_exceptions(place, exceptions)
    if rule.effect == Coverage.Effect.REFERRAL_ONLY:
        sentence = {
            Coverage.Evidence.ANY: _("by referral only, takes cases from %(place)s"),
            Coverage.Evidence.DNA: _("by referral only, takes DNA cases from %(place)s"),
            Coverage.Evidence.NON_DNA: _("by referral only, takes non-DNA cases from %(place)s"),
        }
    else:
        sentence = {
            Coverage.Evidence.ANY: _("takes cases from %(place)s"),
            Coverage.Evidence.DNA: _("takes DNA cases from %(place)s"),
            Coverage.Evidence.NON_DNA: _("takes non-DNA cases from %(place)s"),
        }
    return sentence[rule.evidence] % {"place": place}


def rule_sentences(organization):
    """What an organization takes, the widest first.

    Dictionaries of sentence, note, effect and regions.
    Exclusions are said with the rule that they narrow, and rules that differ in nothing but their
    region are one sentence.
    """
    rules = list(organization.coverage.select_related("region__parent", "region__country"))
    rules.sort(key=lambda rule: (len(rule.region.lineage), rule.region.name))
    excluded = [rule.region for rule in rules if rule.effect == Coverage.Effect.EXCLUDES]
    alike = {}
    for rule in rules:
        if rule.effect != Coverage.Effect.EXCLUDES:
            exceptions = tuple(one.in_words for one in excluded if one.lies_in(rule.region))
            stands_alone = exceptions or rule.region.kind == Region.Kind.WORLD
            key = rule.effect, rule.evidence, rule.note, exceptions, stands_alone and rule.pk
            alike.setdefault(key, []).append(rule)
    return [
        {
            "sentence": as_sentence(
                reason(same[0], exceptions, [rule.region.in_words for rule in same])
            ),
            "note": same[0].note,
            "effect": same[0].effect,
            "regions": [rule.region for rule in same],
        }
        for (*_same, exceptions, _alone), same in alike.items()
    ]


def as_sentence(words):
    """With a capital and one full stop, also behind "Washington, D.C."."""
    return capfirst(words if words.endswith(".") else f"{words}.")


def listed_in_words(names):
    """The names as a sentence lists them: "Maine, Vermont and Ohio"."""
    return get_text_list(list(names), _("and"))


def with_exceptions(place, exceptions):
    """A place without some of its parts: "the United States except Ohio and Michigan"."""
    return _("%(place)s except %(exceptions)s") % {
        "place": place,
        "exceptions": listed_in_words(exceptions),
    }
