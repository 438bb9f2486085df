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

  const base = new URL(".", document.currentScript.src);
  const load = (name) => {
    const script = document.createElement("script");
    script.src = new URL(name, base);
    script.async = false;   // in this order
    document.head.append(script);
  };

  /* The search is loaded when a reader first turns to it, or follows a link to its results. */
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
    if (document.activeElement === field || new URLSearchParams(location.search).has("q")) begin();
  };

  /* What is wider than the page is scrolled in its place, also by keyboard. */
  const prepareScrolling = () => {
    const observer = new ResizeObserver((entries) => {
      for (const { target } of entries) {
        const label = target.matches("pre") ? "Code" : "Table";
        const given = { tabindex: "0", role: "region", "aria-label": label };
        for (const [name, value] of Object.entries(given)) {
          if (target.scrollWidth > target.clientWidth) target.setAttribute(name, value);
          else target.removeAttribute(name);
        }
      }
    });
    for (const box of document.querySelectorAll("main :is(pre, .table)")) observer.observe(box);
  };

  const prepare = () => {
    prepareSearch();
    prepareScrolling();
    if (document.querySelector(".option")) load("options.js");
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
