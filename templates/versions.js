/* What pages of a published manual offer: the same place in the project's other versions. The file
   beside the folders of the versions begins with their names, `manualgenVersions`, the newest first.
   Without a script, the version in the header leads to a page of all versions. */
"use strict";
{
  const WIDTH = 304;   // pixels that the menu may need
  const versions = manualgenVersions;
  const project = new URL(".", document.currentScript.src).href;
  const [folder] = location.href.slice(project.length).split("/");
  const current = versions.indexOf(decodeURIComponent(folder));

  /* places.js has what some versions lack: which versions have a page or an identifier, as bits. */
  let places = null;
  const loading = () => loading.done ??= new Promise((resolve) => {
    window.manualgenPlaces = (pages, names) => {
      places = { pages: new Map(), names: new Map() };
      for (const [kind, groups] of [["pages", pages], ["names", names]]) {
        for (const [bits, found] of Object.entries(groups)) {
          for (const name of found) places[kind].set(name, BigInt(`0x${bits}`));
        }
      }
      resolve();
    };
    const script = document.createElement("script");
    script.src = `${project}places.js`;
    script.onerror = resolve;
    document.head.append(script);
  });

  const has = (kind, name, version) => {
    const bits = places?.[kind].get(name);
    return bits === undefined || Boolean((bits >> BigInt(version)) & 1n);
  };

  /* Return the address of what is read in another version, and what that does not have. */
  const placeIn = (version) => {
    const start = `${project}${folder}/`.length;
    const [path] = location.href.slice(start).split(/[?#]/);
    let name = location.hash.slice(1);
    try { name = decodeURIComponent(name); } catch { /* a stray % */ }
    const hasPage = has("pages", decodeURIComponent(path), version);
    const hasName = has("names", name, version);
    const root = `${project}${encodeURIComponent(versions[version])}/`;
    const page = `${root}${hasPage ? path || "index.html" : "index.html"}`;
    // The front page leads to the page that has an option now.
    if (name && hasName) return [page + location.hash, ""];
    if (name) return [page, "does not have it"];
    return [page, hasPage ? "" : "has no such page"];
  };

  const made = (name, text, properties) =>
    Object.assign(document.createElement(name), { textContent: text }, properties);

  const fill = (list) => {
    list.replaceChildren(...versions.map((version, i) => {
      const item = document.createElement("li");
      const [href, lacking] = placeIn(i);
      const entry = made("a", version, { href });
      if (i === current) entry.setAttribute("aria-current", "page");
      item.append(entry);
      const notes = [i ? "" : "newest", lacking].filter(Boolean).join(", ");
      if (notes) item.append(made("small", ` ${notes}`));
      return item;
    }));
  };

  const prepare = () => {
    const link = document.querySelector(".site a.versions");
    if (!link) return;
    const button = made("button", link.textContent, { className: "versions", type: "button" });
    if (current > 0) button.append(made("span", ` (newest: ${versions[0]})`));
    const menu = made("nav", "", { className: "version-menu", popover: "auto", ariaLabel: "Versions" });
    const list = document.createElement("ul");
    const others = document.createElement("p");
    others.append(made("a", "About the versions", { href: `${project}index.html` }), " ",
      made("a", "All projects", { href: new URL("../index.html", project).href }));
    menu.append(list, others);
    button.popoverTargetElement = menu;
    menu.addEventListener("beforetoggle", ({ newState }) => {
      if (newState !== "open") return;
      const { left, bottom } = button.getBoundingClientRect();
      const most = Math.max(0, innerWidth - WIDTH);
      Object.assign(menu.style, { left: `${Math.min(left, most)}px`, top: `${bottom}px` });
      fill(list);
      loading().then(() => fill(list));
    });
    link.replaceWith(button);
    document.querySelector(".page-header").append(menu);
  };
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", prepare);
  else prepare();
}
