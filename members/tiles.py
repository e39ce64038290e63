"""The map of US states as tiles: one square for each state, about where it lies."""

from django.db.models import Exists, OuterRef

from members.models import Coverage, Organization, Region

COLUMNS = 11
# A dot is an empty square; a state stands where it does on a map, as far as squares allow.
MAP = """
AK .  .  .  .  .  .  .  .  .  ME
.  .  .  .  .  WI .  .  .  VT NH
WA ID MT ND MN IL MI .  NY MA .
OR NV WY SD IA IN OH PA NJ CT RI
CA UT CO NE MO KY WV VA MD DE .
.  AZ NM KS AR TN NC SC DC .  .
.  .  .  OK LA MS AL GA .  .  .
HI .  .  TX .  .  .  .  FL .  .
AS GU MP .  .  .  .  .  .  PR VI
"""
GRID = {
    f"US-{state}": (column, row)
    for row, line in enumerate(MAP.split("\n")[1:-1], 1)
    for column, state in enumerate(line.split(), 1)
    if state != "."
}


def tiles():
    """The states, each with its square and its page; one query.

    ``dedicated`` says whether a listed member has a rule for the state itself.
    """
    listed = Organization.objects.listed()
    rules = Coverage.objects.of(listed).not_excluding().filter(region=OuterRef("pk"))
    states = Region.objects.filter(code__in=GRID).annotate(dedicated=Exists(rules))
    # Row by row, as the eye goes, and with it the keyboard.
    states = sorted(states, key=lambda state: GRID[state.code][::-1])
    return [
        {
            "name": state.name,
            "abbreviation": state.code[-2:],
            "column": GRID[state.code][0],
            "row": GRID[state.code][1],
            "dedicated": state.dedicated,
            "url": state.get_absolute_url(),
        }
        for state in states
    ]
