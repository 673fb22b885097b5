"""An e-mail to a winery, in plain text and as HTML, from the same parts. Pure."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Protocol

from msgspec import Struct

_BODY = "font-family:Arial,Helvetica,sans-serif;line-height:1.5;max-width:38em;margin:1em"
_LABEL = "text-align:left;font-weight:normal;padding:0.2em 1.5em 0.2em 0;vertical-align:top"


class Contact(Struct, frozen=True, kw_only=True):
    """Where the winery's staff goes: Commerce7's admin, and a support address (may be empty)."""

    admin_url: str
    support_email: str


class Mail(Struct, frozen=True, kw_only=True):
    """An e-mail; both bodies say the same."""

    subject: str
    text: str
    html: str


class Part(Protocol):
    """A part of an e-mail; its texts are plain, and escaped in HTML."""

    def as_text(self) -> str:
        """Return the part for a reader of plain text, without a line break at its end."""
        ...

    def as_html(self) -> str:
        """Return the part as HTML."""
        ...


class Paragraph(Struct, frozen=True):
    """A paragraph; an empty one is left out."""

    words: str

    def as_text(self) -> str:
        """Return the words."""
        return self.words

    def as_html(self) -> str:
        """Return the words in a paragraph."""
        return f"<p>{escape(self.words)}</p>" if self.words else ""


class Facts(Struct, frozen=True):
    """Names with their values; an empty value is left out."""

    rows: Sequence[tuple[str, str]]
    title: str = ""

    def as_text(self) -> str:
        """Return a line for each fact."""
        return _titled(self.title, [f"{name}: {value}" for name, value in self.rows if value])

    def as_html(self) -> str:
        """Return a table, without one for no facts."""
        rows = [
            f'<tr><th scope="row" style="{_LABEL}">{escape(name)}</th><td>{escape(value)}</td></tr>'
            for name, value in self.rows
            if value
        ]
        return f"{_heading(self.title)}<table>{''.join(rows)}</table>" if rows else ""


class Points(Struct, frozen=True):
    """A list; its items are numbered if they are steps, one after the other."""

    title: str
    items: Sequence[str]
    is_numbered: bool = False

    def as_text(self) -> str:
        """Return a line for each item."""
        lines = [
            f"{number}. {item}" if self.is_numbered else f"- {item}"
            for number, item in enumerate(self.items, start=1)
        ]
        return _titled(self.title, lines)

    def as_html(self) -> str:
        """Return a list, or nothing for no items."""
        if not self.items:
            return ""
        kind = "ol" if self.is_numbered else "ul"
        items = "".join(f"<li>{escape(each)}</li>" for each in self.items)
        return f"{_heading(self.title)}<{kind}>{items}</{kind}>"


class Link(Struct, frozen=True):
    """A page to open."""

    words: str
    url: str

    def as_text(self) -> str:
        """Return the words and the address."""
        return f"{self.words}: {self.url}"

    def as_html(self) -> str:
        """Return a link."""
        return f'<p><a href="{escape(self.url)}">{escape(self.words)}</a></p>'


def mail_of(subject: str, parts: Iterable[Part]) -> Mail:
    """Return the e-mail with these parts, one below the other."""
    known = list(parts)
    texts = [text for part in known if (text := part.as_text())]
    body = "\n".join(html for part in known if (html := part.as_html()))
    return Mail(
        subject=subject,
        text="\n\n".join(texts) + "\n",
        html=(
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
            f"<title>{escape(subject)}</title></head>\n"
            f'<body style="{_BODY}">\n{body}\n</body></html>\n'
        ),
    )


def closing(contact: Contact, *, why: str) -> Sequence[Part]:
    """Return the end of each e-mail: where to go, whom to ask, and why it came."""
    help_line = f"Questions? Write to {contact.support_email}." if contact.support_email else ""
    return (
        Link("Open 1Pixel in the Commerce7 admin, under Apps", contact.admin_url),
        Paragraph(help_line),
        Paragraph(why),
    )


def _titled(title: str, lines: Sequence[str]) -> str:
    return "\n".join([f"{title}:", *lines] if title else lines) if lines else ""


def _heading(title: str) -> str:
    return f'<h2 style="font-size:1.1em">{escape(title)}</h2>' if title else ""
