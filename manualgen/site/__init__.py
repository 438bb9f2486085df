"""Manuals on disk: pages from templates, man pages, the build itself."""
