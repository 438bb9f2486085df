/* The search field of every page, and its results. manual.js loads this with search.js when a
   reader first turns to the field. */
"use strict";
{
  const search = manualgenSearch;
  const root = new URL(".", document.currentScript.src).href;
  const form = document.querySelector(".search");
  const field = form.querySelector("input");
  const results = document.getElementById("search-results");
  const status = results.querySelector("[role=status]");
  const list = results.querySelector(".search-list");
  const scopes = results.querySelector(".search-scopes");
  const SHOWN = 50;
  const SHOWN_AT_ONCE = 8;
  const LONGEST_TYPE = 60;
  const SHORT_NAME = 30;   // letters, which fit a phone's line
  const SLICE = 50;   // milliseconds, after which the browser may paint

  /* ── Data ──────────────────────────────────────────────────────────────── */
  const waiting = new Map();
  const loaded = new Map();
  const sentencesOf = new Map();   // number of a file → its sentences
  search.register = (key, text) => waiting.get(String(key))(text);

  /* Load a file of data, once; each hands its text to `register`. */
  const load = (key, version) => {
    if (!loaded.has(key)) {
      loaded.set(key, new Promise((resolve, reject) => {
        waiting.set(String(key), (text) => resolve(JSON.parse(text)));
        const script = document.createElement("script");
        script.src = `${root}search/${key}.js${version ? `?${version}` : ""}`;
        script.onerror = () => {
          loaded.delete(key);
          reject(new Error(`${script.src} could not be loaded`));
        };
        document.head.append(script);
      }));
    }
    return loaded.get(key);
  };

  let index = null;
  let hasWords = false;
  let preparing = null;
  const ready = () => preparing ??= load("names").then(async (data) => {
    const words = load("words", data.version);
    index = await new Promise((resolve) => {
      sliced(search.preparing(data), () => true, resolve);
    });
    showScopes(data.sets);
    words
      .then((found) => search.addWords(index, found))
      .catch(() => { /* options are found by their names alone */ })
      .then(() => {
        hasWords = true;
        if (results.ariaBusy === "true") ask();
        rehearse();
      });
  }).catch((error) => {
    preparing = null;
    throw error;
  });

  /* Browsers make code fast that has run often. So that the first letters are answered as fast
     as later ones, some queries are asked while there is nothing else to do, until the reader
     asks one. One letter fits nearly everything, so the answers to single letters are kept. */
  const REHEARSED =
    ["s", "s e", ..."enphagmcdobwlktvrifuxjyzq", "pakcage", "servicse enabel", "n o"];
  const answers = new Map();
  const rehearse = () => {
    const idle = globalThis.requestIdleCallback ?? setTimeout;
    const all = function* () {
      for (const query of REHEARSED) {
        const answer = yield* search.answering(index, query, { most: SHOWN });
        answers.set(query, answer);
        for (const { option } of answer.options.slice(0, SHOWN_AT_ONCE)) {
          optionItem(option, answer.terms);
          missing.clear();
          yield;
        }
      }
    };
    const steps = all();
    const before = asked;
    const work = (deadline) => {
      do if (asked !== before || steps.next().done) return;
      while (deadline?.timeRemaining() > 1);
      idle(work);
    };
    idle(work);
  };

  /* ── Asking ────────────────────────────────────────────────────────────── */
  let asked = 0;     // the number of the last query: answers to others are dropped
  let set = null;    // the option set that is searched; all of them if null

  const ask = () => {
    const number = ++asked;
    const query = field.value;
    if (!query.trim()) return close();
    open();
    if (!index) {
      results.ariaBusy = "true";
      ready().then(() => number === asked && ask(), () => {
        status.textContent = "The search could not be loaded. The contents lead to all pages.";
      });
      return;
    }
    const known = set === null && answers.get(query);
    if (known) return show(known);
    sliced(search.answering(index, query, { set, most: SHOWN }), () => number === asked, show);
  };

  /* Call `done` with the result of a generator, unless it is not wanted any more. Between slices
     of its steps, the browser can paint and take what is typed. */
  const sliced = (steps, isWanted, done) => {
    if (!isWanted()) return;
    const end = performance.now() + SLICE;
    do {
      const step = steps.next();
      if (step.done) return done(step.value);
    } while (performance.now() < end);
    pause(() => sliced(steps, isWanted, done));
  };

  const channel = new MessageChannel();
  const paused = [];
  channel.port1.onmessage = () => paused.shift()();
  const pause = (work) => {
    paused.push(work);
    channel.port2.postMessage(null);
  };

  /* ── Showing ───────────────────────────────────────────────────────────── */
  const element = (name, className, ...content) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.append(...content);
    return made;
  };

  /* Return a text as nodes, with marks on what matches; long names may break after dots. */
  const marked = (text, terms, breaks) => {
    const nodes = [];
    const put = (part) => {
      const pieces = breaks && text.length > SHORT_NAME ? part.split(/(?<=\.)/u) : [part];
      pieces.forEach((piece, i) => nodes.push(...(i ? [element("wbr"), piece] : [piece])));
    };
    let position = 0;
    for (const [start, end] of search.marks(text, terms)) {
      put(text.slice(position, start));
      nodes.push(element("mark", "", text.slice(start, end)));
      position = end;
    }
    put(text.slice(position));
    return nodes;
  };

  const show = (answer) => {
    // What a reader is moving through stays as it is.
    if (!list.contains(document.activeElement)) {
      missing.clear();
      const groups = [optionGroup(answer), divisionGroup(answer), nearestGroup(answer)];
      if ((answer.divisions[0]?.score ?? 0) > (answer.options[0]?.score ?? 0)) groups.reverse();
      list.replaceChildren(...groups.filter(Boolean));
      status.textContent = summary(answer);
      showRest(answer);
    }
    // Without the words of descriptions, the answer is not complete.
    results.ariaBusy = String(!hasWords);
    if (hasWords) results.dataset.query = field.value;
    else delete results.dataset.query;
  };

  /* When what a screen holds has been painted, show the options below, and the sentences. */
  const showRest = ({ options, terms }) => {
    const items = list.querySelector(".search-options");
    const number = asked;
    const rest = options.slice(SHOWN_AT_ONCE);
    const work = () => {
      if (number !== asked) return;
      if (rest.length) {
        items.append(...rest.splice(0, SHOWN_AT_ONCE).map(({ option }) => optionItem(option, terms)));
        pause(work);
      } else {
        focusFollowed();
        loadSentences(terms);
      }
    };
    requestAnimationFrame(() => pause(work));
  };

  /* The sentences that are not there yet: file → pairs of an element and the index in the file. */
  const missing = new Map();

  const loadSentences = (terms) => {
    for (const [shard, places] of missing) {
      load(shard, index.data.version).then((sentences) => {
        sentencesOf.set(shard, sentences);
        for (const [place, i] of places) place.append(...marked(sentences[i], terms, false));
      }, () => { /* the name and the type are there */ });
    }
    missing.clear();
  };

  const counted = (number, one, several) =>
    `${String(number).replace(/\B(?=(?:\d{3})+$)/gu, ",")} ${number === 1 ? one : several}`;

  const summary = ({ count, options, divisions }) => {
    const parts = [];
    if (count) {
      const cut = count > options.length ? `, the best ${options.length} of them below` : "";
      parts.push(counted(count, "option", "options") + cut);
    }
    if (divisions.length) {
      parts.push(counted(divisions.length, "chapter or section", "chapters and sections"));
    }
    return parts.join("; ") || "Nothing found.";
  };

  const group = (title, items) =>
    element("section", "search-group", element("h2", "", title), element("ol", "", ...items));

  const link = (href, ...content) => {
    const made = element("a", "", ...content);
    made.href = href;
    return made;
  };

  const optionGroup = ({ options, terms }) => {
    if (!options.length) return null;
    const first = options.slice(0, SHOWN_AT_ONCE);
    const made = group("Options", first.map(({ option }) => optionItem(option, terms)));
    made.lastChild.classList.add("search-options");
    return made;
  };

  // A copy takes less time than new elements. The line of the sentence is there before the sentence
  // is, so that nothing moves.
  const blank = element("li", "", element("a", "", element("code")), element("span", "search-type"),
    element("p", "search-sentence"));

  const optionItem = (option, terms) => {
    const { data, names, types } = index;
    const name = names[option];
    const item = blank.cloneNode(true);
    const [made, facts, sentence] = item.children;
    made.firstChild.append(...marked(name, terms, true));
    made.href = root + search.addressOf(index, option);
    made.dataset.name = name;
    const type = data.types[types[option]];
    const short = type.length > LONGEST_TYPE ? `${type.slice(0, LONGEST_TYPE)}…` : type;
    facts.textContent = data.sets.length > 1
      ? `${data.sets[search.setOf(index, option)][0]} · ${short}` : short;
    const [shard, i] = [Math.floor(option / data.shard), option % data.shard];
    const sentences = sentencesOf.get(shard);
    if (sentences) sentence.append(...marked(sentences[i], terms, false));
    else if (missing.has(shard)) missing.get(shard).push([sentence, i]);
    else missing.set(shard, [[sentence, i]]);
    return item;
  };

  const divisionGroup = ({ divisions, terms }) => {
    if (!divisions.length) return null;
    const rows = index.data.divisions;
    return group("Chapters", divisions.map(({ division }) => {
      const [title, href, parent] = rows[division];
      const above = [];
      for (let at = parent; at >= 0; at = rows[at][2]) above.unshift(rows[at][0]);
      const item = element("li", "", link(root + href, ...marked(title, terms, false)));
      if (above.length) item.append(element("p", "search-sentence", above.join(" › ")));
      return item;
    }));
  };

  const nearestGroup = ({ nearest, options, divisions }) => {
    if (options.length || divisions.length) return null;
    const hint = element("p", "search-hint", "Fewer words or only a part of a name may find more.");
    if (!nearest.length) return hint;
    const near = similar(nearest);
    near.prepend(hint);
    return near;
  };

  const similar = (options) =>
    group("Options with similar names", options.map(({ option }) => optionItem(option, [])));

  const showScopes = (sets) => {
    if (sets.length < 2) return;
    const choices = [["All options", null], ...sets.map(([title], number) => [title, number])];
    scopes.replaceChildren(...choices.map(([title, number]) => {
      const button = element("button", "", title);
      button.type = "button";
      button.ariaPressed = String(number === set);
      button.addEventListener("click", () => {
        set = number;
        for (const other of scopes.children) other.ariaPressed = String(other === button);
        ask();
        remember();
      });
      return button;
    }));
    scopes.hidden = false;
  };

  // The page's own heading is hidden with the page.
  results.prepend(element("h1", "skip", "Search results"));

  const isOpen = () => !results.hidden;

  const open = () => {
    results.hidden = false;
    document.body.classList.add("searching");
  };

  const close = () => {
    asked++;
    results.hidden = true;
    list.replaceChildren();
    status.textContent = "";
    delete results.dataset.query;
    document.body.classList.remove("searching");
  };

  /* ── Address and history ───────────────────────────────────────────────── */
  const FOLLOWED = "manual-search-followed";

  /* Keep the query in the address. The first letter adds an entry to the history, so that
     going back closes the results. */
  const remember = () => {
    const url = new URL(location.href);
    const had = url.searchParams.has("q");
    if (field.value.trim()) url.searchParams.set("q", field.value);
    else url.searchParams.delete("q");
    if (field.value.trim() && set !== null) url.searchParams.set("in", index.data.sets[set][0]);
    else url.searchParams.delete("in");
    if (url.href === location.href) return;
    try {
      // Going back skips what was added without the reader's doing.
      if (!had && navigator.userActivation?.isActive) history.pushState(null, "", url);
      else history.replaceState(null, "", url);
    } catch { /* a browser that keeps the addresses of files as they are */ }
  };

  /* Browsers refuse to change the address at each letter of a fast typist, and to change it takes
     them as long as an answer. */
  let remembering = 0;
  const rememberSoon = () => {
    clearTimeout(remembering);
    remembering = setTimeout(remember, 250);
  };

  const recall = () => {
    clearTimeout(remembering);
    const { searchParams } = new URL(location.href);
    field.value = searchParams.get("q") ?? "";
    const title = searchParams.get("in");
    const choose = () => {
      const found = index.data.sets.findIndex(([name]) => name === title);
      set = found < 0 ? null : found;
      scopes.replaceChildren();
      showScopes(index.data.sets);
    };
    if (field.value && title !== null) ready().then(choose).then(ask);
    else ask();
  };

  /* After going back, the result that was followed has the focus. */
  const focusFollowed = () => {
    const name = history.state?.[FOLLOWED];
    if (!name) return;
    history.replaceState(null, "");
    const found = [...list.querySelectorAll("a")].find((a) => a.href === name);
    found?.focus();
    found?.scrollIntoView({ block: "center" });
  };

  list.addEventListener("click", (event) => {
    const followed = event.target.closest("a");
    if (!followed) return;
    clearTimeout(remembering);
    remember();
    history.replaceState({ [FOLLOWED]: followed.href }, "");
  });

  /* ── Keys ──────────────────────────────────────────────────────────────── */
  field.addEventListener("input", () => {
    rememberSoon();
    ask();
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    list.querySelector("a")?.click();
  });

  const dismiss = () => {
    clearTimeout(remembering);
    field.value = "";
    close();
    remember();
    field.focus();
  };

  const move = (event) => {
    const links = [...list.querySelectorAll("a")];
    const position = links.indexOf(document.activeElement);
    const wanted = {
      ArrowDown: Math.min(position + 1, links.length - 1),
      ArrowUp: position - 1,
      Home: position < 0 ? NaN : 0,
      End: position < 0 ? NaN : links.length - 1,
    }[event.key];
    if (Number.isNaN(wanted) || wanted === undefined || !links.length) return;
    if (wanted === -2) return;
    event.preventDefault();
    if (wanted < 0) field.focus();
    else {
      links[wanted].focus();
      links[wanted].closest("li").scrollIntoView({ block: "nearest" });
    }
  };

  for (const part of [form, results]) {
    part.addEventListener("keydown", (event) => {
      if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "Escape" && isOpen()) {
        event.preventDefault();
        if (list.contains(document.activeElement)) field.focus();
        else dismiss();
      } else move(event);
    });
  }

  addEventListener("popstate", recall);

  /* ── Unknown addresses ─────────────────────────────────────────────────── */
  const unknown = element("div");

  /* Lead to what the address names, if it is on another page; else say that there is none. */
  const lookUp = (event) => {
    unknown.remove();
    const name = manualgenUnknown();
    if (!name) return;
    const lead = () => {
      if (name !== manualgenUnknown()) return;
      const address = search.addressOfIdentifier(index, name);
      if (address) return location.replace(new URL(address, root));
      const prefix = index.data.sets.map((entry) => entry[2]).find((start) => name.startsWith(start));
      const shown = name.slice(prefix?.length);
      const { options, nearest } = search.answer(index, shown);
      const near = [search.misspelt(index, shown), options, nearest].find((found) => found.length);
      sayUnknown(shown, near ? near.slice(0, 5) : []);
      if (event || performance.getEntriesByType("navigation")[0]?.type === "navigate") scrollTo(0, 0);
    };
    ready().then(lead, () => sayUnknown(name, []));
  };

  const sayUnknown = (name, near) => {
    const url = new URL(document.querySelector(".site a") ?? location);
    url.hash = "";
    url.searchParams.set("q", name);
    const searched = element("a", "", "Search for it");
    searched.href = url;
    const message = element("p", "notice", "Nothing here has the name ", element("code", "", name), ". ", searched);
    message.role = "alert";
    unknown.replaceChildren(message);
    if (near.length) unknown.append(similar(near), element("hr"));
    document.getElementById("page-content").prepend(unknown);
  };

  addEventListener("hashchange", lookUp);
  addEventListener("popstate", () => unknown.remove());   // before the browser scrolls
  lookUp();

  ready().catch(() => { /* said when something is asked for */ });
  if (field.value) {
    // Typed before this was loaded.
    remember();
    ask();
  } else if (new URL(location.href).searchParams.has("q")) recall();
}
