"""All that the Network's own page said stands somewhere here; the counts are computed."""

import pytest

from tests.pages import Page

pytestmark = pytest.mark.django_db

DIRECTOR = "/jobs/2-associate-director-center-for-criminal-justice/"


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/", "67 independent organizations in 12 countries"),
        ("/", "does not review claims of innocence"),
        ("/contact/", "does not review claims of innocence"),
        ("/about/", "does not review claims of innocence"),
        ("/about/", "an affiliation of organizations from all over the world"),
        ("/about/", "organizations 67 in the United States 55 elsewhere 12"),
        ("/about/", "mainly focused on criminal justice reform in the United States"),
        ("/about/", "International Committee"),
        ("/about/", "Red Inocente, recognizing them as critically important partners"),
        ("/about/", "any questions about Network membership or the membership process"),
        ("/about/", "please contact the Network member in your area"),
        ("/history/", "The advent of new DNA testing methods in the early 1990s"),
        ("/history/", "By 2000, there were 10 programs that met in Chicago"),
        ("/history/", "In 2004, the member organizations decided"),
        ("/history/", "admitted in November 2005"),
        ("/history/", "more than quadrupled in size"),
        ("/history/", "pro bono sections of law firms"),
        ("/statements/exoneree-rights/", "should have the right to the following resources"),
        ("/statements/concerning-victims/", "shares several fundamental values with victims"),
        ("/jobs/1-staff-attorney/", "Mid-Atlantic Innocence Project"),
        ("/jobs/1-staff-attorney/", "George Washington University Law School"),
        ("/jobs/1-staff-attorney/", "post-conviction DNA testing"),
        (DIRECTOR, "Thurgood Marshall School of Law Innocence Project"),
        (DIRECTOR, "Earl Carl Institute"),
        (DIRECTOR, "five (5) to seven (7) years"),
    ],
)
def test_what_the_network_says_of_itself_is_here(client, address, words):
    assert words in Page(client.get(address)).text()
