"""The Sphinx extension: option sets and manuals of the dialect in Sphinx."""

from __future__ import annotations

from typing import TYPE_CHECKING

from manualgen.version import __version__

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata


def setup(app: Sphinx) -> ExtensionMetadata:
    """Add the extension to an application of Sphinx."""
    # Modules of this package are used, too, where Sphinx may be missing.
    from manualgen.sphinxext import extension, parser, typst_builder  # noqa: PLC0415

    extension.connect(app)
    parser.connect(app)
    typst_builder.connect(app)
    return {
        "version": __version__,
        "env_version": 1,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
