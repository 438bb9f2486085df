/* Copies the name of an option, a line that sets it, its address. Buttons are made for the
   options that a reader turns to, or, on touch, that are on the screen. */
"use strict";
{
  const status = document.createElement("p");
  status.className = "announced";
  status.setAttribute("role", "status");
  document.body.append(status);

  const copy = async (text, said = `Copied ${text}`) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {   // no secure context
      const before = document.activeElement;
      const field = document.createElement("textarea");
      field.className = "announced";
      field.value = text;
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
      before.focus();
    }
    status.textContent = said;
  };

  const nameOf = (option) => {
    const name = option.querySelector(".option-name").cloneNode(true);
    name.querySelector(".read-only")?.remove();
    return name.textContent.trim();
  };

  /* The example, or else the default, where it is code. */
  const valueOf = (option) => {
    const facts = {};
    for (const fact of option.querySelectorAll("dl > dd")) {
      const [code, more] = fact.childNodes;
      if (!more && code?.matches?.("code, pre")) facts[fact.previousElementSibling.textContent] = code.textContent.trim();
    }
    return facts.Example ?? facts.Default ?? "";
  };

  const lineOf = (option) => {
    let value = valueOf(option);
    const [, ...rest] = value.split("\n");
    const deep = Math.min(...rest.filter((line) => line.trim()).map((line) => line.search(/\S/)));
    // Lines of a string keep their space.
    if (rest.length && !value.startsWith('"')) value = value.replace(RegExp(`\n {${deep}}`, "g"), "\n");
    return `${nameOf(option)} = ${value}${/#[^"']*$/.test(value) ? "\n" : ""};`;
  };

  /* Select the first placeholder of a line, or the place of its value, if there is one. */
  const selectPlaceholder = (field) => {
    const { value } = field;
    const found = /<[^<>]+>|(?<=\.|^)\*(?=\.|$)/.exec(value.split(" = ")[0]);
    const start = found ? found.index : value.endsWith(" = ;") ? value.length - 1 : -1;
    if (start >= 0) field.setSelectionRange(start, start + (found ? found[0].length : 0));
    return start >= 0;
  };

  const copyLine = (option, button) => {
    option.querySelector(".option-line")?.remove();
    const field = document.createElement("textarea");
    field.className = "option-line";
    field.spellcheck = false;
    field.setAttribute("aria-label", "Line to copy: Enter copies it");
    field.value = lineOf(option);
    field.rows = field.value.split("\n").length;
    if (!selectPlaceholder(field)) return copy(field.value);
    copy(field.value, "Copied. Fill in what is selected; Enter copies the line again.").then(() => {
      button.parentNode.before(field);
      field.focus();
      selectPlaceholder(field);
    });
    field.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        button.focus();
        field.remove();
      }
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      copy(field.value).then(() => selectPlaceholder(field));
    });
  };

  const provide = (option) => {
    if (!option || option.querySelector(".option-actions")) return;
    const bar = document.createElement("div");
    bar.className = "option-actions";
    const add = (label, act) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = label;
      button.addEventListener("click", () => {
        act(button);
        button.classList.add("copied");
        setTimeout(() => button.classList.remove("copied"), 2000);
      });
      bar.append(button);
    };
    add("Copy name", () => copy(nameOf(option)));
    if (!option.querySelector(".option-name .read-only")) add("Copy line", (button) => copyLine(option, button));
    add("Copy link", () => copy(option.querySelector(".permalink").href));
    option.append(bar);
  };

  const provideAt = ({ target }) => provide(target.closest?.("section.option"));
  addEventListener("pointerover", provideAt);
  addEventListener("focusin", provideAt);
  const provideTarget = () => provide(document.querySelector("section.option:target"));
  addEventListener("hashchange", provideTarget);
  provideTarget();
  // What the reader has turned to before this was loaded.
  for (const option of document.querySelectorAll("section.option:is(:hover, :focus-within)")) provide(option);
  if (matchMedia("(hover: none)").matches) {
    const observer = new IntersectionObserver((entries) => {
      for (const { isIntersecting, target } of entries) if (isIntersecting) provide(target);
    });
    for (const option of document.querySelectorAll("section.option")) observer.observe(option);
  }
}
