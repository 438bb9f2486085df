"""manualgen: the documentation builder for Nix-style module options.

Whatever the source was, it becomes one docutils doctree, and every format is
one writer over that doctree. A guided tour, from the ground up:

* :mod:`manualgen.errors`: what is said about bad input.
* :mod:`manualgen.options`: what an option is; ``options.json`` read, sorted, split into pages.
* :mod:`manualgen.markup`: text to doctree; an option to its section.
* :mod:`manualgen.book`: identifiers and the references between them.
* :mod:`manualgen.writers`: doctree to HTML, man, …; one file a format.
* :mod:`manualgen.site`: pages on disk.
* :mod:`manualgen.cli`: the commands.
"""

__version__ = "0.1.0"
