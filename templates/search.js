/* The search: how options, chapters and sections are found and ranked, as pure functions of
   the data that manualgen writes. `docs/search.md` says what they are meant to do. A classic
   script, because browsers refuse modules to pages that are opened from disk; Node loads it
   by `require`. What readers see is made by search-field.js. */
"use strict";
const manualgenSearch = (() => {
  /* ── Reading the data ──────────────────────────────────────────────────── */
  const SEPARATOR = "\x7f";
  const [FIRST, DIGITS, FIRST_MORE, MORE] = [0x30, 44, 0x5d, 34];
  const SLICE = 2000;   // how many options, texts or words are looked at between two pauses

  /* Read numbers as `_Numbers` in search_index.py writes them, and what is between them. */
  const reader = (text) => {
    let position = 0;
    return {
      more: () => position < text.length,
      line: () => {
        const end = text.indexOf(SEPARATOR, position);
        const line = text.slice(position, end < 0 ? text.length : end);
        position += line.length + 1;
        return line;
      },
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

  /* Return a text in lower case. It is as long as before: no other letter becomes two. */
  const lowered = (text) => text.replaceAll("İ", "i").toLowerCase();

  /* A text in lower case, and where its words begin and end. */
  const split = (text) => {
    const matches = [...text.matchAll(WORD)];
    return {
      text: lowered(text),
      starts: matches.map(({ index }) => index),
      ends: matches.map((match) => match.index + match[0].length),
    };
  };

  /* Return which letters and digits a text has, as bits. */
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

  /* Texts (the components of names, or titles) as one, so that a term is sought in all of
     them at once. */
  const corpusOf = (texts) => {
    const whole = texts.join("\n");
    const text = lowered(whole);
    const begin = new Uint32Array(texts.length + 1);     // text → where it begins
    const at = new Uint32Array(text.length);             // position → its text
    const isEnd = new Uint8Array(text.length + 1);       // whether a word ends at a position
    const wordLength = new Uint32Array(text.length + 1);  // position → length of its first word
    const bits = new Int32Array(texts.length);           // text → its letters
    const initials = new Int32Array(texts.length);       // text → the first letters of its words
    const words = new Uint32Array(texts.length);         // text → how many words it has
    for (let i = 0, position = 0; i < texts.length; i++) {
      const end = position + texts[i].length;
      begin[i + 1] = end + 1;
      at.fill(i, position, end);
      for (; position < end; position++) bits[i] |= 1 << (text.charCodeAt(position) % 32);
      position++;
    }
    WORD.lastIndex = 0;
    for (let match; (match = WORD.exec(whole)); ) {
      const { index } = match;
      wordLength[index] = match[0].length;
      isEnd[index + match[0].length] = 1;
      initials[at[index]] |= 1 << (text.charCodeAt(index) % 32);
      words[at[index]]++;
    }
    return { count: texts.length, text, begin, at, isEnd, wordLength, bits, initials, words };
  };

  const textOf = ({ text, begin }, i) => text.slice(begin[i], begin[i + 1] - 1);

  /* Return a text of a corpus as `split` returns it. */
  const splitOf = (corpus, i) => {
    const { begin, wordLength } = corpus;
    const starts = [];
    const ends = [];
    const [first, end] = [begin[i], begin[i + 1] - 1];
    for (let position = first; position < end; position++) {
      if (!wordLength[position]) continue;
      starts.push(position - first);
      ends.push(position - first + wordLength[position]);
    }
    return { text: textOf(corpus, i), starts, ends };
  };

  const [ENABLE_KIND, PLACEHOLDER_KIND] = [1, 2];
  const kindOf = (component) => {
    if (/^enable$/iu.test(component)) return ENABLE_KIND;
    return /^(?:\*|<.*>)$/su.test(component) ? PLACEHOLDER_KIND : 0;
  };

  /* Return the data of names.js in the form that queries are answered from, with pauses. */
  function* preparing(data) {
    const count = data.sets.reduce((sum, [, options]) => sum + options, 0);
    const names = new Array(count);
    const types = new Uint16Array(count);
    const begin = new Uint32Array(count + 1);   // option → its first part
    const parts = [];      // the components of all names, one name after the other
    const branches = [];   // for each part: the branch of the tree of names that it stands for
    const sizes = [];      // branch → how many options it holds
    const components = [];
    const indexOf = new Map();
    const input = reader(data.names);
    // What the name has in common with the one before: components, branches, beginnings.
    const [path, above, starts] = [[], [], [""]];
    for (let option = 0; option < count; option++) {
      if (option % SLICE === 0) yield;
      path.length -= input.number();
      above.length = path.length;
      starts.length = path.length + 1;
      types[option] = input.number();
      for (const name of input.line().split(".")) {
        let component = indexOf.get(name);
        if (component === undefined) {
          component = components.push(name) - 1;
          indexOf.set(name, component);
        }
        starts.push(`${starts[path.length]}${path.length ? "." : ""}${name}`);
        path.push(component);
        above.push(sizes.push(0) - 1);
      }
      for (let depth = 0; depth < path.length; depth++) {
        sizes[above[depth]]++;
        parts.push(path[depth]);
        branches.push(above[depth]);
      }
      names[option] = starts[path.length];
      begin[option + 1] = parts.length;
    }
    yield;
    const index = {
      data, names, types, begin,
      components: corpusOf(components),
      kinds: Uint8Array.from(components, kindOf),
      lengths: Float64Array.from(components, ({ length }) => length),
      titles: corpusOf(data.divisions.map(([title]) => title)),
      parts: Uint32Array.from(parts),
      branches: Uint32Array.from(branches),
      sizes: Uint32Array.from(sizes),
      weights: Float64Array.from(sizes, Math.log),
      ...pagesOf(data, count),
      words: [],
      found: [],
      known: new Map(),
    };
    return Object.assign(index, modulesOf(index));
  }

  /* Return the result of a generator, without pauses. */
  const finished = (steps) => {
    for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
  };

  const prepare = (data) => finished(preparing(data));

  /* Return option → index of its page, and page → its first option. */
  const pagesOf = (data, count) => {
    const pages = new Uint32Array(count);
    const firstOf = [];
    const runs = reader(data.runs);
    for (let option = 0; runs.more(); ) {
      const end = option + runs.number();
      const page = runs.number();
      pages.fill(page, option, end);
      firstOf[page] ??= option;
      option = end;
    }
    return { pages, firstOf };
  };

  /* Return option → its module (the first two components of its name, as a branch), and which
     options stand for their module: `enable`, and the first option. */
  const modulesOf = ({ names, begin, parts, branches, kinds }) => {
    const modules = new Uint32Array(names.length);
    const isHead = new Uint8Array(names.length);
    let before = -1;
    for (let option = 0; option < names.length; option++) {
      const [first, end] = [begin[option], begin[option + 1]];
      modules[option] = branches[Math.min(first + 1, Math.max(first, end - 2))];
      if (end - first === 2) modules[option] = branches[first + 1];
      const isEnable = kinds[parts[end - 1]] === ENABLE_KIND;
      if ((isEnable && end - first < 4) || modules[option] !== before) isHead[option] = 1;
      before = modules[option];
    }
    return { modules, isHead };
  };

  /* Return the words of a text in which each follows how many letters it begins with in common
     with the one before. */
  const frontCoded = (text) => {
    const lines = reader(text);
    const words = [];
    for (let before = ""; lines.more(); words.push(before)) {
      before = before.slice(0, lines.number()) + lines.line();
    }
    return words;
  };

  /* Add the data of words.js. */
  const addWords = (index, { words, options }) => {
    index.words = frontCoded(words);
    index.found = options.split(SEPARATOR);
    index.known.clear();
  };

  /* Return the address of an option, relative to the site's folder. */
  const addressOf = (index, option) => {
    const { data, names, pages, firstOf } = index;
    const path = data.pages[pages[option]];
    let page = path;
    if (typeof path === "number") {
      // The page is named by the beginning of the name of its first option.
      const first = firstOf[pages[option]];
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
    const addresses = data.divisions.map(([, address]) => address);
    return addresses.find((address) => address.endsWith(end) || address === `${name}.html`);
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

  /* ── One term and all texts ────────────────────────────────────────────── */
  /* How well a term fits a component or title, and what words elsewhere are worth;
     docs/search.md explains these. */
  const EXACT = 1;
  const PLURAL = 0.95;
  const WHOLE_WORDS = 0.9;
  const START = 0.85;
  const START_OF_WORD = 0.7;
  const TYPO = 0.65;
  const ABBREVIATION = 0.6;
  const CLIPPED = 0.45;
  const INSIDE = 0.4;

  /* Find the letters of a term in the texts of a corpus. */
  const findLetters = ({ text, begin, at, isEnd, wordLength }, term, put) => {
    for (let start = text.indexOf(term); start >= 0; start = text.indexOf(term, start + 1)) {
      const i = at[start];
      const end = start + term.length;
      const [first, last] = [begin[i], begin[i + 1] - 1];
      const begins = start === first || wordLength[start] > 0;
      const plural = end < last && text[end] === "s" && (end + 1 === last || isEnd[end + 1]);
      let fit = term.length > 2 ? INSIDE : 0;
      if (start === first && end === last) fit = EXACT;
      else if (start === first && plural && end + 1 === last) fit = PLURAL;
      else if (begins && (plural || end === last || isEnd[end])) fit = WHOLE_WORDS;
      else if (start === first) fit = START;
      else if (begins) fit = START_OF_WORD;
      put(i, fit, start);
    }
  };

  /* Return for each text of a corpus how well a term fits it, without mistakes. */
  function* fitsOfTexts(corpus, term, Numbers) {
    const found = new Numbers(corpus.count);
    findLetters(corpus, term, (i, fit) => {
      if (fit > found[i]) found[i] = fit;
    });
    if (term.length < 3) return found;
    yield;
    const { count, bits, initials, words } = corpus;
    const needed = letters(term);
    const initial = letters(term[0]);
    for (let i = 0; i < count; i++) {
      if (words[i] < 2 || needed & ~bits[i] || !(initial & initials[i])) continue;
      if (found[i] >= WHOLE_WORDS) continue;
      const text = splitOf(corpus, i);
      const ranges = abbreviated(term, text);
      if (!ranges) continue;
      // Written together, words are as good as with what stands between them.
      const isWhole = ranges.every(([, end]) => text.ends.includes(end));
      found[i] = Math.max(found[i], isWhole ? WHOLE_WORDS : ABBREVIATION);
    }
    return found;
  }

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

  const ROWS = [0, 1, 2].map(() => new Int32Array(256));

  /* Return how many letters have to be changed, added, left out or swapped to make a term of a
     text, and to make it of the beginning of the text; `most` + 1 if these are more. */
  const distances = (term, text, most) => {
    const width = Math.min(text.length, term.length + most);
    const none = most + 1;
    let [before, last, row] = ROWS;
    for (let j = 0; j <= most + 1; j++) last[j] = j;
    let [first, end] = [0, 0];
    for (let i = 1; i <= term.length; i++) {
      // Further from the diagonal, there are more mistakes anyway.
      first = Math.max(1, i - most);
      end = Math.min(width, i + most);
      row[first - 1] = first > 1 ? none : i;
      row[end + 1] = none;
      let least = row[first - 1];
      for (let j = first; j <= end; j++) {
        const same = term[i - 1] === text[j - 1];
        let value = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1));
        if (i > 1 && j > 1 && term[i - 1] === text[j - 2] && term[i - 2] === text[j - 1]) {
          value = Math.min(value, before[j - 2] + 1);
        }
        row[j] = value;
        if (value < least) least = value;
      }
      if (least > most) return [none, none];
      [before, last, row] = [last, row, before];
    }
    let begun = none;
    for (let j = first - 1; j <= end; j++) begun = Math.min(begun, last[j]);
    return [width === text.length && end === width ? Math.min(none, last[width]) : none, begun];
  };

  /* How many mistakes a term may have. */
  const mistakes = (term) => (term.length < 4 ? 0 : term.length < 8 ? 1 : 2);

  /* Add to what fits a term well or not at all what it is misspelt for. */
  function* addMisspelt(corpus, term, found) {
    const { begin, bits, words, wordLength } = corpus;
    const most = mistakes(term);
    if (!most) return;
    const own = letters(term);
    const shortest = term.length - most;
    for (let i = 0; i < corpus.count; i++) {
      if (i % SLICE === 0) yield;
      const [first, end] = [begin[i], begin[i + 1] - 1];
      const length = end - first;
      if (length < shortest || bitCount(own & ~bits[i]) > most) continue;
      const isWord = words[i] === 1 && wordLength[first] === length;
      let least = most + 1;
      if (!isWord && length <= term.length + most) {
        [least] = distances(term, textOf(corpus, i), most);
        least -= 0.25;
      }
      for (let at = first; at < end; at++) {
        if (wordLength[at] < shortest || !wordLength[at]) continue;
        const word = corpus.text.slice(at, at + wordLength[at]);
        const [whole, begun] = distances(term, word, most);
        if (isWord) least = whole - 0.25;
        else if (words[i] > 1) least = Math.min(least, whole);
        if (term.length > 4) least = Math.min(least, begun + 0.5);
      }
      const fit = least > most + 0.5 ? 0 : TYPO - 0.1 * least;
      if (fit > found[i]) found[i] = fit;
    }
  }

  /* ── One term and all of the data ──────────────────────────────────────── */
  const FITS_KEPT = 32;
  const SHORTEST_CLIPPED = 4;

  /* Return for each component how well a term fits it. */
  function* fitsOfComponents({ components }, term) {
    const found = yield* fitsOfTexts(components, term, Float32Array);
    if (term.length > 3 && term.endsWith("s")) {
      findLetters(components, term.slice(0, -1), (i, fit) => {
        if (fit < WHOLE_WORDS || found[i] >= WHOLE_WORDS) return;
        found[i] = Math.max(found[i], fit * PLURAL);
      });
    }
    // A word may be the beginning of a term, as `sync` of `synchronization`.
    for (let length = SHORTEST_CLIPPED; length < term.length && term.length > 5; length++) {
      findLetters(components, term.slice(0, length), (i, _, at) => {
        if (components.wordLength[at] === length && found[i] < CLIPPED) found[i] = CLIPPED;
      });
    }
    // `k8s` is `kubernetes`: digits can say how many letters are left out.
    const shortened = /^([a-z])(\d\d?)([a-z])$/.exec(term);
    if (shortened) {
      const word = new RegExp(`\\b${shortened[1]}[a-z]{${shortened[2]}}${shortened[3]}\\b`, "g");
      for (const { index } of components.text.matchAll(word)) found[components.at[index]] ||= ABBREVIATION;
    }
    if (!found.some((fit) => fit >= START_OF_WORD)) yield* addMisspelt(components, term, found);
    return found;
  }

  /* Return for each title how well a term fits it. */
  function* fitsOfTitles({ titles }, term) {
    const found = yield* fitsOfTexts(titles, term, Float64Array);
    yield* addMisspelt(titles, term, found);
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
    if (root.length > 2 && word.startsWith(root) && stem(word) === root) return 0.9;
    if (word.length > 3 && term.startsWith(word)) return 0.8;
    return term.length > 2 && word.startsWith(term) ? 0.7 : 0;
  };

  /* Return the index of the first of the sorted words that is not before a text. */
  const indexOfWord = (words, text) => {
    let [low, high] = [0, words.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (words[middle] < text) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  /* Return for each option how well a word of its description fits a term. */
  function* fitsOfDescriptions({ names, words, found: optionsOf }, term) {
    const found = new Float32Array(names.length);
    const root = stem(term);
    const put = (word) => {
      const fit = fitsWord(term, root, words[word]);
      if (!fit) return;
      const coded = reader(optionsOf[word]);
      for (let option = -1; coded.more(); ) {
        option += coded.number() + 1;
        if (fit > found[option]) found[option] = fit;
      }
    };
    // What fits begins with the root, or is the beginning of the term.
    let word = indexOfWord(words, root);
    for (; words[word]?.startsWith(root); word++) put(word);
    yield;
    for (let length = SHORTEST_CLIPPED; length < term.length; length++) {
      word = indexOfWord(words, term.slice(0, length));
      if (word < words.length && term.startsWith(words[word])) put(word);
    }
    return found;
  }

  /* Return for each of some words, of names and descriptions of several manuals, how well a term
     fits it. */
  const fitsOfWords = (corpus, term) => {
    const found = finished(fitsOfComponents({ components: corpus }, term));
    const root = stem(term);
    return found.map((fit, i) => Math.max(fit, fitsWord(term, root, textOf(corpus, i))));
  };

  /* Return what a term fits; kept for the next letters that are typed. */
  function* fitsOf(index, term) {
    let known = index.known.get(term);
    if (!known) {
      known = {
        components: yield* fitsOfComponents(index, term),
        descriptions: yield* fitsOfDescriptions(index, term),
        titles: yield* fitsOfTitles(index, term),
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
  const FIRST_COMPONENT = 0.2;  // services and programs are in every name
  const PLACEHOLDER = 3;       // the letters that <name> counts as
  const SIZE = 0.03;
  const ENABLE = 0.1;
  const DEPTH = 0.02;
  const FREE = 2;
  const FURTHER = 0.88;
  const MANY = 8000;
  const MOST_LONG = 2000;      // how many options with long names are ranked, of so many
  const DIVERSE = 400;         // how many options are put in order
  const RELEVANT = 0.4;        // of the best score

  /* Return the name in a query that is a line of Nix code or an identifier; otherwise the query. */
  const nameIn = (query) => query
    .replace(/^(["'`])([^"'`]*)\1[;,]?$/u, "$2")
    .replace(/^[\s([{]*(?:#?opt-|(?:config|options)\.(?=.))?/u, "")
    .replace(/\s*=\s*\{\s*/gu, ".")
    .replace(/\s*=.*|[\s)\]},;.]+$/su, "")
    .replace(/(?<=\.)_([^._]+)_(?=\.|$)/gu, "<$1>");

  /* The components of a name. A user can have named those in quotes and brackets. */
  const COMPONENT = /"[^"]*"?|\$\{[^}]*\}?|[^.]+/gu;

  /* Return a query as it is compared, its terms (what spaces and dots divide), and the components
     of the name that it is if it has dots. */
  const parse = (query) => {
    const typed = lowered(query.slice(0, LONGEST_QUERY)).trim();
    const text = nameIn(typed) || typed;
    const path = typed.includes(".") ? text.match(COMPONENT) ?? [] : [];
    const own = path.filter((component) => !/^(?:["$]|<.*>$|\*$)/su.test(component));
    const words = (own.length ? own.join(" ") : text).split(/[\s.]+/u)
      .map((word) => word.replace(/^["'`([{]+|["'`)\]},;]+$/gu, ""));
    return { text, path, terms: [...new Set(words)].filter(Boolean).slice(0, MOST_TERMS) };
  };

  /* Answer a query, slice by slice: each `yield` is a place to pause at, or to stop. The answer
     has `options` (pairs of option and score, best first), `count`, how many options there are,
     `divisions` (likewise) and `nearest`, options with similar names if nothing was found. */
  function* answering(index, query, { set = null, most = 50 } = {}) {
    const { text, path, terms } = parse(query);
    const answer = { query, terms, options: [], count: 0, divisions: [], nearest: [] };
    if (!terms.length) return answer;
    const fitting = [];
    for (const term of terms) fitting.push(yield* fitsOf(index, term));
    addJoined(index, terms, fitting);
    const range = rangeOf(index, set);
    const { ranked, count } = yield* rankedOptions(index, text, path, terms, fitting, range);
    answer.count = count;
    answer.options = ranked.slice(0, most);
    answer.divisions = set === null ? rankedDivisions(index, terms, fitting) : [];
    if (!ranked.length && !answer.divisions.length) answer.nearest = yield* nearest(index, terms);
    return answer;
  }

  /* Two terms can be a component that is one word: `network manager` is `networkmanager`. */
  const addJoined = ({ components }, terms, fitting) => {
    for (let t = 1; t < terms.length; t++) {
      findLetters(components, terms[t - 1] + terms[t], (i, fit) => {
        if (fit < EXACT) return;
        for (const at of [t - 1, t]) {
          fitting[at] = { ...fitting[at], components: fitting[at].components.slice() };
          fitting[at].components[i] = EXACT;
        }
      });
    }
  };

  /* Answer a query without pauses. */
  const answer = (index, query, settings) => finished(answering(index, query, settings));

  function* rankedOptions(index, text, path, terms, fitting, range) {
    const found = yield* matching(index, terms, fitting, range);
    const { frequencies, complete } = found;
    const total = Math.log(1 + range[1] - range[0]);
    const weights = terms.map((term, t) => {
      // A rare word says more about what is meant.
      const rarity = Math.log(1 + (range[1] - range[0]) / (1 + frequencies[t])) / (total || 1);
      return FILLERS.has(term) ? 0.1 * rarity : 0.3 + 0.7 * rarity;
    });
    const matched = found.matched.length > MANY ? likely(index, found, weights) : found.matched;
    const evidence = yield* evidenceOfModules(index, fitting, matched, complete);
    const score = scorer(index, text, path, terms, fitting, weights, evidence);
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
    // Those that were left out fit about as well only where most do.
    const leftOut = relevant.length > DIVERSE ? found.matched.length - matched.length : 0;
    return { ranked: spread(index, ranked), count: relevant.length + leftOut };
  }

  /* Return the options that can be meant, of very many: the first letters, and `services`, fit nearly
     everything. These are those with short names, and those that the terms fit that say most. */
  const likely = ({ begin }, { matched, masks }, weights) => {
    const isLong = (i) => begin[matched[i] + 1] - begin[matched[i]] > 3;
    const counts = new Map();
    for (let i = 0; i < matched.length; i++) {
      if (isLong(i)) counts.set(masks[i], (counts.get(masks[i]) ?? 0) + 1);
    }
    const worth = (mask) => weights.reduce((sum, weight, t) => sum + ((mask >> t) & 1) * weight, 0);
    const chosen = new Set();
    let room = MOST_LONG;
    for (const [mask, count] of [...counts].sort(([a], [b]) => worth(b) - worth(a))) {
      room -= count;
      if (room < 0) break;
      chosen.add(mask);
    }
    return matched.filter((_, i) => !isLong(i) || chosen.has(masks[i]));
  };

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

  /* Return the options that a term fits, with the terms of each as bits, for each term how many
     these are, and the modules of options whose name all terms fit. */
  function* matching({ begin, parts, components, modules, sizes }, terms, fitting, [first, end]) {
    const bits = new Uint16Array(components.count);
    fitting.forEach((fit, t) => {
      for (let c = 0; c < bits.length; c++) if (fit.components[c]) bits[c] |= 1 << t;
    });
    const frequencies = new Uint32Array(terms.length);
    const all = (1 << terms.length) - 1;
    const complete = new Uint8Array(sizes.length);   // modules of options whose name all terms fit
    const matched = new Uint32Array(end - first);
    const masks = new Uint16Array(end - first);
    let count = 0;
    for (let option = first; option < end; option++) {
      if (option % (SLICE * 4) === 0) yield;
      let mask = 0;
      for (let i = begin[option]; i < begin[option + 1]; i++) mask |= bits[parts[i]];
      if (mask === all) complete[modules[option]] = 1;
      for (let t = 0; t < terms.length; t++) {
        if (fitting[t].descriptions[option]) mask |= 1 << t;
        if (mask & (1 << t)) frequencies[t]++;
      }
      if (!mask) continue;
      masks[count] = mask;
      matched[count++] = option;
    }
    return { matched: matched.subarray(0, count), masks, frequencies, complete };
  }

  /* Return for each term and module how many of the module's options it fits well; none for a
     module with options whose name they all fit: these are meant then, not the module. */
  function* evidenceOfModules({ begin, parts, sizes, modules }, fitting, matched, complete) {
    const evidence = [];
    for (const { components, descriptions } of fitting) {
      yield;
      const counts = new Uint16Array(sizes.length);
      for (const option of matched) {
        if (complete[modules[option]]) continue;
        let fit = descriptions[option] > 0;
        for (let i = begin[option]; i < begin[option + 1] && !fit; i++) {
          fit = components[parts[i]] >= START_OF_WORD;
        }
        if (fit) counts[modules[option]]++;
      }
      evidence.push(counts);
    }
    return evidence;
  }

  /* Return a function: option → its score, about 0 to 1. */
  const scorer = (index, text, path, terms, fitting, weights, evidence) => {
    const { names, begin, parts, branches, sizes, kinds, lengths, modules, isHead } = index;
    const oldNames = path.length ? oldNamesOf(index) : new Map();
    const bonusOf = pathBonus(text, path);
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
        const length = lengths[parts[place[t]]];
        let share = Math.min(length, terms[t].length);
        if (fit >= PLURAL) share = length;
        else if (fit >= START && terms.length === 1) share += (length - share) / 2;  // still typing
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
          const length = lengths[parts[at]];
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
        const own = covered[Math.min(i - first, 63)];
        let length = lengths[parts[i]];
        if (i === first && !own) length *= FIRST_COMPONENT;
        else if (kinds[parts[i]] === PLACEHOLDER_KIND) length = PLACEHOLDER;
        else if (i + 1 === end && i > first && kinds[parts[i]] === ENABLE_KIND) length = 1;
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
      const isEnable = kinds[parts[end - 1]] === ENABLE_KIND;
      if (isEnable && (last === end - 2 || last < 0)) score += ENABLE * fit;
      // What has more options is more likely meant.
      if (last >= 0) score += SIZE * fit * index.weights[branches[last]];
      else if (isHead[option]) score += SIZE * fit * index.weights[modules[option]];
      score -= DEPTH * (end - first - 2);
      if (path.length || end - first === 1) {
        let bonus = bonusOf(names[option].toLowerCase());
        for (const name of oldNames.get(option) ?? []) bonus = Math.max(bonus, bonusOf(name));
        score += bonus;
      }
      return score;
    };
  };

  /* Return option → the names that it had before, in lower case, for options that had others. */
  const oldNamesOf = (index) => {
    if (index.oldNames) return index.oldNames;
    index.oldNames = new Map();
    for (const [name, option] of index.data.old ?? []) {
      const known = index.oldNames.get(option);
      if (known) known.push(name.toLowerCase());
      else index.oldNames.set(option, [name.toLowerCase()]);
    }
    return index.oldNames;
  };

  /* Return a function: name → what is added to the score of an option because its name is, has or
     begins a query. What stands for a placeholder in the query is like the placeholder. */
  const pathBonus = (text, path) => {
    const beginning = new RegExp(path.reduceRight((rest, component, i) => {
      const own = component.replace(/[^\p{L}\p{N}]/gu, "\\$&");
      return i ? `(?:\\.(?:${own}|\\*|<[^>]*>)${rest})?` : `^${own}${rest}`;
    }, "()"));
    return (name) => {
      if (name === text) return 2;
      if (!path.length) return 0;
      const found = beginning.exec(name);
      const rest = found && name.slice(found[0].length);
      if (found?.[1] === "") {
        if (!rest) return 1.9;
        if (rest === ".enable") return 1;
        return rest[0] === "." ? 0.5 : 0.4;
      }
      // What is typed can be within the value of an option.
      if (rest === "") return (0.5 * name.split(".").length) / path.length;
      if (name.endsWith(`.${text}`)) return 0.5;
      return name.includes(text) ? 0.3 : 0;
    };
  };

  /* Lower the scores of the third and further options of a module, and of those whose names have the
     same two last components, as many modules have `nginx.forceSSL`; and rank again. */
  const spread = ({ modules, begin, parts }, ranked) => {
    const counts = new Map();
    for (const entry of ranked) {
      const end = begin[entry.option + 1];
      for (const key of [modules[entry.option], `${parts.slice(end - 2, end)}`]) {
        const count = (counts.get(key) ?? 0) + 1;
        counts.set(key, count);
        if (count > FREE) entry.score *= FURTHER ** (count - FREE);
      }
    }
    return ranked.sort((a, b) => b.score - a.score || a.option - b.option);
  };

  /* ── Chapters and sections ─────────────────────────────────────────────── */
  const MOST_DIVISIONS = 6;
  const ABOVE = 0.3;

  /* Return the divisions whose titles have all terms, a term perhaps in a title above. */
  const rankedDivisions = ({ data, titles }, terms, fitting) => {
    const wanted = terms.map((term, t) => [term.length, fitting[t].titles])
      .filter((_, t) => !FILLERS.has(terms[t]));
    const ranked = [];
    for (let division = 0; division < titles.count; division++) {
      let [sum, own, letterCount, missing] = [0, 0, 0, false];
      for (const [length, found] of wanted) {
        let fit = found[division];
        if (fit >= ABBREVIATION - 0.1) [own, letterCount] = [own + 1, letterCount + length];
        else {
          fit = 0;
          let above = data.divisions[division][2];
          for (; above >= 0; above = data.divisions[above][2]) {
            if (found[above] >= START_OF_WORD) fit = ABOVE;
          }
        }
        if (!fit) missing = true;
        sum += fit;
      }
      if (missing || !own) continue;
      const share = Math.min(1, letterCount / data.divisions[division][0].length);
      ranked.push({ division, score: (sum / wanted.length) * (1 - COVERAGE + COVERAGE * share) });
    }
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
    const { text, at } = components;
    const shared = new Uint32Array(components.count);
    for (const pair of wanted) {
      let before = -1;
      for (let start = text.indexOf(pair); start >= 0; start = text.indexOf(pair, start + 1)) {
        if (at[start] !== before) shared[at[start]]++;
        before = at[start];
      }
    }
    yield;
    const likeness = Float32Array.from(shared, (number, i) => {
      if (!number) return 0;
      const own = pairs(textOf(components, i));
      return (2 * number) / (own.size + wanted.size);
    });
    const best = [];
    for (let option = 0; option < names.length; option++) {
      if (option % (SLICE * 4) === 0) yield;
      const [first, end] = [begin[option], begin[option + 1]];
      let like = 0;
      for (let i = first; i < end; i++) like = Math.max(like, likeness[parts[i]]);
      if (like > 0.25) best.push({ option, score: like - 0.01 * (end - first) });
    }
    return best.sort((a, b) => b.score - a.score || a.option - b.option).slice(0, 5);
  }

  /* Return the options whose names differ from one in two letters at most, or in what stands for
     a placeholder; the most similar first. */
  const misspelt = ({ names, begin, parts, components, kinds }, name) => {
    const wanted = lowered(name.slice(0, LONGEST_QUERY)).split(".");
    const differences = (first) => {
      let sum = 0;
      for (let i = 0; i < wanted.length && sum <= 2; i++) {
        const part = parts[first + i];
        const text = textOf(components, part);
        if (text === wanted[i]) continue;
        if (kinds[part] === PLACEHOLDER_KIND) {
          sum += 0.5;
          continue;
        }
        const most = wanted[i].length > 3 ? 2 : 1;
        const [changed] = distances(wanted[i], text, most);
        sum += changed > most ? 3 : changed;
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
      const { forms, typos } = similar(term, component);
      found.push(...(forms.length ? forms : abbreviated(term, component) ?? typos));
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

  /* Return the words that are other forms of a term, and those that it is misspelt for. */
  const similar = (term, { text, starts, ends }) => {
    const root = stem(term);
    const forms = [];
    const typos = [];
    const most = mistakes(term);
    for (let word = 0; word < starts.length; word++) {
      const part = text.slice(starts[word], ends[word]);
      const range = [starts[word], ends[word]];
      if (fitsWord(term, root, part) >= 0.8) forms.push(range);
      else if (most && distances(term, part, most)[term.length > 4 ? 1 : 0] <= most) typos.push(range);
    }
    return { forms, typos };
  };

  return {
    preparing, prepare, addWords, addressOf, addressOfIdentifier, setOf, answering, answer, misspelt,
    marks, parse, stem, reader, frontCoded, corpusOf, fitsOfWords, FILLERS, RELEVANT, SEPARATOR, SIZE,
  };
})();
if (typeof module !== "undefined") module.exports = manualgenSearch;
