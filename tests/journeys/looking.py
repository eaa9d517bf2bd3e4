"""What a journey looks for on every page, besides its own matter; and the pictures of the walkthrough."""

from pathlib import Path

from django.conf import settings
from playwright.sync_api import Page

from tests.browser import faults

PICTURES = Path(settings.BASE_DIR) / "docs" / "walkthrough"
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
HIGHEST = 1250  # of a picture, in pixels: what lies below is seen by those who run the demo


class Looker:
    """Finds what programs can find wrong with a page, and takes pictures when they are wanted."""

    def __init__(self, *, keeps_pictures: bool) -> None:
        self.keeps_pictures = keeps_pictures

    def at(
        self, page: Page, picture: str = "", *, part: str = "", on_phone: bool = False, also_pictured: bool = False
    ) -> None:
        """The page is complete, without faults, at both widths if asked.

        Pictured under this name, from the element `part` on where one is named, and on the phone too if asked.
        """
        settle(page)
        if picture and self.keeps_pictures:
            self.picture(page, picture, part)
        self.finds_no_fault(page, "")
        if on_phone:
            page.set_viewport_size(NARROW)
            settle(page)
            wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wider <= 0, f"{page.url} is {wider} px wider than a phone"
            if also_pictured and self.keeps_pictures:
                self.picture(page, f"{picture}-phone")
            self.finds_no_fault(page, " on a phone")
            page.set_viewport_size(WIDE)

    def finds_no_fault(self, page: Page, where: str) -> None:
        """Says each fault: a page that fails far from a desk is mended from what is printed."""
        found = faults(page)
        assert not found, "\n".join([f"{page.url}{where}", *found])

    def picture(self, page: Page, name: str, part: str = "") -> None:
        """The page from its top, or from a part of it, as far as it goes."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.mouse.move(0, 0)
        size = page.viewport_size or WIDE
        whole = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": size["width"], "height": max(whole, 600)})
        page.evaluate("scrollTo(0, 0)")
        box = page.locator(part).bounding_box() if part else None
        top = max(box["y"] - 20, 0) if box else 0
        height = min(whole - top, 900 if part else HIGHEST)
        page.screenshot(
            path=PICTURES / f"{name}.png", animations="disabled",
            clip={"x": 0, "y": top, "width": size["width"], "height": height},
        )  # fmt: skip
        page.set_viewport_size(size)


def settle(page: Page) -> None:
    """Loaded, fonts too, and nothing moving."""
    page.wait_for_load_state("load")
    page.evaluate("document.fonts.ready")
