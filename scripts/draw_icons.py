"""Draws the app's icons as PNG from its favicon: `python -m scripts.draw_icons`; needs Chromium."""

from __future__ import annotations

import shutil
from importlib.resources import files
from pathlib import Path

from playwright.sync_api import sync_playwright

STATIC = Path(str(files("posecheck.web.server"))) / "static"
BACKGROUND = "#0b5cad"
"""The favicon's own ground, without its round corners: what cuts an icon into a shape cuts its own."""
SAFE_SHARE = 0.72
"""Of a maskable icon, what the drawing takes: 80 % of the diameter is never cut away (W3C, Web App Manifest)."""
ICONS = {"icon_180.png": (180, 1.0), "icon_192.png": (192, 0.0), "icon_512.png": (512, 0.0)}
"""Size in pixels, and the share that the drawing takes on a ground without corners; 0: the favicon as it is."""


def main() -> None:
    """Write every icon."""
    drawing = (STATIC / "favicon.svg").read_text(encoding="utf-8")
    icons = {**ICONS, "icon_maskable_512.png": (512, SAFE_SHARE)}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium-headless-shell") or shutil.which("chromium"), args=["--no-sandbox"]
        )
        for name, (size_px, share) in icons.items():
            page = browser.new_page(viewport={"width": size_px, "height": size_px})
            page.set_content(_page(drawing, size_px, share))
            page.screenshot(path=STATIC / name, omit_background=True)
        browser.close()


def _page(drawing: str, size_px: int, share: float) -> str:
    width_px = size_px * (share or 1.0)
    ground = BACKGROUND if share else "transparent"
    return (
        f"<style>body {{ margin: 0; display: grid; place-items: center; height: {size_px}px; background: {ground}; }}"
        f" svg {{ width: {width_px}px; height: {width_px}px; }}</style>{drawing}"
    )


if __name__ == "__main__":
    main()
