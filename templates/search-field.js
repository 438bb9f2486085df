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
  const SHORT_NAME = 30;   // letters, which fit the line of a phone
  const SLICE = 50;   // milliseconds, after which the browser may paint

  /* ── Data ──────────────────────────────────────────────────────────────── */
  const waiting = new Map();   // address of a script → what takes its text
  const loaded = new Map();
  search.register = (_, text) => waiting.get(document.currentScript.src)(text);

  /* Load a file of data, once; each hands its text to `register`. */
  const load = (address) => {
    if (!loaded.has(address)) {
      loaded.set(address, new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = address;
        waiting.set(script.src, (text) => resolve(JSON.parse(text)));
        script.onerror = () => {
          loaded.delete(address);
          reject(new Error(`${script.src} could not be loaded`));
        };
        document.head.append(script);
      }));
    }
    return loaded.get(address);
  };

  /* The search of the manual in a folder. `ready` loads the names; `complete` is settled when the
     words of descriptions are there. */
  const siteAt = (folder, namesVersion = "") => {
    const address = (key, version) => `${folder}search/${key}.js${version ? `?${version}` : ""}`;
    const site = { folder, index: null, hasWords: false, complete: null, sentences: new Map() };
    let preparing = null;
    site.ready = () => preparing ??= load(address("names", namesVersion)).then(async (data) => {
      const words = load(address("words", data.version));
      site.index = await new Promise((resolve) => {
        sliced(search.preparing(data), () => true, resolve);
      });
      site.complete = words
        .then((found) => search.addWords(site.index, found))
        .catch(() => { /* options are found by their names alone */ })
        .then(() => { site.hasWords = true; });
    }).catch((error) => {
      preparing = null;
      throw error;
    });
    site.sentencesOf = (shard) => load(address(shard, site.index.data.version))
      .then((sentences) => site.sentences.set(shard, sentences));
    return site;
  };

  /* Who answers: the manual of the page, or, on pages of a host, the manuals of several projects
     (host-search.js). `sites` returns those that a query asks, or null until `prepare` has loaded
     them. */
  const manual = () => {
    const own = siteAt(root);
    let set = null;    // the option set that is searched; all of them if null
    let ready = null;
    const prepare = () => ready ??= own.ready().then(() => {
      showScopes();
      own.complete.then(() => rehearse(own));
    }).catch((error) => {
      ready = null;
      throw error;
    });
    const choose = (number) => {
      set = number;
      showScopes();
    };
    const showScopes = () => {
      const { sets } = own.index.data;
      if (sets.length < 2) return;
      const choices = [["All options", null], ...sets.map(([title], number) => [title, number])];
      scopeButtons(choices.map(([title, number]) => [title, number === set, () => choose(number)]));
    };
    return {
      own,
      prepare,
      sites: () => own.index && [own],
      known: (query) => set === null && answers.get(query),
      *answering([site], query) {
        return of(site, yield* search.answering(site.index, query, { set, most: SHOWN }));
      },
      groups: (answer) => {
        const groups = [optionGroup(answer), divisionGroup(answer), nearestGroup(answer)];
        if ((answer.divisions[0]?.score ?? 0) > (answer.options[0]?.score ?? 0)) groups.reverse();
        return groups;
      },
      summary,
      scope: () => (set === null ? {} : { in: own.index.data.sets[set][0] }),
      recall: ({ in: title }) => title && prepare().then(() => {
        const found = own.index.data.sets.findIndex(([name]) => name === title);
        choose(found < 0 ? null : found);
      }),
    };
  };

  /* Return an answer, whose entries say which site they are of. */
  const of = (site, answer) => {
    for (const entries of [answer.options, answer.divisions, answer.nearest]) {
      for (const entry of entries) entry.site = site;
    }
    return answer;
  };

  /* Browsers make code fast that has run often. So that the first letters are answered as fast
     as later ones, some queries are asked while there is nothing else to do, until the reader
     asks one. One letter fits nearly everything, so the answers to single letters are kept. */
  const REHEARSED =
    ["s", "s e", ..."enphagmcdobwlktvrifuxjyzq", "pakcage", "servicse enabel", "n o"];
  const answers = new Map();
  const rehearse = (site) => {
    const idle = globalThis.requestIdleCallback ?? setTimeout;
    const all = function* () {
      for (const query of REHEARSED) {
        const answer = of(site, yield* search.answering(site.index, query, { most: SHOWN }));
        answers.set(query, answer);
        for (const entry of answer.options.slice(0, SHOWN_AT_ONCE)) {
          optionItem(entry, answer.terms);
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

  const ask = () => {
    const number = ++asked;
    const query = field.value;
    if (!query.trim()) return close();
    open();
    const isWanted = () => number === asked;
    const sites = source.sites(query);
    if (!sites) {
      results.ariaBusy = "true";
      delete results.dataset.query;
      source.prepare(query).then(() => isWanted() && ask(), () => {
        status.textContent = "The search could not be loaded. The contents lead to all pages.";
      });
      return;
    }
    const isComplete = sites.every(({ hasWords }) => hasWords);
    if (!isComplete) {
      Promise.all(sites.map(({ complete }) => complete)).then(() => isWanted() && ask());
    }
    const known = source.known(query);
    const done = (answer) => show(answer, isComplete);
    if (known) return done(known);
    sliced(source.answering(sites, query), isWanted, done);
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

  const show = (answer, isComplete) => {
    // What a reader is moving through stays as it is.
    if (!list.contains(document.activeElement)) {
      missing.clear();
      list.replaceChildren(...source.groups(answer).filter(Boolean));
      status.textContent = source.summary(answer);
      showRest(answer);
    }
    // Without the words of descriptions, the answer is not complete.
    results.ariaBusy = String(!isComplete);
    if (isComplete) results.dataset.query = field.value;
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
        items.append(...rest.splice(0, SHOWN_AT_ONCE).map((entry) => optionItem(entry, terms)));
        pause(work);
      } else {
        focusFollowed();
        loadSentences(terms);
      }
    };
    requestAnimationFrame(() => pause(work));
  };

  /* The sentences that are not there yet: site → file → pairs of an element and the index in the
     file. */
  const missing = new Map();

  const loadSentences = (terms) => {
    for (const [site, shards] of missing) {
      for (const [shard, places] of shards) {
        const fill = () => site.sentencesOf(shard).then(() => {
          const sentences = site.sentences.get(shard);
          for (const [place, i] of places.splice(0)) place.append(...marked(sentences[i], terms, false));
        }, () => { /* the name and the type are there */ });
        if (source.own) fill();
        else places.forEach(([place]) => whenSeen(place, fill));
      }
    }
    missing.clear();
  };

  /* Call a function when an element can be seen: the options of several projects have their
     sentences in many files. */
  const whenSeen = (place, work) => {
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      work();
    });
    observer.observe(place);
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
    const scope = source.scope().in;
    return parts.join("; ") || `Nothing found${scope ? ` in ${scope}` : ""}.`;
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
    const made = group("Options", first.map((entry) => optionItem(entry, terms)));
    made.lastChild.classList.add("search-options");
    return made;
  };

  // A copy takes less time than new elements. The line of the sentence is there before the sentence
  // is, so that nothing moves.
  const blank = element("li", "", element("a", "", element("code")), element("span", "search-type"),
    element("p", "search-sentence"));

  const optionItem = ({ site, option }, terms) => {
    const { data, names, types } = site.index;
    const name = names[option];
    const item = blank.cloneNode(true);
    const [made, facts, sentence] = item.children;
    made.firstChild.append(...marked(name, terms, true));
    made.href = site.folder + search.addressOf(site.index, option);
    made.dataset.name = name;
    const type = data.types[types[option]];
    const short = type.length > LONGEST_TYPE ? `${type.slice(0, LONGEST_TYPE)}…` : type;
    facts.textContent = data.sets.length > 1
      ? `${data.sets[search.setOf(site.index, option)][0]} · ${short}` : short;
    const [shard, i] = [Math.floor(option / data.shard), option % data.shard];
    const sentences = site.sentences.get(shard);
    if (sentences) sentence.append(...marked(sentences[i], terms, false));
    else {
      if (!missing.has(site)) missing.set(site, new Map());
      const shards = missing.get(site);
      if (shards.has(shard)) shards.get(shard).push([sentence, i]);
      else shards.set(shard, [[sentence, i]]);
    }
    return item;
  };

  const divisionItem = ({ site, division }, terms) => {
    const rows = site.index.data.divisions;
    const [title, href, parent] = rows[division];
    const above = [];
    for (let at = parent; at >= 0; at = rows[at][2]) above.unshift(rows[at][0]);
    const item = element("li", "", link(site.folder + href, ...marked(title, terms, false)));
    if (above.length) item.append(element("p", "search-sentence", above.join(" › ")));
    return item;
  };

  const divisionGroup = ({ divisions, terms }) => {
    if (!divisions.length) return null;
    return group("Chapters", divisions.map((entry) => divisionItem(entry, terms)));
  };

  const nearestGroup = ({ nearest, options, divisions }) => {
    if (options.length || divisions.length) return null;
    const hint = element("p", "search-hint", "Fewer words or only a part of a name may find more.");
    if (!nearest.length) return hint;
    const near = similar(nearest);
    near.prepend(hint);
    return near;
  };

  const similar = (entries) =>
    group("Options with similar names", entries.map((entry) => optionItem(entry, [])));

  /* Show buttons for what can be searched alone, each with its text, whether it is chosen, and
     what chooses it. */
  const scopeButtons = (choices) => {
    const focused = [...scopes.children].indexOf(document.activeElement);
    scopes.replaceChildren(...choices.map(([title, isChosen, choose]) => {
      const button = element("button", "", title);
      button.type = "button";
      button.ariaPressed = String(isChosen);
      button.addEventListener("click", () => {
        choose();
        ask();
        remember();
      });
      return button;
    }));
    if (focused >= 0) scopes.children[focused]?.focus();
    scopes.hidden = !choices.length;
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
  const NO_SCOPE = { in: "", version: "" };

  /* Keep the query in the address. The first letter adds an entry to the history, so that
     going back closes the results. */
  const remember = () => {
    const url = new URL(location.href);
    const had = url.searchParams.has("q");
    const scope = field.value.trim() ? source.scope() : {};
    for (const [key, value] of Object.entries({ q: field.value.trim() && field.value, ...NO_SCOPE, ...scope })) {
      if (value) url.searchParams.set(key, value);
      else url.searchParams.delete(key);
    }
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
    const recalled = field.value && source.recall(Object.fromEntries(searchParams));
    if (recalled) recalled.then(ask, ask);
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
    list.querySelector("li a")?.click();
  });

  const dismiss = () => {
    clearTimeout(remembering);
    field.value = "";
    close();
    remember();
    field.focus();
  };

  const move = (event) => {
    const links = [...list.querySelectorAll("li a")];
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
      const { own } = source;
      const { index } = own;
      const address = search.addressOfIdentifier(index, name);
      if (address) return location.replace(new URL(address, root));
      const prefix = index.data.sets.map((entry) => entry[2]).find((start) => name.startsWith(start));
      const shown = name.slice(prefix?.length);
      const { options, nearest } = search.answer(index, shown);
      const near = [search.misspelt(index, shown), options, nearest].find((found) => found.length);
      sayUnknown(shown, near ? near.slice(0, 5).map((entry) => ({ ...entry, site: own })) : []);
      if (event || performance.getEntriesByType("navigation")[0]?.type === "navigate") scrollTo(0, 0);
    };
    source.prepare().then(lead, () => sayUnknown(name, []));
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
    loadSentences([]);
  };

  const source = search.openHost
    ? search.openHost({
      root, form, element, link, group, optionItem, divisionItem, similar, load, siteAt, of, ask,
      remember, scopeButtons, counted, most: SHOWN,
    })
    : manual();
  if (source.own) {
    addEventListener("hashchange", lookUp);
    addEventListener("popstate", () => unknown.remove());   // before the browser scrolls
    lookUp();
  }

  source.prepare("").catch(() => { /* said when something is asked for */ });
  if (field.value) {
    // Typed before this was loaded.
    remember();
    ask();
  } else if (new URL(location.href).searchParams.has("q")) recall();
}
