"""Members as a file for a spreadsheet, and back; what other apps need for theirs is here too."""

from members.exports.cells import Code, Line, plain
from members.exports.organizations import OrganizationResource
from members.exports.resources import Column, ExchangeResource

__all__ = ["Code", "Column", "ExchangeResource", "Line", "OrganizationResource", "plain"]
