"""What has changed between two option sets or manuals, as reports for people and programs."""
