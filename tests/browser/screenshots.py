"""Takes the README's pictures, on a phone in light colours, of the site as delivered.

python -m tests.browser.screenshots docs
"""

import sys
from base64 import b64decode
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from tests.browser.server import ARGUMENTS, CHROMIUM, new_site, serving

PICTURES = {"home": "/", "answer": "/find/?place=Wisconsin"}
PHONE = {"width": 390, "height": 844}
# Playwright writes PNG and JPEG only; WebP is half as large and as sharp.
AS_WEBP = {"format": "webp", "quality": 60, "clip": {"x": 0, "y": 0, **PHONE, "scale": 2}}


def take(page, address):
    # The font is shown from the second visit on: the first one does not wait for it.
    for _ in range(2):
        page.goto(address, wait_until="networkidle")
    answer = page.context.new_cdp_session(page).send("Page.captureScreenshot", AS_WEBP)
    return b64decode(answer["data"])


def main(directory):
    if not CHROMIUM.exists():
        raise SystemExit("No Chromium on this machine (Debian package: chromium).")
    with (
        TemporaryDirectory() as site,
        serving(new_site(Path(site))) as base_url,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS) as browser,
    ):
        page = browser.new_page(base_url=base_url, viewport=PHONE, color_scheme="light")
        for name, address in PICTURES.items():
            path = Path(directory, f"{name}.webp")
            path.write_bytes(take(page, address))
            print(f"{path}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main(*sys.argv[1:])
