"""Submodules: the options below an option, which stand indented after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from manualgen.options.model import join
from manualgen.writers.html.escaping import escape

if TYPE_CHECKING:
    from manualgen.markup import nodes


def after(section: nodes.option) -> str:
    """Return what follows the section of an option: a submodule begins, or some end.

    The sections themselves stay flat in the element around them: browsers can lay out one
    without the others.
    """
    attributes = section.attributes
    html = ""
    if "submodule" in attributes:
        submodule = attributes["submodule"]
        html = title(submodule)
        if submodule.is_here:
            html = f'<div class="submodule">{html}'
    if "ends" in attributes:
        html += "</div>" * attributes["ends"] + "\n"
    return html


def title(submodule: nodes.Submodule, parent: str = "") -> str:
    """Return the heading of a submodule: ``Each <name> has 47 options``.

    Args:
        submodule: the submodule.
        parent: the whole name of the option that it is below, for a page without this option.
    """
    count = f"{submodule.total:,} option{'' if submodule.total == 1 else 's'}"
    start, end = f'<a href="{escape(submodule.href)}">', "</a>"
    if not submodule.placeholder:
        name = parent or join((submodule.name,))
        html = f"{start}<code>{escape(name)}</code> has {count}{end}"
    elif parent:
        each = f"Each <code>{escape(submodule.placeholder)}</code>"
        html = f"{each} of {start}<code>{escape(parent)}</code>{end} has {count}"
    else:
        html = f"{start}Each <code>{escape(submodule.placeholder)}</code> has {count}{end}"
    return f'<p class="submodule-title">{html}</p>\n'
