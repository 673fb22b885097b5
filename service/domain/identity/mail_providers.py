"""Providers of mailboxes, at whose domains strangers have addresses.

No package keeps such a list well: those that exist mix in throw-away domains and businesses by the
thousand. These are the providers that guests of wineries in North America, Europe, Australia and
New Zealand use most, internet providers included.
"""

from typing import Final

NAMES_UNDER_ANY_SUFFIX: Final = frozenset(
    {
        "aol", "gmail", "gmx", "googlemail", "hotmail", "icloud", "outlook", "protonmail",
        "yahoo", "yandex", "ymail", "zoho", "zohomail",
    }
)  # fmt: skip
"""Providers with a domain in each of many countries: `yahoo.fr`, `yahoo.co.uk`."""

DOMAINS: Final = frozenset(
    {
        "126.com", "163.com", "aim.com", "alice.it", "ameritech.net", "appleid.com",
        "arcor.de", "att.net", "bbox.fr", "bell.net", "bellsouth.net", "bigpond.com",
        "bigpond.net.au", "bk.ru", "bluewin.ch", "blueyonder.co.uk", "bol.com.br",
        "btinternet.com", "btopenworld.com", "centurylink.net", "charter.net", "cogeco.ca",
        "comcast.net", "cox.net", "daum.net", "duck.com", "earthlink.net", "eastlink.ca",
        "email.com", "embarqmail.com", "fastmail.com", "fastmail.fm", "free.fr",
        "freenet.de", "frontier.com", "frontiernet.net", "fuse.net", "hanmail.net",
        "hey.com", "home.nl", "hughes.net", "hushmail.com", "iinet.net.au", "inbox.com",
        "inbox.ru", "interia.pl", "juno.com", "kpnmail.nl", "laposte.net", "libero.it",
        "list.ru", "live.ca", "live.co.uk", "live.com", "live.com.au", "live.com.mx",
        "live.de", "live.fr", "live.it", "live.nl", "lycos.com", "mac.com", "mail.com",
        "mail.ru", "mailbox.org", "mailfence.com", "me.com", "mindspring.com", "msn.com",
        "mts.net", "naver.com", "netscape.net", "netzero.net", "neuf.fr", "ntlworld.com",
        "o2.pl", "on.net", "onet.pl", "optonline.net", "optusnet.com.au", "orange.fr",
        "pacbell.net", "passport.com", "planet.nl", "pm.me", "posteo.de", "prodigy.net",
        "proton.me", "q.com", "qq.com", "rambler.ru", "rediffmail.com", "rocketmail.com",
        "rogers.com", "rr.com", "sapo.pt", "sasktel.net", "sbcglobal.net", "seznam.cz",
        "sfr.fr", "shaw.ca", "sina.com", "sky.com", "skynet.be", "slingshot.co.nz",
        "snet.net", "sonic.net", "spectrum.net", "suddenlink.net", "swbell.net",
        "sympatico.ca", "t-online.de", "talktalk.net", "tds.net", "telenet.be",
        "telia.com", "telus.net", "terra.com.br", "tin.it", "tiscali.co.uk", "tiscali.it",
        "tpg.com.au", "tuta.com", "tuta.io", "tutanota.com", "tutanota.de", "uol.com.br",
        "usa.net", "verizon.net", "videotron.ca", "virgilio.it", "virginmedia.com",
        "walla.com", "wanadoo.fr", "web.de", "windstream.net", "wowway.com", "wp.pl",
        "xtra.co.nz", "ziggo.nl",
    }
)  # fmt: skip
"""The domains of the others."""
