/* What a script can add, and nothing that a reader needs: dark or light by hand,
   and the tree opened at the page it stands on. Loaded `async blocking=render`,
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

  const prepare = () => {
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
}
