"""What an option is; option sets read, sorted, split into pages."""
