"""An e-mail's two bodies say the same, and take no markup from what they quote."""

from service.domain.mail.mail import (
    Contact,
    Facts,
    Link,
    Paragraph,
    Part,
    Points,
    closing,
    mail_of,
)

EVIL = "<script>x()</script>\"'&"


class TestAMail:
    def test_says_the_same_in_both_bodies(self) -> None:
        contact = Contact(admin_url="https://admin.example", support_email="help@example.com")
        mail = mail_of(
            "Two words",
            [
                Paragraph("First."),
                Facts((("Winery", "ridge"), ("Nothing", "")), title="Facts"),
                Points("Steps", ("Open.", "Save."), is_numbered=True),
                Points("Loose", ("One.",)),
                *closing(contact, why="Because."),
            ],
        )
        assert mail.text == (
            "First.\n\nFacts:\nWinery: ridge\n\nSteps:\n1. Open.\n2. Save.\n\nLoose:\n- One.\n\n"
            "Open 1Pixel in the Commerce7 admin, under Apps: https://admin.example\n\n"
            "Questions? Write to help@example.com.\n\nBecause.\n"
        )
        for each in (
            "<title>Two words</title>", "<p>First.</p>", ">Facts</h2><table>", ">Winery</th>",
            "<td>ridge</td>", "<ol><li>Open.</li><li>Save.</li></ol>", "<ul><li>One.</li></ul>",
            '<a href="https://admin.example">Open 1Pixel in the Commerce7 admin, under Apps</a>',
            "<p>Because.</p>",
        ):  # fmt: skip
            assert each in mail.html
        assert "Nothing" not in mail.text + mail.html

    def test_leaves_out_what_is_empty(self) -> None:
        parts: list[Part] = [
            Paragraph(""),
            Facts((("Pixel", ""),), title="Facts"),
            Points("Steps", ()),
        ]
        mail = mail_of("x", [*parts, Paragraph("End.")])
        assert mail.text == "End.\n"
        assert "Facts" not in mail.html
        assert "Steps" not in mail.html

    def test_takes_no_markup(self) -> None:
        parts: list[Part] = [
            Paragraph(EVIL),
            Facts(((EVIL, EVIL),), title=EVIL),
            Points(EVIL, (EVIL,)),
            Link(EVIL, EVIL),
        ]
        mail = mail_of(EVIL, parts)
        assert "<script" not in mail.html
        assert mail.html.count("&lt;script&gt;") == 9
        assert mail.html.count('href="&lt;script&gt;x()&lt;/script&gt;&quot;&#x27;&amp;"') == 1
