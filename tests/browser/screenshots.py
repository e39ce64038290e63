"""Takes the README's pictures, in light colours, of the site as delivered.

The public pages are taken on a phone, the desk's on a computer. Who is withdrawn or called in the
last ones is fictional.

python -m tests.browser.screenshots docs
"""

import sys
from base64 import b64decode
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from tests.browser.server import (
    ARGUMENTS,
    CHROMIUM,
    add_fictional_content,
    new_site,
    serving,
)
from tests.browser.staff import new_account, sign_in

PHONE = {"width": 390, "height": 844}
PUBLIC = {"home": "/", "answer": "/find/?place=Wisconsin"}
# Where the Support Unit is: the forms say so if it is another hour there.
TIME_ZONE = "America/New_York"
COMPUTER = {"width": 1280, "height": 760}


def take(page, scale, **size):
    # Playwright writes PNG and JPEG only; WebP is half as large and as sharp.
    clip = {"x": 0, "y": page.evaluate("scrollY"), **page.viewport_size, "scale": scale} | size
    as_webp = {"format": "webp", "quality": 60, "clip": clip}
    answer = page.context.new_cdp_session(page).send("Page.captureScreenshot", as_webp)
    return b64decode(answer["data"])


def public_pictures(page):
    for name, address in PUBLIC.items():
        # The font is shown from the second visit on: the first one does not wait for it.
        for _ in range(2):
            page.goto(address, wait_until="networkidle")
        yield name, take(page, scale=2)


def open_record(page, listed, search):
    page.goto(f"/admin/{listed}/?q={search}")
    page.locator("#result_list tbody th a").first.click()


def desk_pictures(page, account):
    sign_in(page, account)
    yield "desk", take(page, scale=1)
    open_record(page, "members/organization", "Great North")
    page.locator("#coverage-group").scroll_into_view_if_needed()
    yield "organization", take(page, scale=1)
    open_record(page, "statements/statement", "Exoneree Rights")
    page.get_by_role("link", name="Write it, starting from the newest text").click()
    page.get_by_role("heading", name="Text").evaluate("heading => heading.scrollIntoView()")
    yield "edition", take(page, scale=1, height=600)


def task_pictures(page):
    open_record(page, "members/organization", "Hiring")
    page.get_by_role("link", name="Withdraw").click()
    yield "withdraw", take(page, scale=1, height=310)
    open_record(page, "members/organization", "Quiet")
    page.get_by_role("link", name="Facts confirmed").click()
    page.get_by_label("How").select_option("by telephone")
    page.get_by_label("By whom").fill("Ana Example, director")
    # In a text field, the caret would be there or not, as it blinks.
    page.get_by_role("button", name="Facts confirmed").focus()
    yield "confirm", take(page, scale=1, height=550)


def keep(directory, pictures):
    for name, picture in pictures:
        path = Path(directory, f"{name}.webp")
        path.write_bytes(picture)
        print(f"{path}: {path.stat().st_size / 1000:.0f} kB")


def main(directory):
    if not CHROMIUM.exists():
        raise SystemExit("No Chromium on this machine (Debian package: chromium).")
    with (
        TemporaryDirectory() as site,
        serving(variables := new_site(Path(site))) as base_url,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS) as browser,
    ):
        options = {"base_url": base_url, "color_scheme": "light", "timezone_id": TIME_ZONE}
        phone = browser.new_page(viewport=PHONE, **options)
        computer = browser.new_page(viewport=COMPUTER, **options)
        account = new_account(variables, name="maria")
        keep(directory, chain(public_pictures(phone), desk_pictures(computer, account)))
        add_fictional_content(variables)
        keep(directory, task_pictures(computer))


if __name__ == "__main__":
    main(*sys.argv[1:])
