"""What a writer asks of the manual that it writes: what a reference means, and its address.

Parsed trees hold references as their authors wrote them and are never changed.
A writer is given :class:`Links` for the page or document that it writes, and
asks it for the target of a reference and for the address of that target. So one
parse of a text serves every page and every format. The same division of labour
as Sphinx's ``get_relative_uri`` and antsibull-docs-parser's ``LinkProvider``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

import msgspec

if TYPE_CHECKING:
    from docutils import nodes as docutils_nodes

    from manualgen.markup import nodes


class Target(msgspec.Struct, frozen=True):
    """What a reference can lead to.

    Attributes:
        id: its identifier.
        kind: ``option``, ``anchor``, a kind of numbered block (``example``, ``figure``,
            ``table``) or of division (``book``, ``part``, ``chapter``, …).
        text: inline nodes that a reference without a text of its own shows; of an option
            its name, as a ``literal`` of the class ``option``.
        hint: what the target is in full, such as ``Appendix A. Options``; may be empty.
    """

    id: str
    kind: str
    text: tuple[docutils_nodes.Node, ...] = ()
    hint: str = ""


class Links(Protocol):
    """What the references on a page, or in a document, lead to."""

    def target(self, reference: nodes.TargetReference) -> Target | None:
        """Return what a reference means; None where it leads nowhere."""
        ...

    def href(self, target: Target) -> str | None:
        """Return a target's address as this page writes it; None where the format has none."""
        ...

    def manpage(self, name: str) -> str | None:
        """Return the address of a manual page such as ``nix.conf(5)``, where one is known."""
        ...


class NoLinks:
    """The links of a text that belongs to no manual: none of its references lead anywhere."""

    def target(
        self,
        reference: nodes.TargetReference,  # noqa: ARG002 - the protocol's
    ) -> Target | None:
        """Return None."""
        return None

    def href(self, target: Target) -> str | None:  # noqa: ARG002 - the protocol's
        """Return None."""
        return None

    def manpage(self, name: str) -> str | None:  # noqa: ARG002 - the protocol's
        """Return None."""
        return None


_REMOTE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")


def is_remote(address: str) -> bool:
    """Return whether an address has a scheme or a host: it is of no file beside the manual."""
    return _REMOTE.match(address) is not None
