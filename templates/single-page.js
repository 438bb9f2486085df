/* Says what an address names that is not on a page in one file, and what has similar names. */
"use strict";
{
  const LIKE = 0.4;
  const SHOWN = 5;
  const message = document.createElement("div");

  const element = (name, ...content) => {
    const made = document.createElement(name);
    made.append(...content);
    return made;
  };

  const pairs = (text) => {
    const found = new Set();
    for (let i = 0; i < text.length - 1; i++) found.add(text.slice(i, i + 2).toLowerCase());
    return found;
  };

  /* Return the options whose identifiers share the most pairs of letters with one. */
  const similar = (name) => {
    const wanted = pairs(name);
    const found = [];
    for (const option of document.querySelectorAll(".option")) {
      const own = pairs(option.id);
      let shared = 0;
      for (const pair of own) if (wanted.has(pair)) shared++;
      const likeness = (2 * shared) / (own.size + wanted.size);
      if (likeness > LIKE) found.push({ option, likeness });
    }
    return found.sort((a, b) => b.likeness - a.likeness).slice(0, SHOWN);
  };

  const look = (event) => {
    message.remove();
    let name = location.hash.slice(1);
    try { name = decodeURIComponent(name); } catch { /* a stray % */ }
    if (!name || name === "top" || document.getElementById(name)) return;
    const identifier = name.replace(/[*<>[\]:" ]/g, "_");
    if (document.getElementById(identifier)) {
      location.replace(`#${encodeURIComponent(identifier)}`);   // typed as in the source
      return;
    }
    const near = similar(identifier).map(({ option }) => {
      const link = element("a", option.querySelector(".option-name").textContent.replace(/ read only$/, ""));
      link.href = `#${encodeURIComponent(option.id)}`;
      return element("li", element("code", link));
    });
    const text = element("p", "Nothing here has the name ", element("code", name), ".");
    text.className = "notice";
    text.role = "alert";
    message.replaceChildren(text);
    if (near.length) message.append(element("p", "Options with similar names:"), element("ul", ...near), element("hr"));
    document.getElementById("page-content").prepend(message);
    if (event) scrollTo(0, 0);
  };
  addEventListener("hashchange", look);
  addEventListener("popstate", () => message.remove());   // before the browser scrolls
  look();
}
