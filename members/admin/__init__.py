"""The desk's lists and forms of what belongs to the members."""

from members.admin.addresses import WEB_ADDRESSES
from members.admin.coverage import RegionAdmin
from members.admin.links import LinkCheckAdmin
from members.admin.network import MilestoneAdmin, ReportedTotalAdmin, SisterNetworkAdmin
from members.admin.organizations import OrganizationAdmin

__all__ = [
    "WEB_ADDRESSES",
    "LinkCheckAdmin",
    "MilestoneAdmin",
    "OrganizationAdmin",
    "RegionAdmin",
    "ReportedTotalAdmin",
    "SisterNetworkAdmin",
]
