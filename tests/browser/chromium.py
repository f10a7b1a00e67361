"""A headless Chromium for tests and benchmarks."""

from __future__ import annotations

from playwright.sync_api import Browser, Playwright

from tests.browser.ensure_chromium import find_chromium

# What Playwright turns off for a calm, offline browser; naming features anew would else turn them on again.
_CALM = (
    "AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,LensOverlay,"
    "MediaRouter,PaintHolding,ThirdPartyStoragePartitioning,AvoidCorsURLLoaderRestartOnRedirect,OptimizationHints,"
    "NetworkTimeServiceQuerying,AimEnabled,PreconnectToSearch"
)
# Chromium draws its own toolbar and address bar as pages, two more for each window, though nobody sees them: they took a
# quarter of the processor's time of a visit.
_NO_TOOLBAR = (
    "InitialWebUI,WebUIReloadButton,WebUIToolbar,WebUIToolbarWebView,WebUILocationBar,WebUIHomeButton,WebUIBackForwardButton,"
    "WebUISplitTabsButton,PreloadTopChromeWebUI,PreloadTopChromeWebUILessNavigations,WebUIOmniboxPopup,WebUIOmniboxAimPopup,"
    "WebUIOmniboxFullPopup,WebUIOmniboxSimplification"
)
# WebGL drawn by the processor, as on a machine without a graphics card.
_WEBGL = ("--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist")
# Pages put together by a processor that plays a graphics card take twice the time; a benchmark of frames wants just that.
_LIGHT = ("--disable-gpu-compositing", "--disable-gpu-rasterization")


def launch(
    playwright: Playwright,
    *,
    webgl: bool = False,
    light: bool = False,
    with_windows: bool = False,
    timeout_ms: float = 180_000,
) -> Browser:
    """Start the browser; ``webgl`` lets it draw the map's points, ``light`` draws all else around them without it.

    ``with_windows`` takes the whole browser, as a person has it, where there is one.
    """
    return playwright.chromium.launch(
        executable_path=str(find_chromium(with_windows=with_windows)),
        args=[
            "--no-sandbox",
            f"--disable-features={_CALM},{_NO_TOOLBAR}",
            *(_WEBGL if webgl else ()),
            *(_LIGHT if light else ()),
        ],
        timeout=timeout_ms,
    )
