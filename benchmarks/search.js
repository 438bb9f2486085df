/* Ask the search of a site questions, and print how well and how fast it answers, as JSON.
   Arguments: the folder of search.js, that of the data, and the file of queries. */
"use strict";
const fs = require("node:fs");
const path = require("node:path");

const [templates, data, queriesFile] = process.argv.slice(2);
const search = require(path.resolve(templates, "search.js"));
const files = {};
globalThis.manualgenSearch = { register: (key, text) => { files[key] = JSON.parse(text); } };
for (const name of ["names", "words"]) require(path.resolve(data, `${name}.js`));

const begun = performance.now();
const index = search.prepare(files.names);
search.addWords(index, files.words);
const prepared = performance.now() - begun;

const known = new Set(index.names);
const queries = JSON.parse(fs.readFileSync(queriesFile)).map((query) => ({
  ...query,
  relevant: query.relevant.map((tier) => tier.filter((name) => known.has(name))),
})).filter(({ relevant }) => relevant.flat().length);

/* The place of the first relevant option in the answer, from 1; 0 if it is not among the 50 best. */
const placeOf = (names, relevant) => names.findIndex((name) => relevant.includes(name)) + 1;

const places = queries.map(({ id, q, category, relevant }) => {
  const names = search.answer(index, q).options.map(({ option }) => index.names[option]);
  return { id, q, category, any: placeOf(names, relevant.flat()), first: placeOf(names, relevant[0]), best: names[0] ?? "" };
});

/* Type every query letter by letter; the time until the answer to each letter. */
const times = [];
for (const { q } of queries) {
  for (let length = 1; length <= q.length; length++) {
    const start = performance.now();
    search.answer(index, q.slice(0, length));
    times.push(performance.now() - start);
  }
}
times.sort((a, b) => a - b);
const share = (part) => times[Math.min(times.length - 1, Math.floor(times.length * part))];

process.stdout.write(JSON.stringify({
  places,
  prepared,
  keystrokes: times.length,
  median: share(0.5),
  most: share(0.99),
  worst: times.at(-1),
}));
