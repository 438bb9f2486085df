/* Ask the search over all projects of a host questions, and print, as JSON, how well it answers, and
   how much each answer has loaded, compressed. Arguments: the folder of the scripts, that of the host,
   and the file of queries. */
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const url = require("node:url");
const zlib = require("node:zlib");

const [templates, host, queriesFile] = process.argv.slice(2);
const search = require(path.resolve(templates, "search.js"));
globalThis.manualgenSearch = search;
require(path.resolve(templates, "host-search.js"));
globalThis.setTimeout = (work) => setImmediate(work);   // nobody types

const root = url.pathToFileURL(`${path.resolve(host, "_host")}/`).href;
const texts = new Map();
let loaded = new Set();
const sizes = new Map();
const load = async (address) => {
  const file = url.fileURLToPath(address.split("?")[0]);
  if (!texts.has(file)) {
    const script = fs.readFileSync(file);
    sizes.set(file, zlib.gzipSync(script).length);
    let data;
    search.register = (_, text) => { data = JSON.parse(text); };
    require(file);
    texts.set(file, data);
  }
  loaded.add(file);
  return texts.get(file);
};

const siteAt = (folder) => {
  const site = { folder, index: null, hasWords: true };
  site.ready = async () => {
    site.index = search.prepare(await load(`${folder}search/names.js`));
    search.addWords(site.index, await load(`${folder}search/words.js`));
  };
  return site;
};

/* The names of all options. */
let names = null;
const known = () => {
  if (names) return names;
  names = new Set();
  const files = fs.readdirSync(host, { recursive: true })
    .filter((file) => /^[^_].*names\.js$/u.test(file)).map((file) => path.resolve(host, file));
  for (const file of files) {
    search.register = (_, text) => {
      for (const name of search.prepare(JSON.parse(text)).names) names.add(name);
    };
    require(file);
    delete require.cache[file];
  }
  return names;
};

let query = "";
const form = { dataset: { host: "" }, querySelector: () => ({ value: query }) };
const of = (site, answer) => {
  for (const entry of [...answer.options, ...answer.divisions]) entry.site = site;
  return answer;
};
const open = () => search.openHost({ root, form, load, siteAt, of, most: 50 });

const answerOf = async (source) => {
  await source.prepare(query);
  const sites = source.sites(query) ?? [];
  const steps = source.answering(sites, query);
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value;
};

const main = async () => {
  const places = [];
  const loads = [];
  const questions = JSON.parse(fs.readFileSync(queriesFile))
    .map((question) => ({
      ...question,
      relevant: question.relevant.map((tier) => tier.filter((name) => known().has(name))),
    }))
    .filter(({ relevant }) => relevant.flat().length);
  for (const { id, q, category, relevant } of questions) {
    loaded = new Set();   // as for a reader who comes with this question
    query = q;
    const source = open();
    const answer = await answerOf(source);
    const names = source.listed(answer).flatMap(({ entries }) => entries)
      .filter(({ option }) => option !== undefined)
      .map(({ site, option }) => site.index.names[option]);
    loads.push([...loaded].reduce((sum, file) => sum + sizes.get(file), 0));
    const placeOf = (wanted) => names.findIndex((name) => wanted.includes(name)) + 1;
    places.push({
      id, q, category, any: placeOf(relevant.flat()), first: placeOf(relevant[0]), best: names[0] ?? "",
    });
  }
  process.stdout.write(JSON.stringify({ places, loads }));
};
main();
