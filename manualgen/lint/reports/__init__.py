"""Reports of findings for programs: JSON, SARIF, annotations of GitHub."""
