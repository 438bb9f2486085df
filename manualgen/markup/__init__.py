"""Text → doctree."""
