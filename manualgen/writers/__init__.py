"""Doctree → text of a format; one file a format. A writer reads no files."""
