"""``python -m manualgen``."""

from manualgen.cli.main import main

main()
