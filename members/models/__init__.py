from members.models.coverage import Coverage
from members.models.links import LinkCheck
from members.models.memberships import MembershipPeriod
from members.models.network import Milestone, ReportedTotal, SisterNetwork, StarterItem
from members.models.organizations import FormerName, Organization
from members.models.regions import WORLD, GazetteerLoad, Place, Region, SearchName
from members.models.words import Word

__all__ = [
    "WORLD",
    "Coverage",
    "FormerName",
    "GazetteerLoad",
    "LinkCheck",
    "MembershipPeriod",
    "Milestone",
    "Organization",
    "Place",
    "Region",
    "ReportedTotal",
    "SearchName",
    "SisterNetwork",
    "StarterItem",
    "Word",
]
