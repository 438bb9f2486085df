project = "MyST"
extensions = ["manualgen.sphinxext", "myst_parser"]
html_theme = "alabaster"
manualgen_options = {"proxy": "../rest/options.json", "again": "../rest/options.json"}
