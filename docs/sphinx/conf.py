"""How Sphinx makes the documentation site: ``make docs``, or ``sphinx-build -W -c docs/sphinx . build/docs``.

The sources are the Markdown pages as they lie in the repository, so that every link works both on the site and in a plain
Markdown viewer: the root of the repository is the source folder, and pages keep their paths. Nothing is fetched, neither
when the site is built nor when it is read: the theme uses the fonts of the system, and the search is a script of the site.
"""

from __future__ import annotations

import re
from importlib.metadata import version as installed_version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "posecheck"
release = version = installed_version("posecheck")
copyright = "the posecheck contributors, Apache-2.0"

include_patterns = ["docs/*.md", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "*/README.md"]
exclude_patterns = [".*", "build", "dist", "site", "tests", "posecheck"]
root_doc = "docs/index"

extensions = ["myst_parser", "sphinx.ext.autodoc", "numpydoc", "sphinx.ext.viewcode"]

myst_heading_anchors = 4
"""Headings get the anchors that a Markdown viewer gives them."""
myst_links_external_new_tab = False

autodoc_member_order = "bysource"
autodoc_typehints = "none"
autodoc_preserve_defaults = True
numpydoc_show_class_members = False
numpydoc_xref_param_type = False
numpydoc_validation_checks: set[str] = set()
python_use_unqualified_type_names = True

html_theme = "furo"
html_title = "posecheck"
html_static_path = ["static"]
html_css_files = ["posecheck.css"]
html_logo = html_favicon = "../../posecheck/web/server/static/favicon.svg"
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
# The summaries of search results would be fetched page by page, which browsers refuse to a site opened as a file.
html_show_search_summary = False
html_additional_pages = {"index": "to_front_page.html"}
templates_path = ["templates"]
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#0b5cad", "color-brand-content": "#0b5cad"},
    "dark_css_variables": {"color-brand-primary": "#7db8f0", "color-brand-content": "#7db8f0"},
}

NAVIGATION = {
    "Start": ("Overview and installation </README.md>", "tutorial.md"),
    "How to": (
        "how-to-film.md",
        "planning.md",
        "app.md",
        "record.md",
        "live.md",
        "batch.md",
        "servers.md",
        "python.md",
    ),
    "Reference": ("commands.md", "files.md", "angles.md", "movements.md", "errors.md", "security.md", "api.md"),
    "Explanation": (
        "method.md",
        "limits.md",
        "accuracy.md",
        "rendered-people.md",
        "repetitions.md",
        "hard-recordings.md",
        "speed.md",
        "live-speed.md",
    ),
    "The project": (
        "/CONTRIBUTING.md",
        "/CHANGELOG.md",
        "The pose model </models/README.md>",
        "The sample videos </sample_videos/README.md>",
    ),
}
"""Chapter to its pages. It stands here and not in the front page, which a plain Markdown viewer shows too."""

ANCHOR = re.compile(r'^<a id="([\w-]+)"></a>$', re.MULTILINE)


def setup(app: Sphinx) -> None:
    """Tell Sphinx what to do with a page before it is read."""
    app.connect("source-read", prepare_page)


def prepare_page(_app: Sphinx, page: str, source: list[str]) -> None:
    """Anchors written in HTML become targets that links are checked against; the front page gets the navigation."""
    text = ANCHOR.sub(r"(\1)=", source[0])
    source[0] = text + navigation() if page == root_doc else text


def navigation() -> str:
    """The table of contents beside every page."""
    return "\n".join(
        "\n".join(("", "```{toctree}", ":hidden:", f":caption: {chapter}", "", *pages, "```"))
        for chapter, pages in NAVIGATION.items()
    )
