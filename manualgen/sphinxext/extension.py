"""What the extension adds to Sphinx: the domain, its directives, and the events it listens to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sphinx.errors import ExtensionError

from manualgen.errors import ManualError
from manualgen.sphinxext import generated, inventories, navigation
from manualgen.sphinxext.collecting import CollectOptions
from manualgen.sphinxext.configuration import add_values, configured_sets
from manualgen.sphinxext.directives import add_directives
from manualgen.sphinxext.domain import NixDomain, domain_of, warn_of_missing
from manualgen.sphinxext.sets import ProjectSets

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_STYLE = Path(__file__).parent / "html_static"


def connect(app: Sphinx) -> None:
    """Add the domain and its option sets to an application of Sphinx."""
    add_values(app)
    app.add_domain(NixDomain)
    add_directives(app)
    app.add_transform(CollectOptions)
    generated.add_parsers(app)
    app.add_css_file("manualgen-options.css")
    app.connect("builder-inited", _begin)
    app.connect("env-get-outdated", generated.outdated)
    # Before what Sphinx itself finds out about all documents.
    app.connect("env-updated", generated.complete, priority=100)
    # After intersphinx itself, and before warnings.
    app.connect("missing-reference", inventories.resolve, priority=600)
    app.connect("warn-missing-reference", warn_of_missing)
    # Before themes ask for the navigation.
    app.connect("html-page-context", navigation.shorten, priority=100)


def _begin(app: Sphinx) -> None:
    """Read the sets of a project.

    Raises:
        ExtensionError: if a set cannot be read.
    """
    app.config.html_static_path.append(str(_STYLE))
    try:
        domain_of(app.env).sets = ProjectSets(configured_sets(app.config, Path(app.confdir)))
    except ManualError as error:
        diagnostic = error.diagnostic
        place = f"{diagnostic.location}: " if diagnostic.location else ""
        message = f"manualgen_options: {place}{diagnostic.message}; {diagnostic.help}"
        raise ExtensionError(message.removesuffix("; ")) from error
    generated.prepare(app)
