"""What axe finds on a page, for the tests of the app and of the static site."""

from __future__ import annotations

from importlib import resources

from playwright.sync_api import Page
from thorough import THOROUGH

_AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")

#: Of like rows and items of our own beside each other, so many are looked at; the others are taken out, for axe is as
#: long about what is not shown. What Streamlit has made it may take away itself, so that stays.
_LIKE = 4
_FOLD = """(most) => {
  const folded = [];
  for (const parent of document.querySelectorAll(document.querySelector(".stApp") ? ".stHtml *" : "main *")) {
    if (parent.children.length <= most || parent.closest("svg")) continue;
    const seen = {};
    for (const one of [...parent.children]) {
      const kind = one.tagName + "." + one.className;
      seen[kind] = (seen[kind] || 0) + 1;
      if (seen[kind] <= most) continue;
      const mark = document.createComment("");
      one.replaceWith(mark);
      folded.push([mark, one]);
    }
  }
  return () => { for (const [mark, one] of folded) mark.replaceWith(one); };
}"""


def serious(page: Page) -> list[str]:
    """Return the serious and critical violations on a page: rule, element, its HTML.

    That a finger hits what it aims at, WCAG 2.2's target size, axe looks at only where it is told to.
    """
    page.evaluate(_AXE)
    found = page.evaluate(
        f"""async (most) => {{
          const unfold = ({_FOLD})(most);
          try {{ return await axe.run(document, {{ resultTypes: ["violations"], iframes: true,
            rules: {{ "target-size": {{ enabled: true }} }} }}); }}
          finally {{ unfold(); }} }}""",
        1_000_000 if THOROUGH else _LIKE,
    )
    return [
        f"{violation['id']}: {node['target']} {node['html'][:160]}"
        for violation in found["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]
