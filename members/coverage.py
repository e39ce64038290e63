"""The coverage rule: which organizations take convictions from a region, and why.

Knows nothing of requests or templates. The order of preference is the site's promise: members
dedicated to the place, then the nationwide, then the worldwide; by referral only last in each.
"""

import enum
import math
from collections import defaultdict
from dataclasses import dataclass, field

from django.core.paginator import Page
from django.db.models import Case, Count, F, Q, Value, When
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from members.models import Coverage, Organization, Region
from members.paging import FrugalPaginator, is_first
from members.reasons import as_sentence, listed_in_words, reason

PAGE_SIZE = 10
NEAREST = 5
# Where so many take cases from a place, offices are looked for around it, step by step.
MANY = 500
RADII_KM = (200, 400, 800, 1600, 3200)
# Of members of parts, and of their rules: far more than any country has yet.
PARTS_SHOWN = 100
RULES_READ = 500
PART_FIELDS = [
    *("organization__name", "organization__slug", "organization__postal_address"),
    *("organization__phone", "organization__website", "organization__host_institution"),
    *("organization__confirmed_on", "organization__confirmed_how", "region__name"),
]
EARTH_RADIUS_KM = 6371.009
KM_PER_MILE = 1.609344


class Level(enum.Enum):
    """How wide the rule reaches by which an organization covers a place."""

    WORLDWIDE = 0
    NATIONWIDE = 1
    DEDICATED = 2

    @classmethod
    def of(cls, depth):
        """The level of a rule ``depth`` steps below the world."""
        return cls(min(depth, cls.DEDICATED.value))


@dataclass(frozen=True)
class Covering:
    """An organization that takes cases from the place, with the reason in words."""

    organization: Organization
    level: Level
    region: Region
    referral_only: bool
    reason: str
    note: str

    @property
    def sentence(self):
        return as_sentence(self.reason)


@dataclass(frozen=True)
class Part:
    """An organization that takes cases from some places inside the region only."""

    organization: Organization
    places: str


@dataclass(frozen=True)
class Nearby:
    """Another organization's office, and how far it is in a straight line."""

    organization: Organization
    kilometres: int

    @property
    def miles(self):
        return round(self.kilometres / KM_PER_MILE)


@dataclass(frozen=True)
class Group:
    """Covering organizations of one level, under the heading that they share."""

    level: Level
    heading: str
    members: list[Covering] = field(default_factory=list)


@dataclass(frozen=True)
class Answer:
    """Who takes cases from ``region``: one page of ``groups``, and what to offer beside them."""

    region: Region
    page: Page
    groups: list[Group]
    dedicated: int
    divided: bool
    parts: list[Part]
    parts_total: int
    subdivisions: list[Region]
    nearest: list[Nearby]

    @property
    def total(self):
        return self.page.paginator.count

    @property
    def parts_left_out(self):
        return self.parts_total - len(self.parts)

    @property
    def leaves_intake_open(self):
        """Whether of some member shown it is not known if it takes new requests."""
        return any(
            one.organization.intake_state == Organization.Intake.UNKNOWN
            for group in self.groups
            for one in group.members
        )

    @property
    def lacks_dedicated(self):
        """Whether members share the country out among them, and none has taken this place."""
        return self.divided and not self.dedicated and self.region.kind != Region.Kind.COUNTRY


def who_covers(region, *, point=None, page=1, page_size=PAGE_SIZE, at=None):
    """The ``Answer`` for a conviction in ``region``, on the day ``at`` (today).

    ``point`` is the (latitude, longitude) to measure distances from, where it is known better than
    the region's own middle; ``page`` may be any text, as it comes from an address. At most eight
    queries, however many organizations there are, and five more for a place that ``MANY`` cover.
    """
    listed = Organization.objects.listed(at)
    rules = Coverage.objects.taking(region).of(listed)
    paginator = FrugalPaginator(in_order(rules, region), page_size)
    dedicated = count_dedicated(rules, paginator, page)
    shown = paginator.get_page(page)
    is_country = region.kind == Region.Kind.COUNTRY
    inside = ruled_parts(region)
    parts, parts_total = members_for_parts(region, inside, listed)
    divided = bool(parts) if is_country else not dedicated and is_divided(region, listed)
    if point is None and region.latitude is not None:
        point = (region.latitude, region.longitude)
    return Answer(
        region=region,
        page=shown,
        groups=grouped(with_reasons(list(shown), region), region),
        dedicated=dedicated,
        divided=divided,
        parts=parts,
        parts_total=parts_total,
        subdivisions=list(region.children.with_page()) if is_country and divided else [],
        nearest=nearest_others(region, inside, listed, point, among_many=paginator.count >= MANY)
        if point
        else [],
    )


def count_dedicated(rules, paginator, page):
    """How many of the deciding rules are dedicated; one query counts all where they need counting.

    Mostly all of them are on the first page, and where that is asked for it tells.
    """
    if is_first(page) and len(paginator.first) <= paginator.per_page:
        return sum(rule.depth >= Level.DEDICATED.value for rule in paginator.first)
    is_dedicated = Q(depth__gte=Level.DEDICATED.value)
    counts = rules.aggregate(total=Count("pk"), dedicated=Count("pk", filter=is_dedicated))
    paginator.count = counts["total"]
    return counts["dedicated"]


def in_order(rules, region):
    """The deciding rules in order of preference, each with what a listing shows of its member."""
    dedicated = Level.DEDICATED.value
    level = Case(When(depth__gte=dedicated, then=Value(dedicated)), default=F("depth"))
    by_referral = Case(When(effect=Coverage.Effect.REFERRAL_ONLY, then=Value(1)), default=Value(0))
    abroad = Case(
        When(organization__region__country=region.country_id, then=Value(0)), default=Value(1)
    )
    return rules.order_by(
        -level, by_referral, -F("depth"), abroad, Lower("organization__name"), "pk"
    ).select_related("organization", "region")


def with_reasons(rules, region):
    """``Covering`` for each deciding rule, in the given order."""
    exceptions = exceptions_to(rules)
    return [
        Covering(
            organization=rule.organization,
            level=Level.of(rule.depth),
            region=rule.region,
            referral_only=rule.effect == Coverage.Effect.REFERRAL_ONLY,
            reason=reason(rule, exceptions.get(rule.pk, [])),
            note=rule.note,
        )
        for rule in rules
    ]


def exceptions_to(rules):
    """What is excluded inside the regions of ``rules``: names in order, by the rule's key."""
    wide = {rule.organization_id: rule for rule in rules if rule.region.kind != Region.Kind.COUNTY}
    if not wide:
        return {}
    excluded = {}
    for exclusion in (
        Coverage.objects.filter(organization__in=wide, effect=Coverage.Effect.EXCLUDES)
        .select_related("region")
        .order_by("region__name")
    ):
        rule = wide[exclusion.organization_id]
        if exclusion.region.lies_in(rule.region):
            excluded.setdefault(rule.pk, []).append(exclusion.region.in_words)
    return excluded


def grouped(coverings, region):
    """The members by level, in the order in which they come."""
    # The state, say, that they are dedicated to, when the place is a county in it.
    dedicated = {one.region for one in coverings if one.level == Level.DEDICATED}
    ours = dedicated.pop() if len(dedicated) == 1 else region
    headings = {
        Level.DEDICATED: _("Dedicated to %(place)s") % {"place": ours.in_words},
        Level.NATIONWIDE: _("From all over %(country)s")
        % {"country": region.country.in_words if region.country else region.in_words},
        Level.WORLDWIDE: _("From all over the world"),
    }
    groups = []
    for covering in coverings:
        if not groups or groups[-1].level != covering.level:
            groups.append(Group(covering.level, headings[covering.level]))
        groups[-1].members.append(covering)
    return groups


def ruled_parts(region):
    """What lies inside the region and has a rule, as few regions do; ``None`` where nothing has.

    To ask whether there is any costs little beside what it spares: hardly a state has some, and few
    countries.
    """
    if region.kind == Region.Kind.COUNTY:
        return None
    with_rules = Coverage.objects.order_by().values("region")
    parts = Region.objects.filter(pk__in=with_rules, path__startswith=region.path)
    parts = parts.exclude(pk=region.pk)
    return parts if parts.exists() else None


def members_for_parts(region, inside, listed):
    """Members that take cases from places ``inside`` the region but not from all of it, by name.

    The first of them, and how many there are in all; a long list costs one more query.
    """
    if inside is None:
        return [], 0
    rules = (
        Coverage.objects.of(listed)
        .not_excluding()
        .filter(region__in=inside)
        .exclude(organization__in=Coverage.objects.taking(region).values("organization"))
    )
    read = list(
        rules.select_related("organization", "region")
        .only(*PART_FIELDS)
        .order_by(Lower("organization__name"), "organization", "region__name")[: RULES_READ + 1]
    )
    parts = {}
    for rule in read[:RULES_READ]:
        parts.setdefault(rule.organization, []).append(rule.region.in_words)
    total = len(parts)
    if len(read) > RULES_READ:
        # Of the last one, some places may not have been read.
        parts.popitem()
        total = rules.aggregate(total=Count("organization", distinct=True))["total"]
    shown = list(parts.items())[:PARTS_SHOWN]
    return [Part(organization, listed_in_words(places)) for organization, places in shown], total


def is_divided(region, listed):
    """Whether some member has taken a part of the region's country as its own."""
    return (
        Coverage.objects.of(listed)
        .not_excluding()
        .filter(region__country=region.country_id)
        .exclude(region=region.country_id)
        .exists()
    )


def nearest_others(region, inside, listed, point, *, among_many=False):
    """The offices nearest to ``point`` of members without a rule for the region or ``inside`` it.

    A member that excludes the region has a rule for it, and so is not named here either. Of a few
    offices, to look at all is quickest; ``among_many``, an index finds those around the place.
    """
    here = Q(region__in=region.lineage)
    ruled = Coverage.objects.filter(here if inside is None else here | Q(region__in=inside))
    x, y, z = unit_vector(*point)
    others = (
        listed.filter(~Q(pk__in=ruled.values("organization")), latitude__isnull=False)
        .order_by(-(F("x") * x + F("y") * y + F("z") * z), "pk")
        .only(
            "name",
            "slug",
            "city",
            "website",
            "latitude",
            "longitude",
            "region__name",
            "region__country__name",
        )
        .select_related("region__country")
    )
    for radius in RADII_KM if among_many else ():
        offices = list(others.filter(around(point, radius))[:NEAREST])
        if len(offices) == NEAREST and away(offices[-1], point) <= radius:
            break
    else:
        offices = others[:NEAREST]
    return [Nearby(office, round(away(office, point))) for office in offices]


def around(point, radius):
    """The condition that an office lies in a box around the point with all within the radius.

    None of the longitude where the box holds a pole or the line where it jumps from 180 to -180.
    """
    latitude, longitude = point
    height = math.degrees(radius / EARTH_RADIUS_KM)
    inside = Q(latitude__range=(latitude - height, latitude + height))
    # The widest part of the circle lies a little nearer to the pole than its centre.
    ratio = math.sin(math.radians(height)) / math.cos(math.radians(latitude))
    width = math.degrees(math.asin(ratio)) if abs(latitude) + height < 90 else 360
    if abs(longitude) + width <= 180:
        inside &= Q(longitude__range=(longitude - width, longitude + width))
    return inside


def away(office, point):
    return distance_km(point, (office.latitude, office.longitude))


def counts_by_region(regions, listed):
    """How many of the ``listed`` take cases from each region, by its code; one query.

    A member that takes cases from a part of a region counts for the region too.
    """
    rules = Coverage.objects.of(listed)
    taking, ruled, inside = defaultdict(set), defaultdict(set), defaultdict(set)
    for member, region, path, effect in rules.values_list(
        "organization", "region", "region__path", "effect"
    ):
        ruled[region].add(member)
        if effect != Coverage.Effect.EXCLUDES:
            taking[region].add(member)
            for code in path.rstrip("/").split("/"):
                inside[code].add(member)

    def count(region):
        members, closer = set(inside[region.code]), set()
        for code in reversed(region.lineage):
            members |= taking[code] - closer
            closer |= ruled[code]
        return len(members)

    return {region.code: count(region) for region in regions}


def unit_vector(latitude, longitude):
    """The place in degrees as a point (x, y, z) on the unit sphere."""
    latitude, longitude = math.radians(latitude), math.radians(longitude)
    return (
        math.cos(latitude) * math.cos(longitude),
        math.cos(latitude) * math.sin(longitude),
        math.sin(latitude),
    )


def distance_km(a, b):
    """The great-circle distance of two (latitude, longitude) in degrees, by the haversine."""
    (lat_a, lng_a), (lat_b, lng_b) = (map(math.radians, point) for point in (a, b))
    h = (
        math.sin((lat_b - lat_a) / 2) ** 2
        + math.cos(lat_a) * math.cos(lat_b) * math.sin((lng_b - lng_a) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, h)))
