"""A page of a site → a page of a preview: marks at changes, and links to what is there."""

from __future__ import annotations

import posixpath
import re
from html import escape, unescape
from typing import TYPE_CHECKING
from urllib.parse import unquote

from manualgen.comparison import wording
from manualgen.options.addresses import scheme_of
from manualgen.site.navigation import Entry, listed
from manualgen.writers.html import fragment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from manualgen.comparison.report import OptionReport
    from manualgen.comparison.sections import SectionReport
    from manualgen.site.plan import SitePage

START = "index.html"
"""The start page of a preview."""

_LINK = re.compile(r'(<a\b[^>]*?)\shref="([^"]*)"')
_SITE = re.compile(r'(<p class="site"><a)\b[^>]*>')
_TREE = re.compile(r'(<nav class="tree"[^>]*>).*?(</nav>)', re.DOTALL)
_SEARCH = re.compile(
    r'<form class="search".*?</form>\s*|<section class="search-results".*?</section>\s*', re.DOTALL
)
_ROUTES = re.compile(
    r'<script type="application/json" id="routes">.*?</script>\s*'
    r'|<script src="[^"]*routes\.js"></script>\s*',
    re.DOTALL,
)
_OPTION = re.compile(
    r'(<section class="option\b[^"]*" id="([^"]*)")([^>]*>.*?)'
    r'(?=<div class="option-description"|<dl class="option-facts"|<p class="option-line"'
    r"|</section>)",
    re.DOTALL,
)
_SECTION = re.compile(
    r'(<section class="section\b[^"]*" id="([^"]*)")([^>]*>\s*<h([1-6])\b.*?</h\4>)', re.DOTALL
)
_TITLE = re.compile(r'<div class="page-title">.*?</div>', re.DOTALL)


class Marking:
    """Turns pages of a site into those of a preview."""

    def __init__(
        self,
        pages: Sequence[SitePage],
        options: Mapping[str, tuple[OptionReport, str]],
        sections: Mapping[str, SectionReport],
        base_url: str = "",
    ) -> None:
        """Prepare for the pages of a preview.

        Args:
            pages: the pages that the preview has.
            options: identifier → report of a changed option that is there, and the identifier of
                its entry on the start page.
            sections: identifier → report of a changed section that is there.
            base_url: the address of the published site, which has the other pages; "" if they
                are nowhere, so that nothing leads to them.
        """
        self._pages = pages
        self._paths = {page.path for page in pages}
        self._options = options
        self._sections = sections
        self._base_url = base_url and f"{base_url.rstrip('/')}/"

    def marked(self, page: SitePage, html: str) -> str:
        """Return a page as the preview shows it.

        The search and the scripts for old addresses are left out, as most of what they lead to
        is not there.

        Args:
            page: the page.
            html: the page as the site has it.
        """
        start = start_address(page)
        html = _ROUTES.sub("", _SEARCH.sub("", html))
        folder = posixpath.dirname(page.path)
        html = _LINK.sub(lambda found: f"{found[1]}{self._href(found[2], folder)}", html)
        html = _SITE.sub(rf'\1 href="{start}">', html)
        html = html.replace("</head>", '<meta name="robots" content="noindex">\n</head>', 1)
        entries = [Entry(one.title, f"{page.root}{one.path}") for one in self._pages]
        tree = listed([Entry("All changes", start), *entries], f"{page.root}{page.path}")
        html = _TREE.sub(lambda found: f"{found[1]}\n{tree}{found[2]}", html, count=1)
        html = _OPTION.sub(lambda found: self._option(found, start), html)
        html = _SECTION.sub(lambda found: self._section(found, start), html)
        report = self._sections.get(page.ids[0]) if page.ids else None
        if report is None:
            return html
        mark = _section_mark(report, start)
        return _TITLE.sub(lambda found: f"{found[0]}\n{mark}", html, count=1)

    def _href(self, escaped: str, folder: str) -> str:
        """Return the attribute for a link of a page in a folder; "" if it leads nowhere."""
        href = unescape(escaped)
        if href.startswith(("#", "//")) or scheme_of(href):
            return f' href="{escaped}"'
        path, mark, name = href.partition("#")
        path = posixpath.normpath(posixpath.join(folder, path))
        if unquote(path) in self._paths or path == f"../{START}":
            return f' href="{escaped}"'
        if not self._base_url or path.startswith(".."):
            return ""
        return f' href="{escape(f"{self._base_url}{path}{mark}{name}")}"'

    def _option(self, found: re.Match[str], start: str) -> str:
        change = self._options.get(unescape(found[2]))
        if change is None:
            return found[0]
        report, entry = change
        word, details = wording.option(report)
        mark = _mark(word, details, f"{start}#{fragment(entry)}")
        return f'{found[1]} data-change="{report.kind}"{found[3]}{mark}'

    def _section(self, found: re.Match[str], start: str) -> str:
        report = self._sections.get(unescape(found[2]))
        if report is None:
            return found[0]
        return f'{found[1]} data-change="{report.kind}"{found[3]}{_section_mark(report, start)}'


def start_address(page: SitePage) -> str:
    """Return the address of the start page, relative to a page of the preview."""
    return f"{page.root}../{START}"


def _section_mark(report: SectionReport, start: str) -> str:
    details = wording.section(report)
    word = "Added" if report.kind == "added" else "Changed"
    return _mark(word, "" if details == report.kind else details, f"{start}#sections")


def _mark(word: str, details: str, href: str) -> str:
    details = f": {escape(details)}" if details else ""
    return f'<p class="change-mark"><a href="{escape(href)}">{word}</a>{details}</p>'
