"""Place names as letters alone, in the Roman alphabet where that is possible."""

import re
import unicodedata

_NOT_LETTERS = re.compile(r"[^A-Za-z]+")
# Latin letters that Unicode does not decompose into a base letter and an accent.
_ASCII_OF = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ł": "l",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
        "ħ": "h",
        "ŋ": "n",
        "ŧ": "t",
        "ə": "e",
    }
)


def folded(text: str) -> str:
    """Return the letters of `text` in lower case, Latin ones without their accents.

    "Using Roman alphabet a-z characters is recommended. Lowercase only with no punctuation, no
    special characters, and no spaces" (Meta: Customer Information Parameters, `ct`). Letters of
    other scripts stay, with the marks that belong to them.
    """
    if text.isascii():
        return (text if text.isalpha() else _NOT_LETTERS.sub("", text)).lower()
    letters: list[str] = []
    for char in unicodedata.normalize("NFKD", text).lower().translate(_ASCII_OF):
        category = unicodedata.category(char)
        belongs_to_letter = category == "Lm" or category.startswith("M")
        if belongs_to_letter:
            if letters and not letters[-1].isascii():
                letters.append(char)
        elif category.startswith("L"):
            letters.append(char)
    return unicodedata.normalize("NFC", "".join(letters))
