"""What a screen is held to besides axe's rules; each judgement returns what is wrong.

All of them look at the page that is open, so that one load serves them one after the other.
"""

from playwright.sync_api import Page

from tests.browser.visitor import NO_FADE, PHONE

NARROW = {"width": 320, "height": 640}  # WCAG 2.2, 1.4.10
ZOOMED = {"width": 640, "height": 400}  # 1280 by 800 at 200 % (1.4.4)
MOST_OF_BARS = 0.5  # how much of a zoomed window may be bars that do not scroll
STOPS_IN_ONE = 6  # a field of date and time has so many, its button included
BATCH = 10
SPARE = 30  # presses, for what lies in frames of others

# Anything that still moves: what runs now, and what would with the next change of a style.
MOTION = """
() => {
  const wrong = document.getAnimations()
    .filter((it) => it.playState === "running" && it.effect.getComputedTiming().activeDuration > 1)
    .map((it) => `runs: ${it.animationName ?? it.transitionProperty ?? "a script's animation"}`);
  const longest = (list) => Math.max(...list.split(",").map(parseFloat));  // seconds
  for (const element of document.querySelectorAll("*")) {
    for (const part of [null, "::before", "::after"]) {
      const style = getComputedStyle(element, part);
      if (part && style.content === "none") continue;
      const animated = style.animationName !== "none" && longest(style.animationDuration) > 0.001;
      if (animated || longest(style.transitionDuration) > 0.001) {
        wrong.push(`would move: ${element.outerHTML.slice(0, 120)}`);
      }
    }
  }
  return wrong;
}
"""

# What is wider than the window or its own box. What scrolls sideways by itself is no fault; nor is
# an ellipsis in a link or button, whose whole text is where it leads.
CUT = """
() => {
  const root = document.documentElement, wrong = [];
  const wide = root.clientWidth;
  if (root.scrollWidth > wide) wrong.push(`${root.scrollWidth - wide} px wider than its window`);
  const scrolls = (element) => {
    for (let one = element.parentElement; one && one !== root; one = one.parentElement) {
      if (/auto|scroll/.test(getComputedStyle(one).overflowX)) return true;
    }
    return false;
  };
  for (const element of document.body.querySelectorAll("*")) {
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const box = element.getBoundingClientRect(), style = getComputedStyle(element);
    if (box.width <= 1 || box.height <= 1) continue;  // for screen readers alone
    const told = element.outerHTML.slice(0, 120);
    const outside = box.right > wide + 1 || box.left < -1;
    if (outside && !scrolls(element)) wrong.push(`outside: ${told}`);
    if (!element.innerText?.trim() || element.closest("svg, [aria-hidden=true]")) continue;
    const hides = (overflow) => /hidden|clip/.test(overflow);
    const across = hides(style.overflowX) && element.scrollWidth > element.clientWidth + 1;
    const down = hides(style.overflowY) && element.scrollHeight > element.clientHeight + 1;
    const meant = style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none";
    if ((across || down) && !(meant && element.closest("a, button"))) wrong.push(`cut: ${told}`);
  }
  return wrong;
}
"""

# The share of the window that fixed and sticky bars keep covered.
BARS = """
() => {
  const high = innerHeight, wide = innerWidth;
  if (document.querySelector("[role=dialog], [role=alertdialog]")) return 0;  // it scrolls itself
  const bars = [...document.body.querySelectorAll("*")].filter((it) => {
    if (!/fixed|sticky/.test(getComputedStyle(it).position) || !it.checkVisibility()) return false;
    const box = it.getBoundingClientRect();
    return box.width > wide / 2 && box.height > 0 && (box.top <= 0 || box.bottom >= high);
  });
  return bars.reduce((sum, it) => sum + it.getBoundingClientRect().height, 0) / high;
}
"""

# Notes at each key that comes up where the focus is, how it is shown there, and what lies over it.
WATCH_FOCUS = """
() => {
  const ring = (element) => {
    const style = getComputedStyle(element);
    const line = style.outlineStyle === "none" || parseFloat(style.outlineWidth) === 0
      ? "" : `${style.outlineStyle} ${style.outlineWidth} ${style.outlineColor}`;
    return `${line}|${style.boxShadow}`;
  };
  // A field that its label or neighbour draws shows the focus there; so does a link's whole ticket.
  const around = (it) => [it, it.closest(".ticket"), it.parentElement, ...(it.labels ?? []),
    it.matches("input") && it.nextElementSibling].filter(Boolean);
  const look = (element) => around(element).map(ring).join("\\n");
  const within = (element) => element.closest("[role=dialog], [role=alertdialog]");
  const dialog = document.querySelector("[role=dialog], [role=alertdialog]");
  const wanted = "a[href], button, input, select, textarea, summary, iframe, [tabindex]";
  let found = [...document.querySelectorAll(wanted)].filter((it) => it.tabIndex >= 0
    && !it.disabled && !it.closest("[inert]") && it.type !== "hidden"
    && it.checkVisibility({ visibilityProperty: true }));
  if (dialog) found = found.filter((it) => within(it) && !it.matches("[data-radix-focus-guard]"));
  const group = (it) => it.type === "radio" && it.name ? `radio:${it.name}` : it;
  const held = document.activeElement;  // a dialog has focused its first field already
  held.blur();
  const rings = new Map(found.map((it) => [it, look(it)]));
  held.focus();
  const walk = { order: [], faults: [], done: new Set() };
  const told = (it) => it.outerHTML.slice(0, 160);
  const note = () => {
    const it = document.activeElement;
    if (it === walk.order.at(-1)) return;
    walk.order.push(it);
    if (it === document.body || it.tagName === "IFRAME" || walk.done.has(it)) return;
    walk.done.add(it);
    if (look(it) === rings.get(it)) walk.faults.push(`no focus to be seen: ${told(it)}`);
    const box = it.getBoundingClientRect();
    if (box.width <= 1 || box.height > innerHeight / 2) return;
    const over = [[0.5, 0.5], [0.1, 0.1], [0.9, 0.9]].map(([x, y]) =>
      document.elementFromPoint(box.left + box.width * x, box.top + box.height * y));
    const own = (one) => one && (one.contains(it)
      || around(it).some((its) => its !== it.parentElement && its.contains(one)));
    const what = over[0] ? told(over[0]) : "the window's edge";
    if (!over.some(own)) walk.faults.push(`covered: ${told(it)} by ${what}`);
  };
  addEventListener("keyup", (event) => event.key === "Tab" && note(), true);
  addEventListener("blur", () => setTimeout(() => document.activeElement.tagName === "IFRAME"
    && note()), true);  // what lies in a frame keeps its keys to itself
  window.__walk = {
    count: found.length,
    stops: found.filter((it) => /date|time|month|week/.test(it.type)).length,
    round: () => {
      const seen = walk.order.filter((it) => it !== document.body);
      return new Set(seen).size < seen.length;
    },
    at: () => told(document.activeElement),
    verdict: () => {
      const reached = new Set(walk.order.map(group));
      // A group hands the focus on to the one of its own that has it.
      const hands = (it) => it.role && [...walk.done].some((one) => it.contains(one));
      const missed = found.filter((it) => !reached.has(group(it)) && !hands(it));
      return [...walk.faults, ...missed.map((it) => `not reached by Tab: ${told(it)}`)];
    },
  };
}
"""


def moving(page: Page) -> list[str]:
    """Return what moves although the reader asked for less motion."""
    found: list[str] = page.evaluate(MOTION)
    return found


def cut_when_narrow(page: Page) -> list[str]:
    """Return what overflows or is cut in a window of 320 CSS pixels."""
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    found: list[str] = page.evaluate(CUT)
    return found


def cut_when_zoomed(page: Page) -> list[str]:
    """Return what overflows, is cut, or leaves no room to read at 200 %."""
    session = page.context.new_cdp_session(page)
    session.send(
        "Emulation.setDeviceMetricsOverride", {**ZOOMED, "deviceScaleFactor": 2, "mobile": False}
    )
    found: list[str] = page.evaluate(CUT)
    bars: float = page.evaluate(BARS)
    session.send("Emulation.clearDeviceMetricsOverride")
    session.detach()
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    return found + ([f"bars cover {bars:.0%} of it"] if bars > MOST_OF_BARS else [])


def lost_by_keyboard(page: Page) -> list[str]:
    """Press Tab once around; return what it does not reach, does not show, or does not leave."""
    page.evaluate(NO_FADE)
    page.evaluate(WATCH_FOCUS)
    count, stops = page.evaluate("[__walk.count, __walk.stops]")
    for _ in range(0, count + stops * STOPS_IN_ONE + SPARE, BATCH):
        for _ in range(BATCH):
            page.keyboard.press("Tab")
        if page.evaluate("__walk.round()"):
            break
    else:
        return [f"Tab does not come round; it stays at {page.evaluate('__walk.at()')}"]
    found: list[str] = page.evaluate("__walk.verdict()")
    return found


ALL = (moving, lost_by_keyboard, cut_when_narrow, cut_when_zoomed)
