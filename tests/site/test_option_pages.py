"""A site of pages: every way through it leads somewhere, and every option is found."""

from __future__ import annotations

import collections
import json
import re
from urllib.parse import quote, unquote

import pytest
from selectolax.lexbor import LexborHTMLParser

from manualgen import api
from manualgen.options import tree
from manualgen.options.model import join
from manualgen.site.building import BuildOptions
from manualgen.writers.html import fragment
from tests.conftest import ROOT, shared
from tests.rendering import manual, manual_of, named, option, unique

SETS = ["home-manager", "nixos-1609", "nixos-2014", "nixvim", "nixos-2024-names"]


FILLER = [named("zz", f"o{number}") for number in range(tree.LARGEST_PAGE)]
"""With these, a set is too large to stand on its front page."""


class Site:
    """A site on disk, read back."""

    def __init__(self, made, folder):
        (included,) = made.sets
        self.catalog = included.catalog
        self.built = api.build_html(made, folder)
        self.folder = folder
        self.names = sorted(
            str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()
        )
        self.pages = {
            name: LexborHTMLParser((folder / name).read_text("utf-8"))
            for name in self.names
            if name.endswith(".html")
        }
        self.ids = {
            name: [node.attributes["id"] for node in page.css("[id]")]
            for name, page in self.pages.items()
        }

    def option_pages(self):
        return {name: page for name, page in self.pages.items() if name.startswith("options/")}

    def routes(self):
        return json.loads(self.pages["options.html"].css_first("#routes").text())


@pytest.fixture(scope="module")
def sample_site(tmp_path_factory):
    sets = sorted((ROOT / "sample-options").glob("*.json"))
    (included,) = manual_of(*sets).sets
    made = manual(*included.catalog.options, *FILLER, version="26.05")
    return Site(made, tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def small_site(tmp_path_factory):
    """Names that lead astray: top-level options, quotes, placeholders, heads, doubles."""
    made = manual(
        option("alone", "Not below anything."),
        option("top", "A head.\n\n[]{#page-content}[]{#elsewhere} [](#opt-top.below)"),
        option("top.below", "See {option}`alone` and [](#elsewhere)."),
        named("top", "a.b", "c", description="A quoted part."),
        named("top", "a.b", "d e", description="White space."),
        named("users", "<name>", "home", description="See {option}`users.alice.home`."),
        named("users", "*", "shell", description="A star."),
        option("x:y", "A colon."),
        option("x_y", "Its double."),
        named("ünï", "code", description="Not ASCII."),
        named("<name>", "below", description="A placeholder at the top."),
        *FILLER,
        version="26.05",
    )
    return Site(made, tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module", params=SETS)
def large_site(request, tmp_path_factory):
    return Site(
        manual_of(shared(f"data/options/{request.param}.json"), version="26.05"),
        tmp_path_factory.mktemp(request.param),
    )


def check_links(site: Site) -> None:
    """Every address of every page leads to a file, and its fragment to an identifier there."""
    checked = 0
    known = {name: set(found) for name, found in site.ids.items()}
    broken = []
    for name, page in site.pages.items():
        folder = name.rpartition("/")[0]
        authors = {node.mem_id for node in page.css(".option-description a:not(.option-ref)")}
        for attribute in ("href", "src"):
            for node in page.css(f"[{attribute}]"):
                address = node.attributes[attribute]
                if re.match(r"[a-z]+:|//", address):
                    continue
                if node.mem_id in authors and "#" not in address:
                    continue  # an author's own relative address
                checked += 1
                path, _, anchor = address.partition("#")
                target = resolve(folder, unquote(path)) if path else name
                if target not in site.names or (
                    anchor and unquote(anchor) not in known.get(target, ())
                ):
                    broken.append((name, address))
    assert broken == []
    assert checked > len(site.catalog.options)


def resolve(folder: str, path: str) -> str:
    parts = folder.split("/") if folder else []
    for part in path.split("/"):
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


def check_identifiers(site: Site) -> None:
    for name, found in site.ids.items():
        assert unique(found), name


def old_identifier(name: str) -> str:
    """Return the identifier that the NixOS manual has always given."""
    return "opt-" + re.sub(r'[*<>\[\]:" ]', "_", name)


def check_options(site: Site) -> None:
    """Every option is on exactly one page, by its name and its old identifier."""
    found = [
        (section.attributes["id"], section.css_first("h3.option-name").text(strip=False))
        for page in site.option_pages().values()
        for section in page.css("section.option")
    ]
    expected = [
        (name, each.name) for each, name in zip(site.catalog.options, site.catalog.ids, strict=True)
    ]
    assert sorted((name, title.removesuffix(" read only")) for name, title in found) == sorted(
        expected
    )
    given = set()
    for each, name in zip(site.catalog.options, site.catalog.ids, strict=True):
        old = old_identifier(each.name)
        assert name == old or re.fullmatch(rf"{re.escape(old)}-\d+", name)
        given.add(old)
    assert given <= set(site.catalog.ids)


def check_sizes(site: Site) -> None:
    """No page holds more than 150 options, unless one level alone does."""
    for name, page in site.option_pages().items():
        count = len(page.css("section.option"))
        if count:
            shown = page.css_first(".page-title h2").text()
            assert shown.split()[0].replace(",", "") == str(count)
        if count > tree.LARGEST_PAGE:
            names = {node.text() for node in page.css("h3.option-name")}
            by_id = {each.name: each.loc for each in site.catalog.options if each.name in names}
            prefix = page.css_first("h1").text()
            depth = 0 if prefix == "Top level" else len(min(by_id.values(), key=len)) - 1
            level = [loc for loc in by_id.values() if len(loc) <= depth + 1]
            heads = count - len(level)
            assert heads < tree.LARGEST_PAGE, name
            assert len(level) > tree.LARGEST_PAGE - heads, name


def leads_to(site: Site, page: str, link) -> list[tuple[str, ...]]:
    """Return the paths of the options that a link of an index leads to, on and below a page."""
    path, _, anchor = link.attributes["href"].partition("#")
    target = resolve(page.rpartition("/")[0], unquote(path)) if path else page
    if anchor:
        assert unquote(anchor) in site.ids[target], link.html
        return [site.loc_of[unquote(anchor)]]
    prefix = site.prefix_of[target]
    return [each.loc for each in site.catalog.options if each.loc[: len(prefix)] == prefix]


def check_names(site: Site, page: str, links, prefix: tuple[str, ...]) -> None:
    """The links are all names at the level below a prefix, in order, and lead to their options."""
    depth = len(prefix)
    parts = {
        each.loc[depth]: None
        for each in site.catalog.options
        if each.loc[:depth] == prefix and len(each.loc) > depth
    }
    order = sorted(parts, key=lambda part: tree.sort_key((part,)))
    assert [link.text() for link in links] == [join((part,)) for part in order], prefix
    for part, link in zip(order, links, strict=True):
        found = leads_to(site, page, link)
        assert found, (prefix, part)
        assert all(loc[: depth + 1] == (*prefix, part) for loc in found), (prefix, part)
        count = link.parent.css_first("small")
        below = [each for each in site.by_prefix[(*prefix, part)] if len(each.loc) > depth + 1]
        if count is None:
            assert below == [], (prefix, part)
        else:
            assert int(count.text().replace(",", "")) == len(site.by_prefix[(*prefix, part)])


def check_index(site: Site) -> None:
    """Every name of the first two levels is on the front page, those below on parent pages."""
    ids = zip(site.catalog.ids, site.catalog.options, strict=True)
    site.loc_of = {name: each.loc for name, each in ids}
    site.by_prefix = collections.defaultdict(list)
    for each in site.catalog.options:
        for depth in range(1, len(each.loc) + 1):
            site.by_prefix[each.loc[:depth]].append(each)
    site.prefix_of = {f"options/{page.stem}.html": page.prefix for page in site.catalog.pages}
    index = site.pages["index.html"]
    title = index.css_first("h1").text()
    assert title == f"{len(site.catalog.options):,} options"
    items = index.css(".small-groups > li, .index > section")
    alone = index.css(".index > .flowing > li > a")
    heads = [item.css_first("a") for item in items]
    first = {each.loc[0]: None for each in site.catalog.options}
    of_title = {join((part,)): part for part in first}
    assert sorted(head.text() for head in [*alone, *heads]) == sorted(of_title)
    for item, head in zip(items, heads, strict=True):
        prefix = (of_title[head.text()],)
        assert all(loc[:1] == prefix for loc in leads_to(site, "index.html", head))
        links = [link for link in item.css("ul a") if link.mem_id != head.mem_id]
        check_names(site, "index.html", links, prefix)
    for page in site.catalog.pages:
        path = f"options/{page.stem}.html"
        if page.children and page.prefix:
            check_names(site, path, site.pages[path].css(".index a"), page.prefix)
        elif page.prefix:
            assert site.pages[path].css_first(".index") is None


def test_long_names_of_an_index_break_between_words(tmp_path):
    names = ["enableIntel2200BGFirmware", "<name>AndSomethingLonger", "short"]
    options = [option(f"a.{name}") for name in names]
    options += [option(f"b.o{number}") for number in range(150)]
    api.build_html(manual(*options), tmp_path)
    index = LexborHTMLParser((tmp_path / "index.html").read_text())
    links = [link.html.split(">", 1)[1] for link in index.css(".small-groups ul a")]
    assert "enable<wbr>Intel2200<wbr>BG<wbr>Firmware</a>" in links
    assert '"&lt;name&gt;And<wbr>Something<wbr>Longer"</a>' in links
    assert "short</a>" in links


def check_trees(site: Site) -> None:
    """The tree of a page marks the page, and is short however many pages there are."""
    for name, page in site.option_pages().items():
        links = page.css(".tree a")
        groups = [link for link in links if link.attributes["href"].startswith("#")]
        assert len(links) - len(groups) <= 100, name
        assert len(groups) <= tree.LARGEST_PAGE, name
        if name != "options/top-level.html":
            (here,) = page.css(".tree [aria-current]")
            assert here.attributes["href"] == quote(name.removeprefix("options/"))


def check_on_this_page(site: Site) -> None:
    """Every page lists all its options, without the part of their names that is its title."""
    listed = 0
    for name, page in site.pages.items():
        ids = [node.attributes["id"] for node in page.css("section.option")]
        names = [node.text() for node in page.css("h3.option-name code")]
        links = page.css(".on-this-page a")
        assert [unquote(link.attributes["href"]) for link in links] == [f"#{each}" for each in ids]
        listed += len(links)
        title = page.css_first("h1 code")
        for link, full in zip(links, names, strict=True):
            if title is None:
                assert link.text() == full, name
            elif title.text() == full:
                assert full.endswith(link.text()), name
            else:
                assert f"{title.text()}.{link.text()}" == full, name
            path = link.css_first(".path")
            assert path is None or path.text().endswith(".")
    assert listed == len(site.catalog.options)


def check_submodules(site: Site) -> None:
    """What is below an option stands in its submodule; the option, and its type, lead there."""
    parents = site.catalog.submodules
    index_of = {f"#{name}": index for index, name in enumerate(site.catalog.ids)}
    for name, page in site.pages.items():
        links = page.css(".on-this-page a")
        here = [index_of[unquote(link.attributes["href"])] for link in links]
        inside: dict[int, int] = {}  # parent → the first below it that is here
        for block in page.css(".submodule"):
            title = block.css_first(".submodule-title a")
            parent = index_of[unquote(title.attributes["href"])]
            below = range(parents[parent].first, parents[parent].end)
            shown = title.text().split(" has ")
            last = join(site.catalog.options[parent].loc[-1:])
            of_all = f"Each {parents[parent].placeholder}"
            assert shown[0] == (of_all if parents[parent].placeholder else last)
            assert shown[1].split()[0].replace(",", "") == str(len(below))
            found = [index_of[f"#{each.attributes['id']}"] for each in block.css("section.option")]
            assert found == [index for index in here if index in below]
            inside[parent] = found[0]
            previous = block.prev
            while previous is not None and previous.tag == "-text":
                previous = previous.prev
            assert previous.attributes["id"] == site.catalog.ids[parent]
        for index in here:
            if index not in parents:
                continue
            section = page.css_first(f'[id="{site.catalog.ids[index]}"]')
            addresses = [link.attributes["href"] for link in section.css(".option-facts a")]
            if index in inside:
                target = f"#{fragment(site.catalog.ids[inside[index]])}"
            else:
                assert index + 1 not in here
                target = section.next
                while target.tag == "-text":
                    target = target.next
                target = target.css_first(".submodule-title a").attributes["href"]
                up = site.pages[resolve(name.rpartition("/")[0], unquote(target))]
                up = up.css_first(".page-title + .submodule-title a").attributes["href"]
                assert up.partition("#")[2] == fragment(site.catalog.ids[index])
            # Of a type whose values are listed, a link is what names a submodule.
            type_text = site.catalog.options[index].type
            is_link = type_text and (not section.css(".values") or "submodule" in type_text)
            assert addresses.count(target) == (1 if is_link else 0)


def routed(site: Site, identifier: str) -> str | None:
    """Return the page that routes.js finds from the old address: its rule, in Python."""
    table = site.routes_table
    if identifier in table["exact"]:
        address = table["exact"][identifier]
        assert unquote(address).endswith(f"#{identifier}")
        return address.partition("#")[0]
    for prefix, folder, pages in table["sets"]:
        key = identifier.removeprefix(prefix)
        while key:
            if key in pages:
                return f"{folder}{pages[key]}.html" if folder else pages[key]
            key = key[: max(0, key.rfind("."))]
    return None


def check_routes(site: Site) -> None:
    """The old address of each option leads to its page."""
    site.routes_table = site.routes()
    for name, ids in site.ids.items():
        if name.startswith("options/"):
            for identifier in ids:
                if identifier.startswith("opt-"):
                    assert routed(site, identifier) == name, identifier
    for anchor, index in site.catalog.anchors.items():
        assert anchor in site.ids[routed(site, anchor)], index


def check(site: Site) -> None:
    check_links(site)
    check_identifiers(site)
    check_options(site)
    check_sizes(site)
    check_index(site)
    check_trees(site)
    check_on_this_page(site)
    check_submodules(site)
    check_routes(site)
    assert site.built.pages == len(site.pages)
    assert site.built.size == sum(
        (site.folder / name).stat().st_size for name in site.names if not name.startswith(".")
    )


def test_sample(sample_site):
    check(sample_site)


def test_names_that_lead_astray(small_site):
    check(small_site)


@pytest.mark.slow
def test_large(large_site):
    check(large_site)


def test_top_level_options_keep_their_old_address(small_site):
    routes = small_site.routes()
    ((prefix, folder, pages),) = routes["sets"]
    assert (prefix, folder, pages["alone"]) == ("opt-", "options/", "top-level")
    assert routes["exact"]["elsewhere"] == "options/top.html#elsewhere"
    assert routes["otherwise"] == {"address": "index.html", "page": "index.html"}


def test_options_are_in_order_on_their_page(small_site):
    for page in small_site.option_pages().values():
        found = [node.attributes["id"] for node in page.css("section.option")]
        order = [name for name in small_site.catalog.ids if name in set(found)]
        assert found == order


def test_references_between_pages(small_site):
    page = small_site.pages["options/users.html"]
    link = next(node for node in page.css("a.option-ref") if node.text() == "users.alice.home")
    assert link.attributes["href"].endswith("#opt-users._name_.home")
    below = small_site.pages["options/top.html"]
    addresses = {
        node.text(): node.attributes["href"] for node in below.css(".option-description a")
    }
    assert addresses["alone"] == "top-level.html#opt-alone"
    assert addresses["top.below"] == "top.html#opt-top.below"


def test_neighbours_make_one_way_through_all_pages(sample_site, small_site):
    for site in (sample_site, small_site):
        pages = site.option_pages()
        (first,) = [
            name for name, page in pages.items() if page.css_first('link[rel="prev"]') is None
        ]
        way = [first]
        while link := pages[way[-1]].css_first('link[rel="next"]'):
            way.append(f"options/{unquote(link.attributes['href'])}")
        assert sorted(way) == sorted(pages)


def test_the_same_input_gives_the_same_bytes(sample, tmp_path):
    made = []
    for jobs, order in ((1, sample), (2, sample), (1, sample[::-1])):
        folder = tmp_path / str(len(made))
        api.build_html(manual_of(*order), folder, options=BuildOptions(jobs=jobs))
        made.append(
            {
                str(path.relative_to(folder)): path.read_bytes()
                for path in folder.rglob("*")
                if path.is_file()
            }
        )
    assert made[0] == made[1] == made[2]


def test_title_and_version_are_escaped(tmp_path):
    made = manual(option("a.b", "x"), *FILLER, title='<b>"A" & B</b>', version="<26>")
    api.build_html(made, tmp_path)
    for name in ("index.html", "options/a.html", "options.html"):
        page = LexborHTMLParser((tmp_path / name).read_text("utf-8"))
        assert '<b>"A" & B</b>' in page.css_first("title").text()
        assert page.css_first("title b") is None
        assert not [node for node in page.css("b") if node.text() == '"A" & B']


def test_few_options_are_the_front_page(tmp_path):
    options = [named("a", f"o{number}") for number in range(tree.LARGEST_PAGE - 1)]
    made = manual(*options, option("b:c", "See {option}`a.o1`."), title="T")
    site = Site(made, tmp_path)
    assert not any(name.startswith("options/") for name in site.names)
    check_links(site)
    check_identifiers(site)
    page = site.pages["index.html"]
    ids = [node.attributes["id"] for node in page.css("section.option")]
    assert ids == site.catalog.ids
    assert page.css_first("h1").text() == "T"
    assert [link.text() for link in page.css(".tree a")] == ["a 149", "b:c 1"]
    assert page.css_first("a.option-ref").attributes["href"] == "#opt-a.o1"
    check_on_this_page(site)
    check_routes(site)
    site.routes_table = site.routes()
    assert {routed(site, name) for name in site.catalog.ids} == {"index.html"}
    assert site.built.pages == len(site.pages)


def test_options_below_another_are_its_submodule(tmp_path):
    site = Site(
        manual(
            option("a.hosts", type="attribute set of (submodule)"),
            option("a.hosts.<name>.port"),
            option("a.hosts.<name>.paths", type="list of (submodule)"),
            option("a.hosts.<name>.paths.*.root"),
            option("a.settings", type="JSON value"),
            option("a.settings.level"),
            option("a.z"),
        ),
        tmp_path,
    )
    page = site.pages["index.html"]
    check_submodules(site)
    titles = [title.text() for title in page.css(".submodule-title")]
    assert titles == ["Each <name> has 3 options", "Each * has 1 option", "settings has 1 option"]
    assert len(page.css(".submodule .submodule .option")) == 1
    assert page.css_first(".submodule #opt-a\\.z") is None
    # The line that parts groups of options parts no submodule from its option.
    parted = [node.next.next.attributes["id"] for node in page.css("hr")]
    assert parted == ["opt-a.settings", "opt-a.z"]


def test_a_type_of_values_or_a_submodule_leads_to_the_options_below(tmp_path):
    values = ", ".join(f'"value-{number}"' for number in range(9))
    type_text = f"null or one of {values} or (submodule)"
    site = Site(manual(option("a.b", type=type_text), option("a.b.c")), tmp_path)
    check_submodules(site)
    page = site.pages["index.html"]
    link = page.css_first("#opt-a\\.b .option-facts a")
    assert (link.text(), link.attributes["href"]) == ("submodule", "#opt-a.b.c")
    assert len(page.css("#opt-a\\.b .values li")) == 9


def test_options_that_share_a_prefix_have_it_as_heading(tmp_path):
    site = Site(manual(option("services.x.enable"), option("services.x.port")), tmp_path)
    assert site.pages["index.html"].css_first("h1 code").text() == "services.x"
    assert site.pages["index.html"].css_first(".tree") is None


def test_one_option_more_has_pages(tmp_path):
    site = Site(manual(*FILLER, option("a.b")), tmp_path)
    assert {"options/a.html", "options/zz.html"} <= set(site.names)
    assert site.pages["index.html"].css("section.option") == []


def test_no_options_at_all(tmp_path):
    api.build_html(manual(), tmp_path)
    assert (tmp_path / "index.html").exists()
    assert (tmp_path / "options.html").exists()
