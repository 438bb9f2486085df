"""Texts of options as messages for translators, and translated back."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser

from tests.sphinxext.sphinx_apps import built, copied


def test_messages_are_whole_paragraphs(tmp_path):
    source = copied("rest", tmp_path)
    folder, warnings, _ = built(source, "gettext")
    assert warnings == ""
    text = (folder / "modules.pot").read_text()
    assert 'msgid "The port. Below 1024 it needs root."' in text
    assert "options.json:services.proxy.port:1" in text
    # What is not prose is no message.
    assert 'msgid "boolean"' not in text
    assert 'msgid "Default"' not in text
    names = [file.read_text() for file in folder.rglob("*.pot")]
    assert not any('msgid "services' in text for text in names)


def test_translations_are_shown(tmp_path):
    source = copied("rest", tmp_path)
    catalog = source / "locales/de/LC_MESSAGES/modules.po"
    catalog.parent.mkdir(parents=True)
    catalog.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        'msgid "It listens on services.proxy.port."\n'
        'msgstr "Er lauscht an {option}`services.proxy.port`, *immer*."\n'
    )
    folder, warnings, _ = built(source, confoverrides={"language": "de"})
    assert warnings == ""
    tree = LexborHTMLParser((folder / "modules/services.html").read_text())
    description = tree.css_first('dt[id="opt-services.proxy.enable"]').parent
    paragraph = description.css("dd > p")[1]
    assert paragraph.text() == "Er lauscht an services.proxy.port, immer."
    assert paragraph.css_matches('a[href="#opt-services.proxy.port"]')
    assert paragraph.css_first("em").text() == "immer"
