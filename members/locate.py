"""Where an organization's office is: the coordinates of its city, from the gazetteer."""

from members.models import Place
from members.names import search_key


def locate(organization):
    """Sets the coordinates from city and region; leaves them empty where the city is not known.

    City and region count together: there is a Kansas City in two states. Not saved here.
    """
    city = (
        Place.objects.filter(
            names__key=search_key(organization.city),
            region__path__startswith=organization.region.path,
        )
        .order_by("-population")
        .first()
    )
    organization.latitude = city.latitude if city else None
    organization.longitude = city.longitude if city else None
