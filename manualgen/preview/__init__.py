"""A site that is served while its sources are written: ``manualgen serve``."""
