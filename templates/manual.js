/* What a script can add, and nothing that a reader needs: dark or light by hand, the
   tree opened at the page it stands on, and the search. Loaded `async blocking=render`,
   so the first thing painted has the right colours. */
"use strict";
{
  const root = document.documentElement;
  const key = "manual-theme";
  const remember = (theme) => {
    try {
      if (theme) localStorage.setItem(key, theme);
      else localStorage.removeItem(key);
    } catch { /* storage refused: the choice lasts as long as the page */ }
  };
  const show = (theme) => { root.style.colorScheme = theme; };

  try {
    const theme = localStorage.getItem(key);
    if (theme === "dark" || theme === "light") show(theme);
  } catch { /* storage refused */ }

  /* Return what the address names, if it is not on the page; used by search-field.js too. */
  window.manualgenUnknown = () => {
    let name = location.hash.slice(1);
    try { name = decodeURIComponent(name); } catch { /* a stray % */ }
    return name === "top" || document.getElementById(name) ? "" : name;
  };

  const base = new URL(".", document.currentScript.src);
  const load = (name) => {
    const script = document.createElement("script");
    script.src = new URL(name, base);
    script.async = false;   // in this order
    document.head.append(script);
  };

  /* The search is loaded when a reader first turns to it, or follows a link to its results or to
     what is not on the page. */
  const prepareSearch = () => {
    const form = document.querySelector(".search");
    if (!form) return;
    form.hidden = false;
    const field = form.querySelector("input");
    let begun = false;
    const begin = () => {
      if (begun) return;
      begun = true;
      load("search.js");
      if (form.dataset.host !== undefined) load("host-search.js");
      load("search-field.js");
    };
    field.addEventListener("focus", begin);
    addEventListener("keydown", (event) => {
      const { target } = event;
      const isTyping = target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
      if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      field.focus();
      field.select();
    });
    const beginIfUnknown = () => { if (manualgenUnknown()) begin(); };
    addEventListener("hashchange", beginIfUnknown);
    beginIfUnknown();
    if (document.activeElement === field || new URLSearchParams(location.search).has("q")) begin();
  };

  /* What is wider than the page is scrolled in its place, also by keyboard. */
  const prepareScrolling = () => {
    const observer = new ResizeObserver((entries) => {
      for (const { target } of entries) {
        const label = target.matches("pre") ? "Code" : "Table";
        const given = { tabindex: "0", role: "group", "aria-label": label };
        for (const [name, value] of Object.entries(given)) {
          if (target.scrollWidth > target.clientWidth) target.setAttribute(name, value);
          else target.removeAttribute(name);
        }
      }
    });
    for (const box of document.querySelectorAll("main :is(pre, .table)")) observer.observe(box);
  };

  /* Scroll the list that an entry is in until it can be seen. */
  const reveal = (entry) => {
    const list = entry.closest("nav");
    const frame = list.getBoundingClientRect();
    const { top, bottom } = entry.getBoundingClientRect();
    if (top < frame.top + 40 || bottom > frame.bottom - 40) list.scrollTop += top - frame.top - frame.height / 2;
  };

  /* Mark where the reader is in "On this page": the last entry whose section begins above the
     top of the screen. A page that scrolls no further can't bring its last sections there. */
  const followReading = (list) => {
    const links = [...list.querySelectorAll("a")];
    const places = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));
    let marked, waiting;
    const mark = () => {
      waiting = 0;
      let index = places.findLastIndex((place) => place.getBoundingClientRect().top < 48);
      if (root.scrollHeight - innerHeight - scrollY < 2) {
        const target = links.findIndex((link) => link.hash === location.hash);
        if (target > index) index = target;
        else if (scrollY) index = links.length - 1;
      }
      const link = links[Math.max(index, 0)];
      if (link === marked) return;
      marked?.removeAttribute("aria-current");
      link.setAttribute("aria-current", "true");
      marked = link;
      reveal(link);
    };
    addEventListener("scroll", () => { waiting ||= requestAnimationFrame(mark); }, { passive: true });
    addEventListener("hashchange", mark);
    mark();
  };

  const prepareDrawer = () => {
    const drawer = document.querySelector(".drawer");
    if (!drawer) return;
    const list = drawer.querySelector(".on-this-page");
    if (list) followReading(list);
    const revealAll = () => drawer.querySelectorAll("[aria-current]").forEach(reveal);
    revealAll();
    drawer.addEventListener("toggle", revealAll);
    drawer.addEventListener("click", (event) => {
      if (event.target.closest("a[href^='#']")) drawer.hidePopover();
    });
    // At the side of a wide screen it lies over nothing.
    matchMedia("(min-width: 60rem)").addEventListener("change", () => drawer.hidePopover());
  };

  const prepare = () => {
    prepareSearch();
    prepareScrolling();
    if (document.querySelector("section.option")) load("options.js");
    const button = document.querySelector(".theme");
    if (button) {
      button.hidden = false;
      button.addEventListener("click", () => {
        const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
        const now = root.style.colorScheme || system;
        const wanted = now === "dark" ? "light" : "dark";
        // Back at the system's own: follow it again from now on.
        const kept = wanted === system ? "" : wanted;
        show(kept);
        remember(kept);
      });
    }
    prepareDrawer();
  };
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", prepare);
  else prepare();

  /* Sections far from the screen have guessed heights, so what the browser has scrolled to may
     have moved when they get their own. When all is there, look again, for a few frames, unless
     the reader has begun to move, or is back where they were. */
  addEventListener("load", () => {
    if (performance.getEntriesByType("navigation")[0]?.type !== "navigate") return;
    let left = 4;
    const stop = () => { left = 0; };
    for (const kind of ["wheel", "touchstart", "pointerdown", "keydown"]) {
      addEventListener(kind, stop, { once: true, passive: true });
    }
    const look = () => {
      const target = document.querySelector(":target");
      if (!target || !left) return;
      left -= 1;
      target.scrollIntoView();
      requestAnimationFrame(look);
    };
    look();
  });
}
