"""Finds what a page says that is in no catalogue: it is shown in the marked language, where the rest bears a mark."""

from __future__ import annotations

from posecheck.language.spoken import MARKED
from posecheck.web.server.languages import LANGUAGE_COOKIE

UNMARKED = """() => {
  const named = ["aria-label", "title", "placeholder", "alt", "data-words"];
  const left = (text) => {
    text = text.replace(/<[^>]*>/g, " "); // what stands in noscript is text here
    let before = "";
    while (before !== text) { before = text; text = text.replace(/⟦[^⟦⟧]*⟧/g, " "); }
    return text.replace(/\\s+/g, " ").trim();
  };
  const skipped = "script, style, code, kbd, samp, pre, textarea, option[lang], [translate=no], [lang]:not(html)";
  const found = new Set();
  const look = (text, where) => {
    const words = left(text).replace(/\\bposecheck\\b/g, "");
    if (/\\p{L}{2,}/u.test(words.replace(/\\b(?:deg|cm|mm|MB|GB|kB|px|PDF|CSV|ZIP|PNG|JPEG|WebP|HTML|JSON|API)\\b/g, ""))) {
      found.add(`${where}: ${words.slice(0, 90)}`);
    }
  };
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!parent || parent.closest(skipped)) continue;
    look(walker.currentNode.data, parent.tagName.toLowerCase());
  }
  for (const thing of document.querySelectorAll(named.map((name) => `[${name}]`).join(","))) {
    if (thing.closest(skipped)) continue;
    const tag = thing.tagName.toLowerCase();
    for (const name of named) if (thing.getAttribute(name)) look(thing.getAttribute(name), `${tag} ${name}`);
  }
  return [...found];
}"""
"""What is shown or read out without a mark. What people wrote (names, notes) stands in elements with translate="no"."""


def marked_cookie(url: str) -> dict[str, str]:
    """The cookie that has a server's pages marked."""
    return {"name": LANGUAGE_COOKIE, "value": MARKED, "url": url}
