"""Which browser and which system a device is shown as."""

import pytest

from accounts.devices import Names, names_of

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
WINDOWS = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/140.0.0.0 Safari/537.36"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15"
ANDROID = f"Mozilla/5.0 (Linux; Android 15; SM-S931B) {WEBKIT}"
LINUX = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0)"


@pytest.mark.parametrize(
    ("user_agent", "browser", "system"),
    [
        (WINDOWS, "Chrome", "Windows"),
        (f"{WINDOWS} Edg/140.0.0.0", "Edge", "Windows"),
        (f"{WINDOWS} OPR/120.0.0.0", "Opera", "Windows"),
        (f"{MAC} Version/18.5 Safari/605.1.15", "Safari", "macOS"),
        (f"{MAC} Chrome/140.0.0.0 Safari/537.36", "Chrome", "macOS"),
        (f"{IPHONE} Version/18.5 Mobile/15E148 Safari/604.1", "Safari", "iPhone"),
        (f"{IPHONE} CriOS/140.0 Mobile/15E148 Safari/604.1", "Chrome", "iPhone"),
        (f"{IPHONE} FxiOS/144.0 Mobile/15E148 Safari/605.1.15", "Firefox", "iPhone"),
        (f"{ANDROID} Chrome/140.0.0.0 Mobile Safari/537.36", "Chrome", "Android"),
        (
            f"{ANDROID} SamsungBrowser/28.0 Chrome/130.0 Safari/537.36",
            "Samsung Internet",
            "Android",
        ),
        (f"{LINUX} Gecko/20100101 Firefox/144.0", "Firefox", "Linux"),
        (
            f"Mozilla/5.0 (X11; CrOS x86_64) {WEBKIT} Chrome/140.0 Safari/537.36",
            "Chrome",
            "ChromeOS",
        ),
        (
            f"Mozilla/5.0 (X11; Linux) {WEBKIT} HeadlessChrome/140.0 Safari/537.36",
            "Chrome",
            "Linux",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64)", "", "Linux"),
        ("python-httpx/0.28.1", "", ""),
        ("", "", ""),
    ],
)
def test_a_device_is_called_what_its_person_calls_it(
    user_agent: str, browser: str, system: str
) -> None:
    assert names_of(user_agent) == Names(browser, system)
