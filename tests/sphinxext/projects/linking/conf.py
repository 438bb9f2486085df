project = "Linking"
extensions = ["manualgen.sphinxext", "sphinx.ext.intersphinx"]
html_theme = "alabaster"
