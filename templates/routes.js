/* Leads from old addresses to current ones, by the table in the element `routes`, before the
   page is shown. */
"use strict";
{
  const { exact, own, sets, otherwise } = JSON.parse(document.getElementById("routes").textContent);

  /* Return the address of an identifier that is on another page. */
  const addressOf = (name) => {
    if (Object.hasOwn(exact, name)) return exact[name];
    if (own.includes(name)) return "";
    const identifier = name.replace(/[*<>[\]:" ]/g, "_");
    for (const [prefix, folder, pages] of sets) {
      let key = identifier.startsWith(prefix) ? identifier.slice(prefix.length) : "";
      while (key && !Object.hasOwn(pages, key)) key = key.slice(0, Math.max(0, key.lastIndexOf(".")));
      if (key) return `${folder}${pages[key]}${folder && ".html"}#${encodeURIComponent(identifier)}`;
    }
    return otherwise && otherwise.page + location.hash;
  };

  const lead = () => {
    let name = location.hash.slice(1);
    try { name = decodeURIComponent(name); } catch { /* a stray % */ }
    const address = name ? addressOf(name) : otherwise?.address;
    if (!address) return;
    document.documentElement.hidden = true;
    location.replace(address);
  };
  addEventListener("hashchange", lead);
  lead();
}
