import pytest

from members.postcodes import regions_of, split_address, zip_code


@pytest.mark.parametrize(
    ("code", "regions"),
    [
        ("V6T 1Z4", ["CA-BC"]),
        ("v6t1z4", ["CA-BC"]),
        ("K1A", ["CA-ON"]),
        ("X1A 2P7", ["CA-NT", "CA-NU"]),
        ("EH1 1YZ", ["GB-SCT"]),
        ("SW1A 1AA", ["GB-ENG"]),
        ("SW1A", ["GB-ENG"]),
        ("BT1 5GS", ["GB-NIR"]),
        ("SY23 3BY", ["GB-ENG", "GB-WLS"]),
        ("W1A", ["GB-ENG"]),
        ("N1C", ["CA-ON", "GB-ENG"]),
        ("1012 AB", ["NL"]),
        ("1012AB", ["NL"]),
        ("D02 X285", ["IE"]),
        ("C1425ABC", ["AR"]),
        ("3000", ["AU", "NZ", "ZA", "AR"]),
        ("00000", []),
        ("QQ1 1AA", []),
        ("D1A 1A1", []),
        ("１０１２", []),
        ("", []),
    ],
)
def test_the_form_of_a_code_tells_the_country_or_its_part(code, regions):
    assert regions_of(code) == regions


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("90210", "90210"),
        (" 90210 ", "90210"),
        ("90210-1234", "90210"),
        ("902101234", "90210"),
        ("9021", None),
        ("90210 1234", None),
        ("９０２１０", None),
    ],
)
def test_a_zip_is_five_digits_or_nine(text, digits):
    assert zip_code(text) == digits


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Charlottesville, VA 22903", ("22903", "Charlottesville, VA")),
        ("10 Example Street, London SW1A 2AA", ("SW1A 2AA", "10 Example Street, London")),
        ("Vancouver BC  V6T 1Z4", ("V6T 1Z4", "Vancouver BC")),
        ("75001 Paris", ("", "Paris")),
        ("F-75001 Paris", ("", "Paris")),
        ("1012 AB Amsterdam", ("", "Amsterdam")),
        ("Straße 1, ß 12345", ("12345", "Straße 1, ß")),
        ("Virginia", None),
        ("22903", None),
    ],
)
def test_an_address_is_split_from_its_code(text, parts):
    assert split_address(text) == parts
