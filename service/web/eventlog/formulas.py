"""Cells that a spreadsheet would run as a formula (OWASP: "CSV Injection")."""

from unicodedata import category, normalize

_FIRST = frozenset("=+-@\N{MINUS SIGN}")
_LINE = frozenset("\t\r\n")
_QUOTES = frozenset(
    "'\"`\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}"
    "\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}"
)
# Control and format characters (the byte order mark, zero-width spaces) and separators.
_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Zs"})


def may_be_formula(cell: str) -> bool:
    """Tell whether a spreadsheet may take the cell for a formula, or for more than one cell.

    Spreadsheets also take full-width signs for a formula's, and drop spaces, quotes and characters
    without width that stand before it.
    """
    for character in cell:
        if character in _LINE:
            return True
        if category(character) not in _UNSEEN and character not in _QUOTES:
            return normalize("NFKC", character)[:1] in _FIRST
    return False
