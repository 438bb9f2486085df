project = "Proxy"
extensions = ["manualgen.sphinxext"]
html_theme = "alabaster"
man_pages = [("index", "proxy", "Proxy", [], 5)]
manualgen_options = {
    "proxy": {
        "source": "options.json",
        "name": "proxy",
        "address": "https://code.example/{revision}/{path}",
        "revision": "v1",
    }
}
