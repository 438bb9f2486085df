/* Leads from old addresses to current ones, by the table in the element `routes` before it.
   Not deferred, so that nothing of the page is shown before. */
"use strict";
{
  const { exact, own, sets, otherwise } = JSON.parse(document.getElementById("routes").textContent);

  /* Return the address of what an identifier names; undefined if it is on this page, or unknown. */
  const addressOf = (name) => {
    if (Object.hasOwn(exact, name)) return exact[name];
    if (own.includes(name)) return undefined;
    const identifier = name.replace(/[*<>[\]:" ]/g, "_");   // perhaps typed as in the source
    for (const [prefix, folder, pages] of sets) {
      if (!identifier.startsWith(prefix)) continue;
      for (let key = identifier.slice(prefix.length); key; key = key.slice(0, Math.max(0, key.lastIndexOf(".")))) {
        if (!Object.hasOwn(pages, key)) continue;
        const page = folder ? `${folder}${pages[key]}.html` : pages[key];
        return `${page}#${encodeURIComponent(identifier)}`;
      }
    }
    return otherwise && otherwise.page + location.hash;
  };

  const lead = () => {
    let name = location.hash.slice(1);
    try { name = decodeURIComponent(name); } catch { /* a stray %: take it as it is */ }
    const address = name ? addressOf(name) : otherwise?.address;
    if (!address) return;
    document.documentElement.hidden = true;
    location.replace(address);
  };
  addEventListener("hashchange", lead);
  lead();
}
