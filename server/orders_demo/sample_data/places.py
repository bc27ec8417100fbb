"""Where customers live: a few real cities per country with believable street lines."""

from __future__ import annotations

from random import Random
from typing import NamedTuple


class Town(NamedTuple):
    """A city with its region and one of its postcodes."""

    city: str
    province: str | None
    province_code: str | None
    zip: str


class Country(NamedTuple):
    """A country, how its phone numbers begin, its streets (`{}` is the house number) and towns."""

    name: str
    dial: str
    streets: tuple[str, ...]
    towns: tuple[Town, ...]


COUNTRIES: dict[str, Country] = {
    "US": Country(
        "United States",
        "+1",
        ("{} Maple Avenue", "{} Lakeshore Drive", "{} Old Mill Road", "{} W 42nd Street"),
        (
            Town("Portland", "Oregon", "OR", "97205"),
            Town("Austin", "Texas", "TX", "78701"),
            Town("Louisville", "Kentucky", "KY", "40202"),
            Town("Brooklyn", "New York", "NY", "11201"),
        ),
    ),
    "GB": Country(
        "United Kingdom",
        "+44",
        ("{} Harbour Lane", "{} St Mary's Road", "Flat {}, Kingsway"),
        (Town("Bristol", "England", "ENG", "BS1 4DJ"), Town("Edinburgh", "Scotland", "SCT", "EH1 1YZ")),
    ),
    "IE": Country("Ireland", "+353", ("{} Bothar na Tra",), (Town("Galway", "Galway", "G", "H91 E4XA"),)),
    "DE": Country(
        "Germany",
        "+49",
        ("Lindenstraße {}", "Am Mühlenbach {}", "Schönhauser Allee {}"),
        (Town("Berlin", None, None, "10437"), Town("Köln", None, None, "50667")),
    ),
    "FR": Country(
        "France",
        "+33",
        ("{} rue de la République", "{} bis, quai des Brumes"),
        (Town("Lyon", None, None, "69002"), Town("Orléans", None, None, "45000")),
    ),
    "ES": Country("Spain", "+34", ("Calle Mayor {}", "Paseo del Río {}"), (Town("Málaga", "Málaga", "MA", "29015"),)),
    "PL": Country("Poland", "+48", ("ul. Świętej Gertrudy {}",), (Town("Łódź", None, None, "90-001"),)),
    "SE": Country("Sweden", "+46", ("Ångströmsgatan {}",), (Town("Göteborg", None, None, "411 03"),)),
    "IS": Country("Iceland", "+354", ("Skólavörðustígur {}",), (Town("Reykjavík", None, None, "101"),)),
    "TR": Country("Turkey", "+90", ("İstiklal Caddesi {}",), (Town("İstanbul", None, None, "34433"),)),
    "UA": Country("Ukraine", "+380", ("вул. Хрещатик, {}",), (Town("Київ", None, None, "01001"),)),
    "IL": Country("Israel", "+972", ("רחוב הרצל {}",), (Town("תל אביב", None, None, "6688312"),)),
    "AE": Country("United Arab Emirates", "+971", ("شارع الشيخ زايد {}",), (Town("دبي", "Dubai", "DU", "00000"),)),
    "IN": Country("India", "+91", ("{}, महात्मा गांधी मार्ग",), (Town("Pune", "Maharashtra", "MH", "411001"),)),
    "JP": Country("Japan", "+81", ("神宮前{}丁目5-2",), (Town("渋谷区", "Tōkyō", "JP-13", "150-0001"),)),
    "CN": Country("China", "+86", ("南京西路{}号",), (Town("上海市", "Shanghai", "SH", "200040"),)),
    "KR": Country("South Korea", "+82", ("테헤란로 {}",), (Town("서울", "Seoul", "KR-11", "06164"),)),
    "TH": Country("Thailand", "+66", ("{} ถนนสุขุมวิท",), (Town("กรุงเทพฯ", "Bangkok", "TH-10", "10110"),)),
    "VN": Country("Vietnam", "+84", ("{} Đường Lê Lợi",), (Town("Thành phố Hồ Chí Minh", None, None, "700000"),)),
    "BR": Country("Brazil", "+55", ("Rua das Laranjeiras, {}",), (Town("São Paulo", "São Paulo", "SP", "01310-100"),)),
    "CA": Country("Canada", "+1", ("{} rue Saint-Denis",), (Town("Montréal", "Quebec", "QC", "H2X 3K2"),)),
}


_IN_A_HURRY = (
    ("Avenue", "Ave"),
    ("Drive", "dr."),
    ("Road", "Rd."),
    ("Street", "St"),
    ("Lane", "ln"),
    ("straße", "str."),
)


def street(rng: Random, code: str) -> str:
    """A house in a street of a country."""
    return rng.choice(COUNTRIES[code].streets).format(rng.randint(1, 240))


def typed_otherwise(line: str) -> str:
    """The same line of an address as somebody types it who is in a hurry."""
    short = line
    for word, abbreviated in _IN_A_HURRY:
        short = short.replace(word, abbreviated)
    return short if short != line else line.upper()


def phone(rng: Random, code: str) -> str:
    """A number with the country's prefix and 555 in it, so that nobody is called."""
    return f"{COUNTRIES[code].dial}555{rng.randint(100000, 999999)}"
