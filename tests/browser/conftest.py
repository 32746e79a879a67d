"""A real chromium, and what it told and asked while a page was open."""

import shutil

import pytest
from playwright.sync_api import sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# Nothing of the browser's own goes to any host.
_QUIET = ("--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync")


@pytest.fixture(scope="session")
def browser():
    """One browser for all pages."""
    assert CHROMIUM, "this check needs chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=[*_QUIET])
        yield opened
        opened.close()


@pytest.fixture
def page(browser):
    """A page with `told`, what it said to the console, and `asked`, the addresses that it asked for."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened = context.new_page()
    opened.told, opened.asked = [], []
    opened.on("console", lambda message: opened.told.append(f"{message.type}: {message.text}"))
    opened.on("pageerror", lambda error: opened.told.append(f"error: {error}"))
    opened.on("request", lambda request: opened.asked.append(request.url))
    opened.on("websocket", lambda socket: opened.asked.append(socket.url))
    yield opened
    context.close()
