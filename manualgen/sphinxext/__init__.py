"""The Sphinx extension: option sets and manuals of the dialect in Sphinx."""
