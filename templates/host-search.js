/* One search over all projects of a host: which projects a query asks. Each is then searched as its
   own manual does it. `docs/publish.md` says what is loaded. manual.js loads this between search.js and
   search-field.js, on pages of a host. */
"use strict";
manualgenSearch.openHost = (tools) => {
  const search = manualgenSearch;
  const { root, form, element, link, load, siteAt, counted } = tools;
  const FOUND = 0.5;         // how well a word fits at least that is what was typed
  const WORTH = [0.3, 0.7, 0.8, 1, 1.1];   // as of host_words.py
  const SIZES = WORTH.length;
  const LONGEST = 40;        // letters of a word, likewise
  const TOGETHER = 1.2;      // what two words are worth that stand together
  const MOST_SHARDS = 2;     // for a term of a letter or two, which begins too many words
  const ALL_SHARDS = 24;     // if there are no more, all are looked at before nothing is found
  const BUDGET = 120000;     // letters of the data of projects, beside the first
  const FURTHER = 4;         // how many times as much is loaded when a reader asks for more
  const OF_PROJECT = 5;      // options of a project, if several have some
  const PATIENCE = 150;      // milliseconds after the last letter until projects are loaded

  let data = null;           // of projects.js
  let titles = null;         // an index of the titles of projects
  let more = { query: null, budget: BUDGET };   // for which query a reader has asked for more
  let scope = null;          // the number of a project and of its version; all projects if null
  let known = { query: null };
  const shards = new Map();
  const sites = new Map();

  const projects = () => load(`${root}search/projects.js?${form.dataset.host}`).then((found) => {
    if (data) return;
    data = found;
    const rows = data.projects.map(({ title, name }) => [title, `../${name}/index.html`, -1]);
    titles = search.prepare({ sets: [], names: "", types: [], pages: [], runs: "", divisions: rows });
  });

  const siteOf = (project, version) => {
    const { name, versions } = data.projects[project];
    const [folder, digest] = versions[version];
    const key = `${name}/${folder}`;
    if (!sites.has(key)) {
      const site = siteAt(new URL(`../${key}/`, root).href, digest);
      sites.set(key, Object.assign(site, { project, version }));
    }
    return sites.get(key);
  };

  /* ── Which projects ────────────────────────────────────────────────────── */
  const loadShard = async (number) => {
    const { words, projects: lists } = await load(`${root}search/${number}.js?${data.version}`);
    const corpus = search.corpusOf(search.frontCoded(words));
    shards.set(number, { corpus, lists: lists.split(search.SEPARATOR) });
  };

  /* Return the numbers of the shards that can have words with a beginning. */
  const shardsWith = (beginning) => {
    const { starts } = data;
    const found = [];
    for (let i = 0; i < starts.length; i++) {
      const isBefore = starts[i] < beginning || starts[i].startsWith(beginning);
      const endsAfter = i + 1 === starts.length || starts[i + 1] >= beginning;
      if (isBefore && endsAfter) found.push(i);
    }
    return found;
  };

  /* Return for each project how well the best of its words fits a term. If no word fits well, more
     shards are looked at for a term that is sought: it may be misspelt. */
  const fitsOfTerm = async (term, isSought = true) => {
    const exact = shardsWith(search.stem(term));
    const wider = [shardsWith(term[0]), data.starts.map((_, i) => i)];
    const tries = [
      term.length > 2 ? exact : exact.slice(0, MOST_SHARDS),
      ...(term.length > 2 && isSought ? wider.filter(({ length }) => length <= ALL_SHARDS) : []),
    ];
    let found;
    for (const numbers of tries) {
      await Promise.all(numbers.filter((i) => !shards.has(i)).map(loadShard));
      found = { best: new Float64Array(data.projects.length), most: 0 };
      for (const number of numbers) fitShard(shards.get(number), term, found);
      if (found.most >= FOUND) break;
    }
    return found.best;
  };

  const fitShard = ({ corpus, lists }, term, found) => {
    const fits = search.fitsOfWords(corpus, term);
    for (let word = 0; word < fits.length; word++) {
      const fit = fits[word];
      if (!fit) continue;
      if (fit > found.most) found.most = fit;
      const coded = search.reader(lists[word]);
      for (let project = -1; coded.more(); ) {
        const number = coded.number();
        project += Math.floor(number / SIZES) + 1;
        found.best[project] = Math.max(found.best[project], fit * WORTH[number % SIZES]);
      }
    }
  };

  /* Raise the fits of terms that follow each other for projects that have both as one word, as
     `virtual hosts` and `virtualHosts`. */
  const fitTogether = async (terms, fits) => {
    const pairs = terms.slice(1).map((term, t) => (terms[t] + term).slice(0, LONGEST));
    const together = await Promise.all(pairs.map((pair) => fitsOfTerm(pair, false)));
    together.forEach((best, t) => {
      for (let project = 0; project < best.length; project++) {
        if (best[project] < FOUND) continue;
        const fit = TOGETHER * best[project];
        for (const own of [fits[t], fits[t + 1]]) own[project] = Math.max(own[project], fit);
      }
    });
  };

  /* Return the projects that have what is asked for, the likeliest first. */
  const ranked = async (terms) => {
    const asked = terms.filter((term) => !search.FILLERS.has(term));
    const wanted = (asked.length ? asked : terms).map((term) => term.slice(0, LONGEST));
    const fits = await Promise.all(wanted.map((term) => fitsOfTerm(term)));
    await fitTogether(wanted, fits);
    const count = data.projects.length;
    const weights = fits.map((best) => {
      const having = best.reduce((sum, fit) => sum + (fit >= FOUND), 0);
      return 0.3 + 0.7 * Math.log(1 + count / (1 + having)) / Math.log(1 + count);
    });
    const scored = data.projects.map(({ options }, project) => {
      const fit = fits.reduce((sum, best, t) => sum + weights[t] * best[project], 0);
      return { project, score: fit && fit + search.SIZE * Math.log(1 + options) };
    });
    scored.sort((a, b) => b.score - a.score || a.project - b.project);
    return scored
      .filter(({ score }) => score && score >= search.RELEVANT * scored[0].score)
      .map(({ project }) => project)
      .filter((project) => data.projects[project].versions[0][1]);   // it has data
  };

  /* Return the sites of the likeliest projects: the first, those that are loaded already, and what
     the budget allows. */
  const affordable = (found, query) => {
    let left = more.query === query ? more.budget : BUDGET;
    const chosen = [];
    for (const project of found) {
      const [, , size] = data.projects[project].versions[0];
      const site = siteOf(project, 0);
      if (chosen.length && !site.index) {
        if (size > left) continue;
        left -= size;
      }
      chosen.push(site);
    }
    return chosen;
  };

  const prepare = async (query) => {
    await projects();
    const { terms } = search.parse(query);
    const isCurrent = () => form.querySelector("input").value === query;
    const found = scope || !terms.length ? [] : await ranked(terms);
    if (!isCurrent()) return;
    const chosen = scope ? [siteOf(...scope)] : affordable(found, query);
    if (chosen.some(({ index }) => !index)) {
      await new Promise((resolve) => { setTimeout(resolve, PATIENCE); });
      if (!isCurrent()) return;
      await Promise.allSettled(chosen.map((site) => site.ready()));
    }
    const there = chosen.filter(({ index }) => index);
    known = { query, scope, sites: there, others: scope ? 0 : found.length - there.length };
  };

  /* ── Answers ───────────────────────────────────────────────────────────── */
  const scoreOf = ({ options, divisions }) =>
    Math.max(options[0]?.score ?? 0, divisions[0]?.score ?? 0);

  function* answering(asked, query) {
    const answer = { terms: search.parse(query).terms, options: [], named: [], found: [], nearest: [] };
    if (!scope) answer.named = search.answer(titles, query).divisions;
    for (const site of asked) {
      const own = yield* search.answering(site.index, query, { most: tools.most });
      tools.of(site, own);
      if (own.options.length || own.divisions.length) answer.found.push(own);
      else answer.nearest.push(...own.nearest);
    }
    answer.found.sort((a, b) => scoreOf(b) - scoreOf(a));
    const least = search.RELEVANT * (answer.found.length ? scoreOf(answer.found[0]) : 0);
    answer.found = answer.found.filter((own) => scoreOf(own) >= least);
    return answer;
  }

  const siteIn = ({ options, divisions }) => (options[0] ?? divisions[0]).site;

  const headingOf = (site) => {
    const { title, versions } = data.projects[site.project];
    const [version] = versions[site.version];
    const made = element("h2", "", link(`${site.folder}index.html`, title));
    if (!title.endsWith(version)) made.append(` ${version}`);
    return made;
  };

  /* Return the answers of projects with the options and chapters that are shown, best first. */
  const listed = ({ found }) => {
    const most = found.length > 1 ? OF_PROJECT : tools.most;
    return found.map((own) => {
      const entries = [...own.options, ...own.divisions].sort((a, b) => b.score - a.score);
      return { own, entries: entries.slice(0, most), left: own.count + own.divisions.length - most };
    });
  };

  const projectGroup = ({ own, entries, left }, terms) => {
    const site = siteIn(own);
    const items = entries.map((entry) => (entry.division === undefined
      ? tools.optionItem(entry, terms) : tools.divisionItem(entry, terms)));
    const made = element("section", "search-group", headingOf(site), element("ol", "", ...items));
    if (left > 0 && !scope) {
      const text = `${counted(left, "more", "more")} in ${data.projects[site.project].title}`;
      made.append(moreButton(text, () => choose([site.project, site.version])));
    }
    return made;
  };

  const moreButton = (text, work) => {
    const button = element("button", "search-more", text);
    button.type = "button";
    button.addEventListener("click", () => {
      work();
      form.querySelector("input").focus();
      tools.ask();
      tools.remember();
    });
    return button;
  };

  const titleItem = ({ division }) => {
    const [title, address] = titles.data.divisions[division];
    return element("li", "", link(new URL(address, root).href, title));
  };

  const groups = (answer) => {
    const { terms, named, found, nearest } = answer;
    const made = listed(answer).map((entry) => projectGroup(entry, terms));
    if (named.length) made.unshift(tools.group("Projects", named.map(titleItem)));
    if (!made.length) {
      made.push(element("p", "search-hint", "Fewer words or only a part of a name may find more."));
      nearest.sort((a, b) => b.score - a.score);
      if (nearest.length) made.push(tools.similar(nearest.slice(0, OF_PROJECT)));
    }
    if (known.others > 0) {
      const text = `Search ${counted(known.others, "more project that has", "more projects that have")} these words`;
      made.push(moreButton(text, () => {
        const { query } = known;
        more = { query, budget: FURTHER * (more.query === query ? more.budget : BUDGET) };
        known = { query: null };
      }));
    }
    showScopes(found);
    return made;
  };

  const summary = ({ found, named }) => {
    const sum = (numberOf) => found.reduce((total, own) => total + numberOf(own), 0);
    const options = sum(({ count }) => count);
    const divisions = sum((own) => own.divisions.length);
    const parts = [];
    if (named.length) parts.push(counted(named.length, "project", "projects"));
    if (options) parts.push(counted(options, "option", "options"));
    if (divisions) parts.push(counted(divisions, "chapter or section", "chapters and sections"));
    const where = options || divisions ? ` in ${counted(found.length, "project", "projects")}` : "";
    return parts.join("; ") + where || "Nothing found.";
  };

  /* ── Scopes ────────────────────────────────────────────────────────────── */
  const choose = (wanted) => {
    scope = wanted;
    known = { query: null };
  };

  const showScopes = (found) => {
    const all = ["All projects", !scope, () => choose(null)];
    if (scope) {
      const [project, version] = scope;
      const { title, versions } = data.projects[project];
      tools.scopeButtons([all, ...versions.map(([name], i) =>
        [i ? name : `${title} ${name}`, i === version, () => choose([project, i])])]);
    } else if (found.length > 1) {
      tools.scopeButtons([all, ...found.slice(0, 8).map((own) => {
        const site = siteIn(own);
        return [data.projects[site.project].title, false, () => choose([site.project, site.version])];
      })]);
    } else tools.scopeButtons([]);
  };

  const recall = async ({ in: name, version }) => {
    await projects();
    const project = data.projects.findIndex((entry) => entry.name === name);
    const number = project < 0 ? -1
      : Math.max(0, data.projects[project].versions.findIndex(([other]) => other === version));
    choose(project < 0 ? null : [project, number]);
  };

  return {
    prepare,
    sites: (query) => (known.query === query && known.scope === scope ? known.sites : null),
    known: () => null,
    answering,
    listed,
    groups,
    summary,
    scope: () => {
      if (!scope) return {};
      const { name, versions } = data.projects[scope[0]];
      return { in: name, version: scope[1] ? versions[scope[1]][0] : "" };
    },
    recall,
  };
};
