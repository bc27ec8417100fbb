"""Names of people from many cultures, and names that want to break a terminal, a table or a spreadsheet."""

from __future__ import annotations

from typing import NamedTuple


class Culture(NamedTuple):
    """Where people of these names live, their first and last names, and their language."""

    country: str
    locale: str
    firsts: tuple[str, ...]
    lasts: tuple[str, ...]


CULTURES: tuple[tuple[int, Culture], ...] = (
    (
        34,
        Culture(
            "US",
            "en-US",
            ("Ava", "Marcus", "Grace", "Tyrell", "Joan", "Wesley", "Dolores", "Ruth", "Oscar", "Jean-Luc"),
            ("Whitfield", "O'Brien", "Nakamura-Hill", "Castellanos", "Boone", "Van Der Berg", "Okafor", "Lindqvist"),
        ),
    ),
    (
        14,
        Culture(
            "GB",
            "en-GB",
            ("Imogen", "Alistair", "Priya", "Callum", "Bronwen", "Rhys", "Saoirse"),
            ("Ashworth", "McAllister", "Featherstonehaugh", "Llewellyn", "Patel", "Nwosu"),
        ),
    ),
    (2, Culture("IE", "en-IE", ("Caoimhe", "Tadhg", "Niamh"), ("Ní Dhomhnaill", "Ó Súilleabháin"))),
    (
        9,
        Culture(
            "DE",
            "de",
            ("Jürgen", "Käthe", "Sören", "Leonie", "Björn"),
            ("Müller", "Groß", "Freiherr von und zu Weißenbach", "Yıldız", "Schäfer"),
        ),
    ),
    (6, Culture("FR", "fr", ("Chloé", "Anaïs", "Gaël", "Noël"), ("Lefèvre", "D'Aubigné", "Çelik", "Garçon"))),
    (4, Culture("ES", "es", ("Íñigo", "Begoña", "José María"), ("Núñez", "Peña de la Cruz", "Ibáñez"))),
    (3, Culture("PL", "pl", ("Łucja", "Wojciech", "Małgorzata"), ("Brzęczyszczykiewicz", "Żółkiewska"))),
    (3, Culture("SE", "sv", ("Åsa", "Örjan"), ("Sjöström", "Ångström"))),
    (1, Culture("IS", "is", ("Þórdís", "Ægir"), ("Guðmundsdóttir", "Þórsson"))),
    (2, Culture("TR", "tr", ("İpek", "Çağlar"), ("Yılmaz", "Işık"))),
    (2, Culture("UA", "uk", ("Олена", "Тарас"), ("Шевченко", "Кравчук"))),
    (2, Culture("IL", "he", ("נועה", "איתי"), ("כהן", "בן־דוד"))),
    (3, Culture("AE", "ar", ("فاطمة", "محمد"), ("الهاشمي", "بن راشد"))),
    (2, Culture("IN", "hi", ("अनन्या", "Arjun"), ("शर्मा", "Venkataraghavan"))),
    (4, Culture("JP", "ja", ("さくら", "健太", "ゆうこ"), ("田中", "佐々木", "小鳥遊"))),
    (3, Culture("CN", "zh-CN", ("伟", "晓明", "丽娟"), ("王", "欧阳", "李"))),
    (2, Culture("KR", "ko", ("지우", "민준"), ("김", "남궁"))),
    (1, Culture("TH", "th", ("สมชาย", "น้ำฝน"), ("ศรีสุวรรณ",))),
    (1, Culture("VN", "vi", ("Thuỳ Dương", "Đức"), ("Nguyễn", "Trần"))),
    (2, Culture("BR", "pt-BR", ("João", "Conceição"), ("Gonçalves", "d'Ávila"))),
    (2, Culture("CA", "fr-CA", ("Geneviève", "Étienne"), ("Bouchard-Tremblay", "L'Écuyer"))),
)

HOSTILE: tuple[tuple[str, str], ...] = (
    ("\x1b[31mRed\x1b[0m", "Alert\x07"),
    ("\x1b]52;c;ZXZpbA==\x07Clip", "Board"),
    ("\x1b]0;owned\x1b\\Title", "Setter\x1b[2J"),
    ("\x9b31mC1", "Control\x85\x90q"),
    ("[bold red]Rich[/bold red]", "[@click=app.quit]Markup[/]"),
    ("[/", "unbalanced[[]]\\["),
    ("\u202egnp.sgnitteS\u202c", "\u2066Bidi\u2069"),
    ("Zero\u200b\u200c\u200d\ufeffWidth", "\u00adShy"),
    ("Z̸͎̈́a̴͉͝l̷̰̽g̵͈̈́o̸̬͘", "H̸̡̪̯ͨ͊̽̅̾̎Ȩ̬̩̾͛"),
    ("👩🏽‍🚀 Sally", "🇺🇳🏳️‍🌈 Ride"),
    ('=HYPERLINK("http://example.com")', "+cmd|' /C calc'!A0"),
    ("Robert'); DROP TABLE orders;--", "Tables"),
    ("Line\nBreak\tTab", "Carriage\rReturn"),
    ("W" * 5000, "Long"),
    ("﷽", "ﷺ"),
    ("null", "undefined"),
)

COMPANIES = ("Nordlicht GmbH", "Ateliers Réunis", "三日月商店", "Blue Heron Café", "Fjord & Sons", "Acme [Holdings]")
NOTES = (
    "Please leave with the neighbour at no. 12.",
    "Gift — no prices in the box, please 🎁",
    "¿Podría llegar antes del viernes?",
    "الرجاء الاتصال قبل التسليم",
    "届く前にお電話ください",
    "Door code \x1b[5m1234\x1b[0m [link=file:///etc/passwd]here[/link]",
)
ENGRAVINGS = ("M. & J.  ·  14.06.2024", "Für Opa", "Per aspera ad astra", "愛", "Zoë ♥")
GIFT_MESSAGES = (
    "Happy birthday, Mum! Wear it when it rains.",
    "Alles Liebe zur Hochzeit,\neure Nachbarn aus dem dritten Stock",
    "Joyeux Noël à toute la famille 🎄",
    "Get well soon \x1b[31m[bold]and soon[/bold]",
)
