"""The directives ``nix:option``, ``nix:options``, ``nix:option-table`` and ``nix:module``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from docutils import nodes as docutils_nodes
from docutils.parsers.rst import directives
from sphinx.directives import ObjectDescription
from sphinx.util.docutils import SphinxDirective

from manualgen.errors import Code
from manualgen.markup import nodes
from manualgen.markup.parsed import adopt
from manualgen.options.model import identifier
from manualgen.similar_names import nearest
from manualgen.sphinxext.descriptions import Descriptions
from manualgen.sphinxext.domain import MODULE, OPTION, context_of, domain_of
from manualgen.sphinxext.generated import Shown, Split, show, shown_now
from manualgen.sphinxext.lowered_options import signature
from manualgen.sphinxext.lowering import lowered
from manualgen.sphinxext.reporting import warn
from manualgen.sphinxext.sets import Selection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sphinx.addnodes import desc_content, desc_signature
    from sphinx.application import Sphinx

    from manualgen.sphinxext.sets import ProjectSet

_Spec = dict[str, "Callable[[str], Any]"]


class ModuleDirective(SphinxDirective):
    """``nix:module``: what the names in the rest of the document are relative to.

    Its argument is the prefix of the module's options; ``None`` ends it.
    """

    required_arguments = 1

    def run(self) -> list[docutils_nodes.Node]:
        """Note the module."""
        name = self.arguments[0].strip()
        self.env.ref_context[MODULE] = "" if name == "None" else name
        return []


class OptionDirective(ObjectDescription[str]):
    """``nix:option``: an option that is described by hand."""

    option_spec: ClassVar[_Spec] = {
        **ObjectDescription.option_spec,
        "type": directives.unchanged,
        "default": directives.unchanged,
        "example": directives.unchanged,
        "declared-in": directives.unchanged,
        "related-packages": directives.unchanged,
        "read-only": directives.flag,
    }

    def handle_signature(self, sig: str, signode: desc_signature) -> str:
        """Write the name of the option; return it in full."""
        context = context_of(self.env)
        below = context and (sig == context or sig.startswith(f"{context}."))
        name = sig if not context or below else f"{context}.{sig}"
        written = signature(name, (), read_only="read-only" in self.options)
        for child in written.children:
            adopt(signode, child)
        for attribute in ("fullname", "_toc_name", "_toc_parts"):
            signode[attribute] = written[attribute]
        return name

    def add_target_and_index(self, name: str, sig: str, signode: desc_signature) -> None:  # noqa: ARG002
        """Give the option its identifier, and an entry of the index."""
        if "no-index" in self.options:
            return
        new = identifier(name)
        if new in self.state.document.ids:
            warn(
                f"the option {name} is described twice; write :no-index: in one of the two",
                Code.DUPLICATE_OPTION.slug,
                signode,
            )
            return
        signode["ids"].append(new)
        self.state.document.note_explicit_target(signode)
        if "no-index-entry" not in self.options:
            entry = ("single", f"{name} (option)", new, "", None)
            self.indexnode["entries"].append(entry)

    def _object_hierarchy_parts(self, sig_node: desc_signature) -> tuple[str, ...]:
        return tuple(sig_node.get("_toc_parts", ()))

    def _toc_entry_name(self, sig_node: desc_signature) -> str:
        return str(sig_node.get("_toc_name", ""))

    def before_content(self) -> None:
        """Let names in the content be relative to the option."""
        self.env.ref_context.setdefault(OPTION, []).append(self.names[-1] if self.names else "")

    def after_content(self) -> None:
        """Let names be relative to what the option stands in."""
        self.env.ref_context[OPTION].pop()

    def transform_content(self, content_node: desc_content) -> None:
        """Add the facts about the option to its description."""
        facts = docutils_nodes.field_list("")
        for fact in self._facts():
            (single,) = lowered([fact], self.state.document)
            assert isinstance(single, docutils_nodes.Element)
            for field in single.children:
                adopt(facts, field)
        if facts.children:
            content_node.append(facts)

    def _facts(self) -> list[nodes.option_fact]:
        facts = []
        for kind, language in (("type", "text"), ("default", "nix"), ("example", "nix")):
            value = self.options.get(kind, "").strip()
            if value:
                node = nodes.option_value(value, value, language=language)
                facts.append(nodes.option_fact("", node, fact=kind))
        if self.options.get("related-packages"):
            content = docutils_nodes.paragraph("", self.options["related-packages"])
            facts.append(nodes.option_fact("", content, fact="related-packages"))
        declared = nodes.option_fact(fact="declared-in")
        for place in self.options.get("declared-in", "").split("\n"):
            if place.strip():
                text, _, address = place.strip().partition(" ")
                adopt(
                    declared,
                    nodes.option_declaration("", text, refuri=address.strip("<> ") or None),
                )
        return [*facts, declared] if declared.children else facts


def _heading_level(argument: str) -> int:
    """Return the level of a heading.

    Raises:
        ValueError: if it is not from 1 to 6.
    """
    level = directives.nonnegative_int(argument)
    if not 1 <= level <= 6:
        message = "the level of a heading is a number from 1 to 6"
        raise ValueError(message)
    return level


def _sort(argument: str) -> str:
    return directives.choice(argument, ("tree", "name", "source"))


def _folder(argument: str | None) -> str:
    """Return the folder of the documents of a split, "" for the default.

    Raises:
        ValueError: if it is not among the sources.
    """
    parts = [part for part in (argument or "").strip().split("/") if part not in ("", ".")]
    if ".." in parts:
        message = "the folder is one among the sources, without `..`"
        raise ValueError(message)
    return "/".join(parts)


class _SetDirective(SphinxDirective):
    """A directive that shows options of a set; its argument is the set, unless there is only one."""

    optional_arguments = 1
    option_spec: ClassVar[_Spec] = {
        "prefix": directives.unchanged_required,
        "depth": directives.positive_int,
        "sort": _sort,
        "exclude": directives.unchanged,
    }

    def run(self) -> list[docutils_nodes.Node]:
        """Return the options as nodes."""
        name = self.arguments[0].strip() if self.arguments else ""
        domain = domain_of(self.env)
        project_set = domain.sets.get(name)
        if project_set is None:
            warn(_unknown_set(name, list(domain.sets)), "unknown-set", self.get_location())
            return []
        prefix = self.options.get("prefix", context_of(self.env)).strip()
        selection = Selection(
            project_set.name,
            prefix,
            self.options.get("depth", 0),
            tuple(self.options.get("exclude", "").replace(",", " ").split()),
            self.options.get("sort", "tree"),
        )
        for message in unknown_parts(project_set, selection):
            warn(message, Code.UNKNOWN_OPTION.slug, self.get_location())
        return self.show(project_set, selection, project_set.select(selection))

    def show(
        self, project_set: ProjectSet, selection: Selection, indices: Sequence[int]
    ) -> list[docutils_nodes.Node]:
        """Return options as nodes.

        Args:
            project_set: their set.
            selection: what has been selected.
            indices: the options.
        """
        raise NotImplementedError

    def note_shown(self, selection: Selection) -> None:
        """Note that the document shows the options of a selection."""
        domain = domain_of(self.env)
        domain.note("shown", shown_now(domain.sets, Shown(selection, "")))


class OptionsDirective(_SetDirective):
    """``nix:options``: the options of a set, or of its part below a prefix."""

    option_spec: ClassVar[_Spec] = {
        **_SetDirective.option_spec,
        "heading-level": _heading_level,
        "split": _folder,
        "no-index": directives.flag,
    }

    def show(
        self, project_set: ProjectSet, selection: Selection, indices: Sequence[int]
    ) -> list[docutils_nodes.Node]:
        """Return the descriptions of options, or a toctree of the documents that have them."""
        no_index = "no-index" in self.options
        document = self.state.document
        if "split" in self.options:
            docname = self.env.current_document.docname
            folder = self.options["split"] or docname.removesuffix("/index")
            split_options = Split(selection, folder, no_index)
            domain_of(self.env).note("splits", split_options)
            return show(project_set, split_options, "", document, self.env)
        self.note_shown(selection)
        descriptions = Descriptions(
            project_set, document, self.env, no_index=no_index, line=self.lineno
        )
        level = self.options.get("heading-level")
        if level is None:
            return descriptions.all_of(indices)
        return descriptions.grouped(indices, selection.prefix, level)


class OptionTableDirective(_SetDirective):
    """``nix:option-table``: options with type, default and first sentence, as a table."""

    def show(
        self, project_set: ProjectSet, selection: Selection, indices: Sequence[int]
    ) -> list[docutils_nodes.Node]:
        """Return the table."""
        self.note_shown(selection)
        return [Descriptions(project_set, self.state.document, self.env).table(indices)]


def unknown_parts(project_set: ProjectSet, selection: Selection) -> Iterator[str]:
    """Yield what a selection names and its set does not have, with what to write instead.

    Args:
        project_set: the set.
        selection: what has been selected.
    """

    def unknown(name: str, setting: str) -> str:
        likely = project_set.similar.nearest(name)
        advice = f"write {setting} {likely}, if that is meant" if likely else f"correct {setting}"
        return f"the set {project_set.name} has no option {name}, and none below it; {advice}"

    prefix = selection.prefix
    if not project_set.select(Selection(project_set.name, prefix)):
        yield (
            unknown(prefix, ":prefix:")
            if prefix
            else (f"the set {project_set.name} has no options; correct its file")
        )
        return
    for name in selection.exclude:
        if not project_set.select(Selection(project_set.name, name)):
            yield unknown(name, ":exclude:")
    if not project_set.select(selection):
        yield (
            f"of the set {project_set.name}, :depth: or :exclude: leaves out all options"
            f"{prefix and f' below {prefix}'}; correct these"
        )


def _unknown_set(name: str, known: list[str]) -> str:
    if not known:
        return (
            'no set is configured; write manualgen_options = {"nixos": "options.json"} in conf.py'
        )
    if not name:
        return f"there are several sets; name one of them: {', '.join(known)}"
    likely = nearest(name, known)
    return f"manualgen_options has no set {name}; write {likely or ' or '.join(known)}"


def add_directives(app: Sphinx) -> None:
    """Add the directives to the domain."""
    app.add_directive_to_domain("nix", "module", ModuleDirective)
    app.add_directive_to_domain("nix", "option", OptionDirective)
    app.add_directive_to_domain("nix", "options", OptionsDirective)
    app.add_directive_to_domain("nix", "option-table", OptionTableDirective)
