"""The words that do not belong on a page or in an e-mail, each with the better one beside it.

Pages are read by a winery's marketing manager: say the fact, then the step, in US English. Keys
are regular expressions that match whole words. A word that only the documentation may explain, and
a word of data (a customer's name, what Meta says), is no business of this list.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

_IN_ANY_CASE: Mapping[str, str] = {
    # vague people and things
    "whoever|whomever": "the person who",
    "whom": "who, that",
    "somebody": "a customer, a visitor, a colleague",
    "nobody": "no one, only …",
    "anybody": "anyone",
    "everybody": "everyone",
    "whatever": "even if, regardless of",
    # negations and asides
    "nothing (to do|needs to be done)|no action is needed|need not": "No action needed",
    "nothing is lost": "No event is lost",
    "nothing has come": "No events yet",
    "is none": "is not valid",
    "(do|does) without|to do without": "stop using",
    "now and then|of course": "sometimes, (leave it out)",
    "e\\.g|i\\.e": "for example",
    # old-fashioned or literary
    "one's own|of (its|their) own": "separate, another",
    "of itself|by (itself|themselves)": "automatically",
    "all the same": "still",
    "once more": "again",
    "heeds?|heeded": "follow, use",
    "mends?|mended": "fix",
    "tills?": "tasting room; until",
    "begun": "started",
    "commonest": "most common",
    "(a|the) way (out|back)": "solution, undo",
    "hence|thus|lest|albeit|whilst|amongst|thereof|hitherto|upon|shall|ought": "(a plain word)",
    "invented": "sample",
    "worth nothing|worth of": "with no value",
    "cut short": "interrupted",
    "(asks?|asked) us to (slow down|wait)|asks for a rest": "is limiting requests",
    "(take|takes|took) you for": "could not confirm",
    "lies in the (future|past)": "is in the future",
    "we keep trying": "1Pixel keeps trying",
    # the program's insides
    "payloads?": "data",
    "idempoten(t|cy)": "sent once",
    "parked": "on hold",
    "due": "next, waiting, because of",
    "sweeps?|swept": "(leave it out)",
    "fetch(ed|es|ing)?": "gets",
    "backfills?": "missed events",
    "look-?ups?|looked up": "getting details from Commerce7",
    "records?": "customer profile, row, event",
    "read back": "read",
    "leases?|leased": "(leave it out)",
    "poll(s|ed|ing)?": "updates",
    "beacons?": "website events",
    "signals": "matching fields",
    "match keys?": "matching fields",
    # British spellings
    "cancell(ed|ing)": "canceled, canceling",
    "catalogues?": "catalog",
    "(col|fav|hon|behavi)our(s|ed|ite)?": "color, favor, honor, behavior",
    "(organ|recogn|author|custom|optim)is(e|es|ed|ing|ation)": "-ize",
    "misspelt|learnt|spelt": "misspelled, learned",
    "licence|centre|grey|cheque|towards": "license, center, gray, check, toward",
    "postcodes?|post code": "ZIP code",
    "set-ups?": "setup",
}
_AS_WRITTEN: Mapping[str, str] = {
    "event logs?|Event logs?": "Event Log",
    "[Pp]ixel ids?|pixel IDs?": "Pixel ID",
    "ids?|Ids?": "ID",
    "Test event code|test event code": "Test Event Code",
    "Zip code|zip code|ZIP Code": "ZIP code",
    "emails?|Emails?": "e-mail",
}
"""Names that have one spelling."""

_PATTERNS = [
    (re.compile(r", say(?=[,.)])"), "for example"),
    *(
        (re.compile(rf"(?<![\w-])(?:{words})(?![\w-])", re.IGNORECASE), better)
        for words, better in _IN_ANY_CASE.items()
    ),
    *(
        (re.compile(rf"(?<![\w.@/-])(?:{words})(?![\w@/=-])"), better)
        for words, better in _AS_WRITTEN.items()
    ),
]


@cache
def unplain(text: str) -> tuple[str, ...]:
    """Return each word of the text that does not belong on a page, with the better one.

    Results are cached: most texts of a page are on the pages before it.
    """
    return tuple(_found_in(" ".join(text.split())))


def _found_in(text: str) -> Iterator[str]:
    for pattern, better in _PATTERNS:
        for found in pattern.finditer(text):
            around = text[max(0, found.start() - 40) : found.end() + 40]
            yield f"“{found.group()}” in “{around}”: say “{better}”"
