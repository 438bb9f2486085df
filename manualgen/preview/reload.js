/* Shows the new page in place of the old one when the site has changed, and the problems of its
   sources. The server of `manualgen serve` adds it to each page; sites do not have it. */
"use strict";
{
  const stateOf = (page) =>
    JSON.parse(page.querySelector("script[data-state]")?.dataset.state ?? "null");
  let state = stateOf(document);

  /* ── the problems ── */

  const host = document.createElement("manualgen-problems");
  const panel = host.attachShadow({ mode: "open" });
  const style = new CSSStyleSheet();
  style.replaceSync(`
    details { position: fixed; inset: auto 0 0 0; z-index: 2147483647; max-height: 45vh;
      overflow: auto; box-sizing: border-box; padding: .5rem 1rem; background: #2b1515;
      color: #fff; border-top: 3px solid #e5484d; font: 14px/1.4 ui-monospace, monospace; }
    details.warnings { background: #2a2410; border-color: #f5c518; }
    summary { cursor: pointer; font-weight: bold; }
    pre { white-space: pre-wrap; margin: .75rem 0; font: inherit; }
  `);
  panel.adoptedStyleSheets = [style];
  const showProblems = () => {
    panel.replaceChildren();
    if (!state?.problems.length) { host.remove(); return; }
    const details = document.createElement("details");
    details.open = state["is-stale"] || state.problems.some((text) => text.startsWith("error"));
    details.className = details.open ? "errors" : "warnings";
    const summary = document.createElement("summary");
    const count = state.problems.length;
    summary.textContent = `${count} problem${count === 1 ? "" : "s"}`
      + (state["is-stale"] ? "; the page is that of before" : "");
    details.append(summary, ...state.problems.map((text) => {
      const block = document.createElement("pre");
      block.textContent = text;
      return block;
    }));
    panel.append(details);
    document.body.append(host);
  };

  /* ── the page ── */

  /* What can be shown in place: the content and the navigation. A change of anything else, or a
     page of a theme without these, is loaded anew. */
  const PLACES = ["title", "main", "nav.tree", "nav.on-this-page"];
  const isInPlace = (page) =>
    page.querySelectorAll("main").length === 1
    && PLACES.every((place) => !page.querySelector(place) === !document.querySelector(place));
  const around = (page) => {
    const copy = page.cloneNode(true);
    for (const part of copy.querySelectorAll([...PLACES, "script[data-state]"].join())) {
      part.replaceChildren();
      part.removeAttribute("data-state");
    }
    return copy.documentElement.outerHTML;
  };

  /* Gives an element the children of another, and leaves those alone that are equal, with what
     the reader has done to them. */
  const replaceChildren = (old, fresh) => {
    const before = [...old.childNodes], after = [...fresh.childNodes];
    let start = 0, end = 0;
    const most = Math.min(before.length, after.length);
    while (start < most && before[start].isEqualNode(after[start])) start += 1;
    while (end < most - start && before.at(-1 - end).isEqualNode(after.at(-1 - end))) end += 1;
    const gone = before.slice(start, before.length - end);
    const come = after.slice(start, after.length - end);
    const isAlike = gone.length === come.length && gone.every((node, index) =>
      node.nodeType === Node.ELEMENT_NODE && node.nodeName === come[index].nodeName);
    if (isAlike) {
      gone.forEach((node, index) => replaceElement(node, come[index]));
      return;
    }
    const next = before[before.length - end] ?? null;
    gone.forEach((node) => node.remove());
    come.forEach((node) => old.insertBefore(node, next));
  };
  const replaceElement = (old, fresh) => {
    for (const { name } of [...old.attributes]) {
      if (!fresh.hasAttribute(name) && name !== "open") old.removeAttribute(name);
    }
    for (const { name, value } of fresh.attributes) old.setAttribute(name, value);
    replaceChildren(old, fresh);
  };

  /* What the reader sees stays where it is on the screen, whatever is above it. */
  const anchor = () => {
    for (const element of document.querySelectorAll("main [id]")) {
      const { top, bottom } = element.getBoundingClientRect();
      if (bottom > 0) return scrollY > 0 ? { id: element.id, top } : null;
    }
    return null;
  };
  const scrollBack = (seen) => {
    const element = seen && document.getElementById(seen.id);
    if (element) scrollBy({ top: element.getBoundingClientRect().top - seen.top, behavior: "instant" });
  };

  const parsed = async () => {
    const response = await fetch(location.pathname + location.search, { cache: "no-store" });
    return {
      status: response.status,
      page: new DOMParser().parseFromString(await response.text(), "text/html"),
    };
  };
  let surroundings = null;
  let first = parsed().then(({ page }) => { surroundings ??= around(page); }).catch(() => {});

  const update = async () => {
    await first;
    const { status, page } = await parsed();
    const fresh = stateOf(page);
    if (!fresh) return location.reload();
    const isError = status >= 400;
    // An error leaves the last good page, with the error below it.
    if (!isError || document.title === page.title) {
      const known = surroundings;
      surroundings = around(page);
      if (fresh.scripts !== state.scripts || surroundings !== known || !isInPlace(page)) {
        return location.reload();
      }
      const seen = anchor();
      for (const place of PLACES) {
        const old = document.querySelector(place), part = page.querySelector(place);
        if (old) replaceElement(old, part);
      }
      scrollBack(seen);
      if (fresh.style !== state.style) {
        for (const link of document.querySelectorAll('link[rel="stylesheet"]')) {
          const address = new URL(link.href);
          address.searchParams.set("v", fresh.style);
          link.href = address;
        }
      }
    }
    state = fresh;
    showProblems();
  };

  /* ── the connection ── */

  /* A browser opens few connections to a server: a page that is not seen has none. */
  let events = null;
  let running = Promise.resolve();
  const connect = () => {
    if (document.hidden) {
      events?.close();
      events = null;
    } else if (!events) {
      events = new EventSource("/.manualgen/events");
      events.onmessage = ({ data }) => {
        running = running.then(() => {
          if (Number(data) !== state?.version) return update();
        }).catch(() => {});
      };
    }
  };
  document.addEventListener("visibilitychange", connect);
  addEventListener("pagehide", () => { events?.close(); events = null; });
  addEventListener("pageshow", connect);
  showProblems();
  connect();
}
