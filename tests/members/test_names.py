import pytest

from members.names import search_key


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Virginia", "virginia"),
        ("  NEW   York ", "new york"),
        ("D.C.", "dc"),
        ("N.Y.C.", "nyc"),
        ("Va.", "va"),
        ("St. Louis", "saint louis"),
        ("Ft. Worth", "fort worth"),
        ("Mt. Pleasant", "mount pleasant"),
        ("Winston-Salem", "winston salem"),
        ("Coeur d’Alene", "coeur dalene"),
        ("Hawaiʻi", "hawaii"),
        ("Montréal", "montreal"),
        ("Łódź", "lodz"),
        ("Weißenburg", "weissenburg"),
        ("İstanbul", "istanbul"),
        ("臺灣", "台灣"),
        ("Россия", "россия"),
        ("Vir\u200eginia", "virginia"),
        ("％ _ !", ""),
    ],
)
def test_spellings_of_one_name_share_a_key(typed, key):
    assert search_key(typed) == key


@pytest.mark.parametrize("name", ["Saint Paul", "Fort Ste. Marie", "Ö’Ñ–x", "台北市"])
def test_a_key_is_its_own_key(name):
    assert search_key(search_key(name)) == search_key(name)
