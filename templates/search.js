/* The search: how options, chapters and sections are found and ranked, as pure functions of
   the data that manualgen writes. `docs/search.md` says what they are meant to do. A classic
   script, because browsers refuse modules to pages that are opened from disk; Node loads it
   by `require`. What readers see is made by search-field.js. */
"use strict";
const manualgenSearch = (() => {
  /* ── Reading the data ──────────────────────────────────────────────────── */
  const SEPARATOR = "\x7f";
  const [FIRST, DIGITS, FIRST_MORE, MORE] = [0x30, 44, 0x5d, 34];

  /* Read numbers as `_Numbers` in search_index.py writes them. */
  const reader = (text) => {
    let position = 0;
    return {
      more: () => position < text.length,
      rest: () => text.slice(position),
      number: () => {
        let value = 0;
        for (let scale = 1; ; scale *= MORE) {
          const code = text.charCodeAt(position++);
          if (code < FIRST_MORE) return value + (code - FIRST) * scale;
          value += (DIGITS + code - FIRST_MORE) * scale;
        }
      },
    };
  };

  const WORD = /\p{Lu}+(?!\p{Ll})\p{N}*|\p{Lu}?\p{Ll}[\p{Ll}\p{M}\p{N}]*|[\p{L}\p{M}\p{N}]+/gu;

  /* A component of a name, or a title: its text in lower case, where its words begin and end. */
  const split = (text) => {
    const starts = [];
    const ends = [];
    for (const match of text.matchAll(WORD)) {
      starts.push(match.index);
      ends.push(match.index + match[0].length);
    }
    const lower = text.toLowerCase();
    return {
      text: lower,
      starts,
      ends,
      letters: letters(lower),
      isEnable: lower === "enable",
      isPlaceholder: lower === "*" || /^<.*>$/su.test(lower),
    };
  };

  /* Which letters and digits a text has, as bits. */
  const letters = (text) => {
    let bits = 0;
    for (let i = 0; i < text.length; i++) bits |= 1 << (text.charCodeAt(i) % 32);
    return bits;
  };

  const bitCount = (bits) => {
    let count = 0;
    for (; bits; bits &= bits - 1) count++;
    return count;
  };

  /* Return the data of names.js in the form that queries are answered from. */
  const prepare = (data) => {
    const lines = data.names ? data.names.split(SEPARATOR) : [];
    const count = lines.length;
    const names = new Array(count);
    const types = new Uint16Array(count);
    const begin = new Uint32Array(count + 1);   // option → its first part
    const parts = [];      // the components of all names, one name after the other
    const branches = [];   // for each part: the branch of the tree of names that it stands for
    const sizes = [];      // branch → how many options it holds
    const components = [];
    const indexOf = new Map();
    let path = [];
    let above = [];
    for (let option = 0; option < count; option++) {
      const line = reader(lines[option]);
      const kept = path.length - line.number();
      types[option] = line.number();
      path = path.slice(0, kept).concat(line.rest().split("."));
      above = above.slice(0, kept);
      for (let depth = 0; depth < path.length; depth++) {
        let component = indexOf.get(path[depth]);
        if (component === undefined) {
          component = components.push(split(path[depth])) - 1;
          indexOf.set(path[depth], component);
        }
        if (depth >= above.length) above.push(sizes.push(0) - 1);
        sizes[above[depth]]++;
        parts.push(component);
        branches.push(above[depth]);
      }
      names[option] = path.join(".");
      begin[option + 1] = parts.length;
    }
    const withWord = new Map();   // word → the components that have it
    components.forEach(({ text, starts, ends }, component) => {
      for (let word = 0; word < starts.length; word++) {
        const part = text.slice(starts[word], ends[word]);
        const known = withWord.get(part);
        if (known) known.push(component);
        else withWord.set(part, [component]);
      }
    });
    const index = {
      withWord,
      data, names, types, begin, components,
      parts: Uint32Array.from(parts),
      branches: Uint32Array.from(branches),
      sizes: Uint32Array.from(sizes),
      weights: Float64Array.from(sizes, Math.log),
      pages: pagesOf(data, count),
      titles: data.divisions.map(([title]) => split(title)),
      words: [],
      found: [],
      known: new Map(),
    };
    return Object.assign(index, modulesOf(index));
  };

  /* Return option → index of its page. */
  const pagesOf = (data, count) => {
    const pages = new Uint32Array(count);
    const runs = reader(data.runs);
    for (let option = 0; runs.more(); ) {
      const end = option + runs.number();
      pages.fill(runs.number(), option, end);
      option = end;
    }
    return pages;
  };

  /* Return option → its module (the first two components of its name, as a branch), and which
     options stand for their module: `enable`, and the first option. */
  const modulesOf = ({ names, begin, parts, branches, components }) => {
    const modules = new Uint32Array(names.length);
    const isHead = new Uint8Array(names.length);
    let before = -1;
    for (let option = 0; option < names.length; option++) {
      const [first, end] = [begin[option], begin[option + 1]];
      modules[option] = branches[Math.min(first + 1, Math.max(first, end - 2))];
      if (end - first === 2) modules[option] = branches[first + 1];
      const isEnable = components[parts[end - 1]].isEnable;
      if ((isEnable && end - first < 4) || modules[option] !== before) isHead[option] = 1;
      before = modules[option];
    }
    return { modules, isHead };
  };

  /* Add the data of words.js. */
  const addWords = (index, { words, options }) => {
    let before = "";
    index.words = (words ? words.split(SEPARATOR) : []).map((line) => {
      const coded = reader(line);
      before = before.slice(0, coded.number()) + coded.rest();
      return before;
    });
    index.found = options.split(SEPARATOR);
    index.known.clear();
  };

  const optionsOfWord = (index, word) => {
    const coded = reader(index.found[word]);
    const options = [];
    for (let option = -1; coded.more(); ) options.push(option += coded.number() + 1);
    return options;
  };

  /* Return the address of an option, relative to the site's folder. */
  const addressOf = (index, option) => {
    const { data, names, pages } = index;
    const path = data.pages[pages[option]];
    let page = path;
    if (typeof path === "number") {
      // The page is named by the beginning of the name of its first option.
      const first = pages.indexOf(pages[option]);
      page = `options/${names[first].split(".", path).join(".")}.html`;
    }
    return `${page}#${encodeURIComponent(data.ids[option] ?? identifierOf(index, option))}`;
  };

  const identifierOf = (index, option) =>
    index.data.sets[setOf(index, option)][2] + index.names[option].replace(/[*<>[\]:" ]/g, "_");

  /* Return the address of what has an identifier, which may be typed as in the source. */
  const addressOfIdentifier = (index, name) => {
    const { data, names } = index;
    const identifier = name.replace(/[*<>[\]:" ]/g, "_");
    const option = names.findIndex((_, i) => (data.ids[i] ?? identifierOf(index, i)) === identifier);
    if (option >= 0) return addressOf(index, option);
    const end = `#${encodeURIComponent(name)}`;
    return data.divisions.map(([, address]) => address).find((address) => address.endsWith(end) || address === `${name}.html`);
  };

  const setOf = (index, option) => {
    let end = 0;
    return index.data.sets.findIndex(([, count]) => option < (end += count));
  };

  const rangeOf = (index, set) => {
    if (set === null) return [0, index.names.length];
    let first = 0;
    for (let i = 0; i < set; i++) first += index.data.sets[i][1];
    return [first, first + index.data.sets[set][1]];
  };

  /* ── One term and one component ────────────────────────────────────────── */
  /* How well a term fits a component, and what words elsewhere are worth; docs/search.md
     explains these. */
  const EXACT = 1;
  const PLURAL = 0.95;
  const WHOLE_WORDS = 0.9;
  const START = 0.85;
  const START_OF_WORD = 0.7;
  const TYPO = 0.65;
  const ABBREVIATION = 0.6;
  const CLIPPED = 0.45;
  const INSIDE = 0.4;

  const fits = (term, component) => {
    const { text, starts, ends } = component;
    let best = 0;
    for (let at = text.indexOf(term); at >= 0; at = text.indexOf(term, at + 1)) {
      const end = at + term.length;
      if (at === 0 && end === text.length) return EXACT;
      const begins = at === 0 || starts.includes(at);
      const plural = text[end] === "s" && (end + 1 === text.length || ends.includes(end + 1));
      let fit = term.length > 2 ? INSIDE : 0;
      if (at === 0 && plural && end + 1 === text.length) fit = PLURAL;
      else if (begins && (plural || end === text.length || ends.includes(end))) fit = WHOLE_WORDS;
      else if (at === 0) fit = START;
      else if (begins) fit = START_OF_WORD;
      if (fit > best) best = fit;
    }
    if (best < ABBREVIATION && abbreviated(term, component)) best = ABBREVIATION;
    return best;
  };

  /* Return the parts of words that a term is made of, if it is made of the beginnings of words
     that follow each other: `vhost` of `virtualHosts`; otherwise null. */
  const abbreviated = (term, { text, starts, ends }) => {
    if (starts.length < 2 || term.length < 3) return null;
    const from = (position, word) => {
      if (position === term.length) return [];
      if (word === starts.length) return null;
      const longest = Math.min(ends[word] - starts[word], term.length - position);
      for (let length = 1; length <= longest; length++) {
        if (text[starts[word] + length - 1] !== term[position + length - 1]) return null;
        const rest = from(position + length, word + 1);
        if (rest) return [[starts[word], starts[word] + length], ...rest];
      }
      return null;
    };
    for (let word = 0; word + 1 < starts.length; word++) {
      const found = from(0, word);
      if (found && found.length > 1) return found;
    }
    return null;
  };

  /* Return how many letters have to be changed, added, left out or swapped to make a text of a
     term; `most` + 1 if these are more. With `begun`, only the beginning of the text counts. */
  const distance = (term, text, most, begun) => {
    const width = Math.min(text.length, term.length + most);
    let before = [];
    let last = [];
    for (let j = 0; j <= width; j++) last[j] = j;
    for (let i = 1; i <= term.length; i++) {
      const row = [i];
      let least = i;
      for (let j = 1; j <= width; j++) {
        const same = term[i - 1] === text[j - 1];
        let value = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1));
        if (i > 1 && j > 1 && term[i - 1] === text[j - 2] && term[i - 2] === text[j - 1]) {
          value = Math.min(value, before[j - 2] + 1);
        }
        row[j] = value;
        if (value < least) least = value;
      }
      if (least > most) return most + 1;
      before = last;
      last = row;
    }
    if (begun) return Math.min(most + 1, ...last);
    return width === text.length ? Math.min(most + 1, last[width]) : most + 1;
  };

  /* How many mistakes a term may have. */
  const mistakes = (term) => (term.length < 4 ? 0 : term.length < 8 ? 1 : 2);

  const fitsWithTypo = (term, component, bits) => {
    const most = mistakes(term);
    const { text, starts, ends } = component;
    if (text.length < term.length - most || bitCount(bits & ~component.letters) > most) return 0;
    let least = distance(term, text, most, false) - 0.25;
    for (let word = 0; word < starts.length; word++) {
      const part = text.slice(starts[word], ends[word]);
      if (part.length < term.length - most) continue;
      if (starts.length > 1) least = Math.min(least, distance(term, part, most, false));
      if (term.length > 4) least = Math.min(least, distance(term, part, most, true) + 0.5);
    }
    return least > most + 0.5 ? 0 : TYPO - 0.1 * least;
  };

  /* ── One term and all of the data ──────────────────────────────────────── */
  const SLICE = 500;   // how many components are looked at between two pauses
  const FITS_KEPT = 32;
  const SHORTEST_CLIPPED = 4;

  /* Return for each component how well a term fits it. */
  function* fitsOfComponents({ components, withWord }, term) {
    const found = new Float32Array(components.length);
    const bits = letters(term);
    const singular = term.length > 4 && term.endsWith("s") ? term.slice(0, -1) : null;
    const needed = singular ? letters(singular) : bits;
    let best = 0;
    for (let i = 0; i < components.length; i++) {
      if (i % SLICE === 0) yield;
      if (needed & ~components[i].letters) continue;
      found[i] = fits(term, components[i]);
      if (singular && found[i] < WHOLE_WORDS) {
        const fit = fits(singular, components[i]);
        if (fit >= WHOLE_WORDS && fit * PLURAL > found[i]) found[i] = fit * PLURAL;
      }
      if (found[i] > best) best = found[i];
    }
    // A word may be the beginning of a term, as `sync` of `synchronization`.
    for (let length = SHORTEST_CLIPPED; length < term.length && term.length > 5; length++) {
      for (const i of withWord.get(term.slice(0, length)) ?? []) {
        if (found[i] < CLIPPED) found[i] = CLIPPED;
      }
    }
    if (best >= START_OF_WORD || !mistakes(term)) return found;
    for (let i = 0; i < components.length; i++) {
      if (i % SLICE === 0) yield;
      const fit = fitsWithTypo(term, components[i], bits);
      if (fit > found[i]) found[i] = fit;
    }
    return found;
  }

  /* The endings in which forms of a word differ. */
  const ENDINGS =
    /(?:i[sz]ations?|i[sz](?:e[sdr]?|ing|ers)|ations?|ing|ions?|ed|ers?|es|ies|s|e|y)$/u;
  const stem = (word) => {
    const root = word.replace(ENDINGS, "");
    return root.length > 2 ? root : word;
  };

  const fitsWord = (term, root, word) => {
    if (word === term) return 1;
    if (word.startsWith(root) && stem(word) === root) return 0.9;
    if (word.length > 3 && term.startsWith(word)) return 0.8;
    return term.length > 2 && word.startsWith(term) ? 0.7 : 0;
  };

  /* Return for each option how well a word of its description fits a term. */
  function* fitsOfDescriptions(index, term) {
    const found = new Float32Array(index.names.length);
    const root = stem(term);
    for (let word = 0; word < index.words.length; word++) {
      if (word % (SLICE * 4) === 0) yield;
      const fit = fitsWord(term, root, index.words[word]);
      if (!fit) continue;
      for (const option of optionsOfWord(index, word)) {
        if (fit > found[option]) found[option] = fit;
      }
    }
    return found;
  }

  /* Return what a term fits; kept for the next letters that are typed. */
  function* fitsOf(index, term) {
    let known = index.known.get(term);
    if (!known) {
      known = {
        components: yield* fitsOfComponents(index, term),
        descriptions: yield* fitsOfDescriptions(index, term),
      };
      if (index.known.size >= FITS_KEPT) index.known.delete(index.known.keys().next().value);
      index.known.set(term, known);
    }
    return known;
  }

  /* ── Ranking ───────────────────────────────────────────────────────────── */
  const FILLERS = new Set(("a an and are as at be by can do for from how i in is it my of on or "
    + "that the this to use using what with").split(" "));
  const MOST_TERMS = 12;
  const LONGEST_QUERY = 200;
  const DEEPER = 0.8;          // a component after the second names less of what is meant
  const HEAD_DESCRIPTION = 0.85;
  const DESCRIPTION = 0.3;
  const HEAD_MODULE = 0.65;
  const MODULE = 0.15;
  const COVERAGE = 0.45;       // how much it matters that nothing of the name is left over
  const FIRST_COMPONENT = 0.2; // `services` and `programs` are in every name
  const PLACEHOLDER = 3;       // the letters that `<name>` counts as
  const SIZE = 0.03;
  const ENABLE = 0.1;
  const DEPTH = 0.02;
  const FREE_OF_MODULE = 2;
  const FURTHER_OF_MODULE = 0.88;
  const MANY = 8000;
  const DIVERSE = 400;         // how many options are put in order
  const RELEVANT = 0.4;        // of the best score

  /* Return a query as it is compared, and its terms: what spaces and dots divide. */
  const parse = (query) => {
    const text = query.slice(0, LONGEST_QUERY).toLowerCase().trim();
    const terms = new Set(text.split(/[\s.]+/u).filter(Boolean));
    return { text, terms: [...terms].slice(0, MOST_TERMS) };
  };

  /* Answer a query, slice by slice: each `yield` is a place to pause at, or to stop. The answer
     has `options` (pairs of option and score, best first), `count`, how many options there are,
     `divisions` (likewise) and `nearest`, options with similar names if nothing was found. */
  function* answering(index, query, { set = null, most = 50 } = {}) {
    const { text, terms } = parse(query);
    const answer = { query, terms, options: [], count: 0, divisions: [], nearest: [] };
    if (!terms.length) return answer;
    const fitting = [];
    for (const term of terms) fitting.push(yield* fitsOf(index, term));
    const range = rangeOf(index, set);
    const { ranked, count } = yield* rankedOptions(index, text, terms, fitting, range);
    answer.count = count;
    answer.options = ranked.slice(0, most);
    answer.divisions = set === null ? rankedDivisions(index, terms) : [];
    if (!ranked.length && !answer.divisions.length) answer.nearest = yield* nearest(index, terms);
    return answer;
  }

  /* Answer a query without pauses. */
  const answer = (index, query, settings) => {
    const steps = answering(index, query, settings);
    for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
  };

  function* rankedOptions(index, text, terms, fitting, range) {
    const found = yield* matching(index, terms, fitting, range);
    const { frequencies, complete } = found;
    // The first letters fit nearly everything. Of so much, only short names can be meant.
    const isShort = (option) => index.begin[option + 1] - index.begin[option] <= 3;
    const matched = found.matched.length > MANY ? found.matched.filter(isShort) : found.matched;
    const total = Math.log(1 + range[1] - range[0]);
    const weights = terms.map((term, t) => {
      // A rare word says more about what is meant.
      const rarity = Math.log(1 + (range[1] - range[0]) / (1 + frequencies[t])) / (total || 1);
      return FILLERS.has(term) ? 0.1 * rarity : 0.3 + 0.7 * rarity;
    });
    const evidence = yield* evidenceOfModules(index, fitting, matched, complete);
    const score = scorer(index, text, terms, fitting, weights, evidence);
    const scores = new Float64Array(matched.length);
    let best = 0;
    for (let i = 0; i < matched.length; i++) {
      if (i % SLICE === 0) yield;
      scores[i] = score(matched[i]);
      if (scores[i] > best) best = scores[i];
    }
    const relevant = [];
    for (let i = 0; i < matched.length; i++) if (scores[i] >= RELEVANT * best) relevant.push(i);
    yield;
    const ranked = bestOf(relevant, scores, DIVERSE)
      .map((i) => ({ option: matched[i], score: scores[i] }));
    const leftOut = found.matched.length - matched.length;
    return { ranked: spread(index, ranked), count: relevant.length + leftOut };
  }

  /* Return the entries with the highest scores, in order; at least `most`, if there are so many. */
  const bestOf = (entries, scores, most) => {
    let chosen = entries;
    if (entries.length > 2 * most) {
      // To sort twenty thousand would take as long as all the rest.
      const counts = new Uint32Array(300);
      const bucket = (i) => Math.max(0, Math.min(299, Math.floor(scores[i] * 100)));
      for (const i of entries) counts[bucket(i)]++;
      let [lowest, above] = [299, counts[299]];
      while (lowest > 0 && above < most) above += counts[--lowest];
      chosen = entries.filter((i) => bucket(i) >= lowest);
    }
    return chosen.sort((a, b) => scores[b] - scores[a] || a - b);
  };

  /* Return the options that a term fits, for each term how many these are, and the modules of
     options whose name all terms fit. */
  function* matching({ begin, parts, components, modules }, terms, fitting, [first, end]) {
    const masks = new Uint16Array(components.length);
    fitting.forEach((fit, t) => {
      for (let c = 0; c < masks.length; c++) if (fit.components[c]) masks[c] |= 1 << t;
    });
    const frequencies = new Uint32Array(terms.length);
    const all = (1 << terms.length) - 1;
    const complete = new Set();   // the modules of options whose name all terms fit
    const matched = [];
    for (let option = first; option < end; option++) {
      if (option % (SLICE * 8) === 0) yield;
      let mask = 0;
      for (let i = begin[option]; i < begin[option + 1]; i++) mask |= masks[parts[i]];
      if (mask === all) complete.add(modules[option]);
      for (let t = 0; t < terms.length; t++) {
        if (fitting[t].descriptions[option]) mask |= 1 << t;
        if (mask & (1 << t)) frequencies[t]++;
      }
      if (mask) matched.push(option);
    }
    return { matched, frequencies, complete };
  }

  /* Return for each term and module how many of the module's options it fits well; none for a
     module with options whose name they all fit: these are meant then, not the module. */
  function* evidenceOfModules({ begin, parts, sizes, modules }, fitting, matched, complete) {
    const evidence = [];
    for (const { components, descriptions } of fitting) {
      yield;
      const counts = new Uint16Array(sizes.length);
      for (const option of matched) {
        let fit = descriptions[option] > 0;
        for (let i = begin[option]; i < begin[option + 1] && !fit; i++) {
          fit = components[parts[i]] >= START_OF_WORD;
        }
        if (fit && !complete.has(modules[option])) counts[modules[option]]++;
      }
      evidence.push(counts);
    }
    return evidence;
  }

  /* Return a function: option → its score, about 0 to 1. */
  const scorer = (index, text, terms, fitting, weights, evidence) => {
    const { names, begin, parts, branches, sizes, components, modules, isHead } = index;
    const isPath = text.includes(".");
    const whole = weights.reduce((sum, weight) => sum + weight, 0);
    const covered = new Float64Array(64);
    const place = new Int32Array(terms.length);
    const quality = new Float64Array(terms.length);
    let named = 0;   // how much of what the terms ask for a name has

    /* Find where each term fits a name best, and how many letters of it they cover. */
    const fitNames = (first, end) => {
      let last = -1;
      for (let i = 0; i < end - first && i < 64; i++) covered[i] = 0;
      for (let t = 0; t < terms.length; t++) {
        const found = fitting[t].components;
        place[t] = -1;
        quality[t] = 0;
        for (let i = first; i < end; i++) {
          const fit = found[parts[i]] * (i - first < 2 ? 1 : DEEPER);
          if (fit <= quality[t]) continue;
          quality[t] = fit;
          place[t] = i;
        }
        if (place[t] < 0) continue;
        if (place[t] > last) last = place[t];
        const fit = found[parts[place[t]]];
        const { length } = components[parts[place[t]]].text;
        let share = Math.min(length, terms[t].length);
        if (fit >= PLURAL) share = length;
        else if (fit >= START && terms.length === 1) share += (length - share) / 2; // still typing
        const at = Math.min(place[t] - first, 63);
        covered[at] = Math.min(length, covered[at] + share);
      }
      return last;
    };

    /* Return how well all terms fit an option: 0 to 1. */
    const fitAll = (option, first) => {
      const ownWord = isHead[option] ? HEAD_DESCRIPTION : DESCRIPTION;
      const moduleWord = isHead[option] ? HEAD_MODULE : MODULE;
      let sum = 0;
      named = 0;
      for (let t = 0; t < terms.length; t++) {
        let best = quality[t];
        const at = place[t];
        if (at >= 0) {
          named += weights[t];
          // Terms that together are the component are as good as one that is.
          const { length } = components[parts[at]].text;
          const share = covered[Math.min(at - first, 63)] / length;
          const together = share * (at - first < 2 ? 1 : 0.95);
          if (together > best && best >= START_OF_WORD * DEEPER) best = together;
        }
        best = Math.max(best, fitting[t].descriptions[option] * ownWord);
        if (best < moduleWord) {
          const count = evidence[t][modules[option]];
          best = Math.max(best, (moduleWord * count) / (count + 0.5 + sizes[modules[option]] / 80));
        }
        sum += weights[t] * best;
      }
      named /= whole;
      return sum / whole;
    };

    /* Return which share of a name's letters the terms cover: 0 to 1. */
    const coverage = (first, end) => {
      let all = 0;
      let known = 0;
      for (let i = first; i < end; i++) {
        const name = components[parts[i]];
        const own = covered[Math.min(i - first, 63)];
        let { length } = name.text;
        if (i === first && !own) length *= FIRST_COMPONENT;
        else if (name.isPlaceholder) length = PLACEHOLDER;
        else if (name.isEnable && i + 1 === end && i > first) length = 1;
        all += Math.max(length, own);
        known += own;
      }
      return all ? known / all : 0;
    };

    return (option) => {
      const first = begin[option];
      const end = begin[option + 1];
      const last = fitNames(first, end);
      const fit = fitAll(option, first);
      let score = fit * (1 - COVERAGE + COVERAGE * named * coverage(first, end));
      const isEnable = components[parts[end - 1]].isEnable;
      if (isEnable && (last === end - 2 || last < 0)) score += ENABLE * fit;
      // What has more options is more likely meant.
      if (last >= 0) score += SIZE * fit * index.weights[branches[last]];
      else if (isHead[option]) score += SIZE * fit * index.weights[modules[option]];
      score -= DEPTH * (end - first - 2);
      if (isPath || end - first === 1) score += pathBonus(names[option].toLowerCase(), text);
      return score;
    };
  };

  /* Return what is added to the score of an option whose name has a query as it was typed. */
  const pathBonus = (name, text) => {
    if (name === text) return 2;
    if (!text.includes(".")) return 0;
    if (name === `${text}.enable`) return 1;
    if (name.startsWith(`${text}.`) || name.endsWith(`.${text}`)) return 0.5;
    if (name.startsWith(text)) return 0.4;
    return name.includes(text) ? 0.3 : 0;
  };

  /* Lower the scores of the third and further options of a module, and rank again. */
  const spread = ({ modules }, ranked) => {
    const counts = new Map();
    for (const entry of ranked) {
      const count = counts.get(modules[entry.option]) ?? 0;
      counts.set(modules[entry.option], count + 1);
      if (count >= FREE_OF_MODULE) entry.score *= FURTHER_OF_MODULE ** (count - FREE_OF_MODULE + 1);
    }
    return ranked.sort((a, b) => b.score - a.score || a.option - b.option);
  };

  /* ── Chapters and sections ─────────────────────────────────────────────── */
  const MOST_DIVISIONS = 6;
  const ABOVE = 0.3;

  /* Return the divisions whose titles have all terms, a term perhaps in a title above. */
  const rankedDivisions = ({ data, titles }, terms) => {
    const wanted = terms.filter((term) => !FILLERS.has(term));
    const ranked = [];
    titles.forEach((title, division) => {
      let [sum, own, letterCount] = [0, 0, 0];
      for (const term of wanted) {
        let fit = fits(term, title);
        if (fit < START_OF_WORD) fit = Math.max(fit, fitsWithTypo(term, title, letters(term)));
        if (fit >= ABBREVIATION - 0.1) [own, letterCount] = [own + 1, letterCount + term.length];
        else {
          fit = 0;
          let above = data.divisions[division][2];
          for (; above >= 0; above = data.divisions[above][2]) {
            if (fits(term, titles[above]) >= START_OF_WORD) fit = ABOVE;
          }
        }
        if (!fit) return;
        sum += fit;
      }
      if (!own) return;
      const share = Math.min(1, letterCount / title.text.length);
      ranked.push({ division, score: (sum / wanted.length) * (1 - COVERAGE + COVERAGE * share) });
    });
    ranked.sort((a, b) => b.score - a.score || a.division - b.division);
    return ranked.slice(0, MOST_DIVISIONS);
  };

  /* ── Nothing found, and what matched ───────────────────────────────────── */
  const pairs = (text) => {
    const found = new Set();
    for (let i = 0; i < text.length - 1; i++) found.add(text.slice(i, i + 2));
    return found;
  };

  /* Return a few options whose names have components most like the terms: those that share the
     most pairs of letters. */
  function* nearest({ names, begin, parts, components }, terms) {
    const wanted = pairs(terms.join(" "));
    const likeness = new Float32Array(components.length);
    for (let i = 0; i < components.length; i++) {
      if (i % SLICE === 0) yield;
      const own = pairs(components[i].text);
      let shared = 0;
      for (const pair of own) if (wanted.has(pair)) shared++;
      likeness[i] = (2 * shared) / (own.size + wanted.size || 1);
    }
    const best = [];
    for (let option = 0; option < names.length; option++) {
      if (option % (SLICE * 8) === 0) yield;
      const [first, end] = [begin[option], begin[option + 1]];
      let like = 0;
      for (let i = first; i < end; i++) like = Math.max(like, likeness[parts[i]]);
      if (like > 0.25) best.push({ option, score: like - 0.01 * (end - first) });
    }
    return best.sort((a, b) => b.score - a.score || a.option - b.option).slice(0, 5);
  }

  /* Return the options whose names differ from one in two letters at most, or in what stands for
     a placeholder; the most similar first. */
  const misspelt = ({ names, begin, parts, components }, name) => {
    const wanted = name.toLowerCase().split(".");
    const differences = (first) => {
      let sum = 0;
      for (let i = 0; i < wanted.length && sum <= 2; i++) {
        const { text, isPlaceholder } = components[parts[first + i]];
        if (text === wanted[i]) continue;
        const most = wanted[i].length > 3 ? 2 : 1;
        const letters = isPlaceholder ? 0.5 : distance(wanted[i], text, most, false);
        sum += letters > most ? 3 : letters;
      }
      return sum;
    };
    const found = [];
    for (let option = 0; option < names.length; option++) {
      if (begin[option + 1] - begin[option] !== wanted.length) continue;
      const score = differences(begin[option]);
      if (score <= 2) found.push({ option, score });
    }
    return found.sort((a, b) => a.score - b.score || a.option - b.option);
  };

  /* Return the parts of a text that terms match, as ranges in order that do not overlap. */
  const marks = (text, terms) => {
    const component = split(text);
    const lower = component.text;
    if (lower.length !== text.length) return [];
    const found = [];
    for (const term of terms) {
      const before = found.length;
      let inside = null;
      for (let at = lower.indexOf(term); at >= 0; at = lower.indexOf(term, at + 1)) {
        if (component.starts.includes(at)) found.push([at, at + term.length]);
        else inside ??= [at, at + term.length];
      }
      if (found.length === before && inside && term.length > 2) found.push(inside);
      if (found.length > before) continue;
      found.push(...(abbreviated(term, component) ?? similar(term, component)));
    }
    found.sort((a, b) => a[0] - b[0] || b[1] - a[1]);
    const merged = [];
    for (const [start, end] of found) {
      const last = merged.at(-1);
      if (last && start <= last[1]) last[1] = Math.max(last[1], end);
      else merged.push([start, end]);
    }
    return merged;
  };

  /* Return the words that are other forms of a term, or that it is misspelt for. */
  const similar = (term, { text, starts, ends }) => {
    const root = stem(term);
    const forms = [];
    const typos = [];
    const most = mistakes(term);
    for (let word = 0; word < starts.length; word++) {
      const part = text.slice(starts[word], ends[word]);
      const range = [starts[word], ends[word]];
      if (fitsWord(term, root, part) >= 0.8) forms.push(range);
      else if (most && distance(term, part, most, term.length > 4) <= most) typos.push(range);
    }
    return forms.length ? forms : typos;
  };

  return { prepare, addWords, addressOf, addressOfIdentifier, setOf, answering, answer, misspelt, marks };
})();
if (typeof module !== "undefined") module.exports = manualgenSearch;
