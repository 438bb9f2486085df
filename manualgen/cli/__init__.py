"""The commands: one file each, which parses arguments, calls one function and prints."""
