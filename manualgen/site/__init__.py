"""Outputs on disk: sites of HTML pages, man pages, CommonMark and AsciiDoc documents."""
