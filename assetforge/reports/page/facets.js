// Filters: a facet is a property of a picture; the values chosen in one facet are alternatives.
import { icon, make } from "./dom.js";

export const STATES = ["current", "stale", "edited", "missing"];

/** A facet: `of` returns the values of one picture, `names` what a value is called besides. */
export const facet = (key, label, of, names = () => "") => ({ key, label, of, names, chosen: new Set() });

export const capital = (word) => word.charAt(0).toUpperCase() + word.slice(1);

/** Find the values of each facet among the pictures; returns the facets that are worth a filter. */
export const valued = (facets, pictures) => {
  for (const each of facets) {
    each.has = pictures.map(each.of);
    each.values = [...new Set(each.has.flat())];
    if (each.key === "state") each.values.sort((a, b) => STATES.indexOf(a) - STATES.indexOf(b));
  }
  return facets.filter((each) => each.values.length > 1 || each.chosen.size || each.key === "tag" && each.values.length);
};

const passes = (each, n) => !each.chosen.size || each.has[n].some((value) => each.chosen.has(value));

const add = (counts, each, n) => {
  const of = counts.get(each);
  for (const value of each.has[n]) of.set(value, (of.get(value) ?? 0) + 1);
};

/** Return which pictures match, and for each facet how many a value would show beside the other facets. */
export const matching = (facets, count, accepts) => {
  const shown = [];
  const counts = new Map(facets.map((each) => [each, new Map()]));
  for (let n = 0; n < count; n += 1) {
    if (!accepts(n)) continue;
    const against = facets.filter((each) => !passes(each, n));
    if (!against.length) shown.push(n);
    if (!against.length) for (const each of facets) add(counts, each, n);
    if (against.length === 1) add(counts, against[0], n);
  }
  return { shown, counts };
};

const choiceRow = (each, value, changed) => {
  const box = make("input", { type: "checkbox", name: each.key, value });
  box.addEventListener("change", () => {
    each.chosen[box.checked ? "add" : "delete"](value);
    changed();
  });
  const words = make("span", {}, value);
  if (each.names(value)) words.append(make("small", {}, ` ${each.names(value)}`));
  const output = make("output");
  const mark = each.key === "state" ? icon(value) : null;
  return { box, output, label: make("label", { class: "choice" }, box, mark, words, output) };
};

/** The check boxes of one facet. */
export const facetBox = (each, changed) => {
  each.rows = new Map(each.values.map((value) => [value, choiceRow(each, value, changed)]));
  const rows = [...each.rows.values()].map((row) => row.label);
  return make("fieldset", {}, make("legend", {}, each.label), make("div", { class: "choices" }, ...rows));
};

/** Write how many pictures each choice shows, and which choices are made. */
export const showCounts = (facets, counts) => {
  for (const each of facets) {
    for (const [value, row] of each.rows) {
      const count = counts.get(each).get(value) ?? 0;
      row.output.textContent = count;
      row.box.checked = each.chosen.has(value);
      row.label.classList.toggle("none", !count);
    }
  }
};

export const chosenIn = (facets) => facets.reduce((sum, each) => sum + each.chosen.size, 0);

/** Put the choices into an address, and take them out of one. */
export const writeFacets = (facets, address) => {
  for (const each of facets) for (const value of each.chosen) address.append(each.key, value);
};

export const readFacets = (facets, address) => {
  for (const each of facets) each.chosen = new Set(address.getAll(each.key).filter((value) => each.values.includes(value)));
};
