// Which pictures are shown: facets with counts, and a search that reads selectors as the command line does.
import { $, copyButton, make, many, nameOf } from "./dom.js";
import { capital, chosenIn, facet, facetBox, matching, readFacets, showCounts, valued, writeFacets } from "./facets.js";
import { atWork, haystack } from "./model.js";
import { chooses, commandLine, readSearch } from "./selectors.js";

const axisFacet = (axis) =>
  facet(`axis.${axis}`, capital(axis), (row) => (axis in row.axes ? [row.axes[axis]] : []));

const facetsOf = (state) => {
  const names = new Map(state.locales.map((locale) => [locale.id, locale.name || nameOf(locale.lang)]));
  return [
    facet("state", "State", (row) => [row.state]),
    facet("asset", "Asset", (row) => [row.asset]),
    ...state.axes.map(axisFacet),
    facet("locale", "Locale", (row) => (row.locale ? [row.locale] : []), (locale) => names.get(locale) ?? ""),
    facet("tag", "Tag", (row) => row.tags),
    facet("verdict", "Decision", (row) => [row.verdict || "undecided"]),
    facet("checks", "Checks", (row) => (row.checks ? [row.checks] : [])),
    facet("now", "Now", (row) => [row.draft && "draft", row.busy && atWork(state) && "being made", row.problem && "failed", row.cost && "costs"].filter(Boolean)),
  ];
};

const keyOf = (facets) => JSON.stringify(facets.map((each) => [each.key, each.values]));

/** The filters of a state; `changed` is called when a person changes them. */
export const makeFilters = (state, changed) => {
  const search = $("search");
  let facets = [];
  const hay = new Map();
  let rows = [];
  let shown = [];

  const takeOver = (fresh) => {
    for (const each of fresh) {
      const before = facets.find((old) => old.key === each.key);
      if (before) each.chosen = before.chosen;
    }
    return fresh;
  };

  /** Renew the facets; the check boxes stay where the values are the same. */
  const rebuild = () => {
    const fresh = valued(takeOver(facetsOf(state)), rows);
    if (keyOf(fresh) === keyOf(facets)) {
      facets.forEach((each, n) => { each.has = fresh[n].has; });
      return;
    }
    facets = fresh;
    $("facet-list").replaceChildren(...facets.map((each) => facetBox(each, changed)));
  };

  const text = (row) => {
    if (hay.get(row.id)?.row !== row) hay.set(row.id, { row, words: haystack(row) });
    return hay.get(row.id).words;
  };

  const tell = (words) => {
    const chosen = chosenIn(facets);
    $("chosen").textContent = chosen ? `${chosen} chosen` : "";
    $("showing").textContent = shown.length === rows.length
      ? `All ${many(rows.length, "picture")}` : `${shown.length} of ${many(rows.length, "picture")}`;
    $("clear").hidden = !chosen && !words;
    $("choose-all").hidden = !shown.length || !state.writable;
    $("choose-all").textContent = `Choose ${shown.length === rows.length ? "all" : `these ${shown.length}`}`;
  };

  const command = () => {
    const tags = [...(facets.find((each) => each.key === "tag")?.chosen ?? [])];
    const line = commandLine(rows, new Set(shown.map((row) => row.id)), state.flags, tags);
    $("command").hidden = !line;
    $("command").replaceChildren(make("span", { class: "code" }, line), copyButton("command", line));
  };

  /** Find the pictures that match, in their order. */
  const apply = () => {
    const { selectors, words } = readSearch(search.value, rows);
    const accepts = (n) => words.every((word) => text(rows[n]).includes(word)) &&
      (!selectors.length || selectors.some((each) => chooses(each, rows[n])));
    const found = matching(facets, rows.length, accepts);
    shown = found.shown.map((n) => rows[n]);
    showCounts(facets, found.counts);
    tell(search.value.trim());
    command();
    return shown;
  };

  /** Take over rows that changed. */
  const refresh = () => {
    rows = state.order.map((id) => state.rows.get(id));
    rebuild();
    return apply();
  };

  const clear = () => {
    search.value = "";
    for (const each of facets) each.chosen.clear();
  };

  const write = (address) => {
    if (search.value) address.set("q", search.value);
    writeFacets(facets, address);
  };

  const read = (address) => {
    search.value = address.get("q") ?? "";
    readFacets(facets, address);
    $("facets").open ||= chosenIn(facets) > 0 && matchMedia("(min-width: 62rem)").matches;
  };

  return { apply, refresh, clear, write, read, shown: () => shown };
};
