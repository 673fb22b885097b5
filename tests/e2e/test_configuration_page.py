"""Finding one's way on the Configuration tab: the menu, links to a setting, and toggling."""

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import Desk
from tests.e2e.conftest import Site
from tests.e2e.test_alerts import OLD
from tests.e2e.test_saving import open_configuration

pytestmark = pytest.mark.browser

PLACES = """
() => {
  const at = (element) => element.getBoundingClientRect().top;
  const switches = [...document.querySelectorAll(".switch input")];
  return [scrollY, document.documentElement.scrollHeight, ...switches.map(at)];
}
"""


class TestALinkToASetting:
    def test_from_another_tab_scrolls_to_it_and_marks_it(self, site: Site, desk: Desk) -> None:
        site.service.configure("--set", "enabled=false", token=OLD)
        desk.open()
        desk.frame.get_by_role("link", name="Turn on tracking").first.click()
        expect(desk.frame.get_by_label("Enable server-side tracking")).to_be_focused()
        inside = desk.page.frames[1]
        switch = desk.frame.locator(".switch:has(#enabled)")
        expect(switch).to_have_attribute("data-marked", "")
        box = "([id, edge]) => document.getElementById(id).getBoundingClientRect()[edge]"
        top, bottom = (inside.evaluate(box, ["enabled", edge]) for edge in ("top", "bottom"))
        assert 0 < top < bottom < inside.evaluate("innerHeight")
        assert inside.evaluate("scrollY") > 0

    def test_of_the_menu_leads_to_each_section(self, desk: Desk) -> None:
        # Large enough for the whole frame: scrolling stays in it, and the menu in view.
        desk.page.set_viewport_size({"width": 1280, "height": 1200})
        open_configuration(desk)
        menu = desk.frame.get_by_role("navigation", name="Sections of Configuration")
        inside = desk.page.frames[1]
        for name in ("Log and alerts", "Tracking", "Website"):
            desk.click_in_place(menu.get_by_role("link", name=name))
            section = desk.frame.get_by_role("region", name=name, exact=True)
            expect(section).to_be_focused()
            top = section.evaluate("each => each.getBoundingClientRect().top")
            assert 0 <= top < inside.evaluate("innerHeight") / 2, name
        assert desk.complaints == []


class TestToggling:
    @pytest.mark.parametrize("width", [1280, 390])
    def test_at_the_frames_edge_does_not_move_the_page(self, desk: Desk, width: int) -> None:
        desk.page.set_viewport_size({"width": width, "height": 1200})
        open_configuration(desk)
        inside = desk.page.frames[1]
        target = desk.frame.get_by_label("CancelMembership")
        for above in (20, 60, 100):
            target.evaluate(
                "(each, above) => scrollBy(0, each.getBoundingClientRect().bottom"
                " - innerHeight + above)",
                above,
            )
            before = inside.evaluate(PLACES)
            desk.click_in_place(target)
            expect(desk.frame.get_by_text("You have unsaved changes.")).to_be_visible()
            inside.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
            after = inside.evaluate(PLACES)
            assert after == before, above
            desk.frame.get_by_role("button", name="Discard").click()
            expect(target).to_be_checked()
