"""Chromium, without a window and without a network; what a page logs, and what it asks for."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By

from xlconv.grid.places import a1
from xlconv.lessons.book import Book

from ..engines.need import needs

PROGRAM, DRIVER = (shutil.which(name) or "" for name in ("chromium", "chromedriver"))

needs_chromium = needs("chromium with its chromedriver", bool(PROGRAM and DRIVER))

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--hide-scrollbars",
)


@contextmanager
def browser() -> Iterator[Any]:
    """A browser of its own, which ends with the block."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        options = webdriver.ChromeOptions()
        options.binary_location = PROGRAM
        for flag in [*FLAGS, f"--user-data-dir={folder}/profile"]:
            options.add_argument(flag)
        options.add_experimental_option("prefs", {"download.default_directory": folder})
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        driver: Any = webdriver.Chrome(options, Service(DRIVER))
        driver.folder = Path(folder)
        try:
            screen(driver, 1366, 768)
            yield driver
        finally:
            driver.quit()


def screen(driver: Any, wide: int, high: int, *, dark: bool = False) -> None:
    """Make the window so large, by day or in the dark; a small one is a phone's."""
    size = {"width": wide, "height": high, "deviceScaleFactor": 1, "mobile": wide < 600}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})


def opened(driver: Any, page: bytes) -> Path:
    """Open a page from a file, and wait until it computes."""
    path = Path(driver.folder, "page.html")
    path.write_bytes(page)
    driver.get("about:blank")
    driver.get(path.as_uri())
    wait(driver)
    return path


def wait(driver: Any) -> None:
    """Until the page that is open has unpacked its workbook."""
    driver.execute_async_script("ready.then(arguments[0])")


def complaints(driver: Any) -> list[str]:
    """What was logged since this was last asked."""
    return [entry["message"] for entry in driver.get_log("browser")]


def requests(driver: Any) -> list[str]:
    """What was asked for since this was last asked, but for files and what stands in the page."""
    messages = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    asked = (
        message["params"]["request"]["url"]
        for message in messages
        if message["method"] == "Network.requestWillBeSent"
    )
    own = ("file:", "data:", "blob:", "chrome:", "about:")
    return [url for url in asked if not url.startswith(own)]


def press(driver: Any, *keys: str) -> None:
    """Press keys where the keyboard is."""
    ActionChains(driver).send_keys(*keys).perform()


def text(driver: Any, cell: str) -> str:
    """What a cell shows."""
    return str(driver.find_element(By.ID, cell).text)


def place(book: Book, sheet: str, block: str, index: tuple[int, ...]) -> str:
    """The id of one cell of a block; axes that are not named are of one cell."""
    number = [one.name for one in book.sheets].index(sheet)
    (cells,) = [one.cells for one in book.sheets[number].blocks if one.name == block]
    return f"s{number}.{a1(cells.cell((0,) * (len(cells.shape) - len(index)) + index))}"


def taken(driver: Any, name: str) -> bytes:
    """The workbook that the page hands over."""
    where = {"behavior": "allow", "downloadPath": str(driver.folder)}
    driver.execute_cdp_cmd("Browser.setDownloadBehavior", where)
    path = Path(driver.folder, name)
    path.unlink(missing_ok=True)
    driver.find_element(By.ID, "book").click()
    for _ in range(200):
        if path.exists():
            return path.read_bytes()
        time.sleep(0.05)
    raise AssertionError("nothing came")
