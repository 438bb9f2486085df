"""Many manuals: built from one list, side by side in one store."""
