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

  /* The search is loaded when a reader first turns to it, or follows a link to its results or to
     what is not on the page. */
  const base = new URL(".", document.currentScript.src);
  const prepareSearch = () => {
    const form = document.querySelector(".search");
    if (!form) return;
    form.hidden = false;
    const field = form.querySelector("input");
    let begun = false;
    const begin = () => {
      if (begun) return;
      begun = true;
      for (const name of ["search.js", "search-field.js"]) {
        const script = document.createElement("script");
        script.src = new URL(name, base);
        script.async = false;   // in this order
        document.head.append(script);
      }
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

  const prepare = () => {
    prepareSearch();
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
    const tree = document.querySelector(".tree");
    const current = tree?.querySelector("[aria-current]");
    if (current) {
      const reveal = () => {
        const below = current.getBoundingClientRect().top - tree.getBoundingClientRect().top;
        if (below > tree.clientHeight) tree.scrollTop += below - tree.clientHeight / 2;
      };
      reveal();
      tree.addEventListener("toggle", reveal);
    }
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
