// The static report: readable without this script, which adds filters, the viewer and the keyboard.
import { $, copyButton, icon, make, many, nameOf, say } from "./dom.js";
import { digestFact, fact, hole, part, paste, slots, stepDetails, written } from "./details.js";
import { capital, chosenIn, facet, facetBox, matching, readFacets, showCounts, valued, writeFacets } from "./facets.js";
import { zoomable } from "./zoom.js";

const { tiles, steps } = JSON.parse($("data").textContent);
const cards = tiles.map((_, n) => $(`p${n}`));
const marks = tiles.map((_, n) => document.querySelector(`.mark-of[data-n="${n}"]`));
const axes = [...new Set(tiles.flatMap((tile) => Object.keys(tile.axes)))];
const langs = new Map(tiles.map((tile) => [tile.locale, tile.lang]));
const facets = valued([
  facet("state", "State", (tile) => [tile.state]),
  facet("asset", "Asset", (tile) => [tile.asset]),
  ...axes.map((axis) => facet(`axis.${axis}`, capital(axis), (tile) => axis in tile.axes ? [tile.axes[axis]] : [])),
  facet("locale", "Locale", (tile) => (tile.locale ? [tile.locale] : []), (locale) => nameOf(langs.get(locale))),
  facet("tag", "Tag", (tile) => tile.tags),
], tiles);
const haystacks = tiles.map((tile) => [
  tile.variant, tile.alt, tile.reason, nameOf(tile.lang), ...tile.tags, ...tile.copy.flat(),
  ...tile.files.map((file) => `${file.path} ${file.sha256 ?? ""}`),
  ...tile.steps.map((n) => `${steps[n].prompt} ${steps[n].key ?? ""}`),
].join("\n").toLowerCase());
const viewer = $("viewer");
const zoom = zoomable($("stage"), $("zoom"));
let visible = tiles.map((_, n) => n);
let open = null;
let opener = null;

const apply = (address = true) => {
  const words = $("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  const { shown, counts } = matching(facets, tiles.length, (n) => words.every((word) => haystacks[n].includes(word)));
  visible = shown;
  const kept = new Set(visible);
  cards.forEach((card, n) => { card.hidden = !kept.has(n); });
  marks.forEach((mark, n) => mark?.classList.toggle("off", !kept.has(n)));
  for (const each of document.querySelectorAll(".row, .asset")) each.hidden = !each.querySelector(".card:not([hidden])");
  showCounts(facets, counts);
  const chosen = chosenIn(facets);
  $("chosen").textContent = chosen ? `${chosen} chosen` : "";
  $("showing").textContent = visible.length === tiles.length
    ? `All ${many(tiles.length, "picture")}` : `${visible.length} of ${many(tiles.length, "picture")}`;
  $("clear").hidden = !chosen && !words.length;
  $("nothing").hidden = visible.length > 0 || !tiles.length;
  if (address) writeAddress();
};

const clear = () => {
  $("search").value = "";
  for (const each of facets) each.chosen.clear();
  apply();
  $("search").focus();
};

// The address holds what is seen, so that a link shows another person the same.

const writeAddress = () => {
  const state = new URLSearchParams();
  if ($("search").value) state.set("q", $("search").value);
  writeFacets(facets, state);
  if (open !== null) state.set("open", tiles[open].variant);
  history.replaceState(null, "", `${state}` ? `#${state}` : location.pathname + location.search);
};

const readAddress = () => {
  if (/^#(p\d+|pictures|locales)$/.test(location.hash)) return;
  const state = new URLSearchParams(location.hash.slice(1));
  $("search").value = state.get("q") ?? "";
  readFacets(facets, state);
  const wanted = tiles.findIndex((tile) => tile.variant === state.get("open"));
  apply(false);
  if (wanted >= 0) show(wanted);
  else if (viewer.open) viewer.close();
  if (chosenIn(facets)) $("facets").open = true;
};

// The viewer

const fileFacts = (file) => {
  const name = file.href
    ? make("a", { href: file.href, target: "_blank", rel: "noopener" }, file.path, " ", icon("out"))
    : make("span", {}, `${file.path} (missing)`);
  return [...fact("file", name, copyButton("path", file.path)), ...digestFact("sha256", file.sha256)];
};

const facts = (tile) => {
  const chosen = Object.entries(tile.axes).flatMap(([axis, value]) => fact(axis, value));
  const name = nameOf(tile.lang);
  const locale = tile.locale ? fact("locale", name ? `${tile.locale} (${name})` : tile.locale) : [];
  const tags = tile.tags.length ? fact("tags", tile.tags.join(", ")) : [];
  return make("dl", {}, ...fact("size", tile.size), ...chosen, ...locale, ...tags, ...tile.files.flatMap(fileFacts));
};

const fillDetails = (tile) => {
  const alt = make("div", { class: "slots" }, written(tile, tile.alt));
  $("details").replaceChildren(
    ...(tile.reason ? [make("p", { class: `note ${tile.state}` }, tile.reason)] : []),
    facts(tile),
    ...(tile.copy.length ? part("Copy", slots(tile, tile.copy)) : []),
    ...(tile.alt ? part("Alt text", alt) : []),
    ...part("Why it is as it is", paste(tile.command)),
    ...(tile.steps.length ? part("Steps", make("div", {}, ...tile.steps.map((n) => stepDetails(steps[n])))) : []),
  );
  $("details").scrollTop = 0;
};

const fillStage = (n) => {
  const image = cards[n].querySelector("img");
  const { alt, lang, dir, files, state, variant } = tiles[n];
  zoom.reset();
  if (!image) {
    zoom.nothing(hole(state, files.some((file) => file.href) ? "no preview" : "missing"));
    return;
  }
  const [width, height] = ["width", "height"].map((name) => Number(image.getAttribute(name)) || image.naturalWidth);
  const large = make("img", { src: image.src, alt, lang, dir, width, height, draggable: "false" });
  zoom.show([make("div", { class: "sheet" }, large)], { width, height }, variant);
};

const show = (n) => {
  const tile = tiles[n];
  open = n;
  $("viewer-name").textContent = tile.variant;
  $("viewer-state").replaceChildren(make("span", { class: `state ${tile.state}` }, icon(tile.state), tile.state));
  const place = visible.indexOf(n);
  $("viewer-place").textContent = place < 0 ? "" : `${place + 1} of ${visible.length}`;
  $("previous").disabled = place <= 0;
  $("next").disabled = place < 0 || place === visible.length - 1;
  if (!viewer.open) {
    viewer.showModal();
    $("viewer-name").focus();
  }
  fillStage(n);
  fillDetails(tile);
  writeAddress();
};

const turn = (by) => {
  const n = visible[visible.indexOf(open) + by];
  if (n === undefined || open === null) return;
  const button = document.activeElement;
  show(n);
  if (button?.disabled) $("close").focus();
  say(tiles[n].variant);
};

const closed = () => {
  const back = open !== null && Number(opener?.dataset.n) !== open ? cards[open].querySelector(".open") : opener;
  open = null;
  writeAddress();
  back?.focus();
};

const pressed = (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  if (zoom.key(event.key)) event.preventDefault();
  else if (event.shiftKey) return;
  else if (event.key === "ArrowLeft") turn(-1);
  else if (event.key === "ArrowRight") turn(1);
  else return;
  event.preventDefault();
};

// The overview is one stop for the Tab key; arrows move inside it.

const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

const moveInTable = (event) => {
  const step = MOVES[event.key];
  const cell = event.target.closest("td");
  if (!step || !cell) return;
  event.preventDefault();
  const rows = [...event.currentTarget.rows];
  let [y, x] = [rows.indexOf(cell.parentElement) + step[0], cell.cellIndex + step[1]];
  for (; rows[y]?.cells[x]; y += step[0], x += step[1]) {
    const link = rows[y].cells[x].querySelector("a");
    if (!link) continue;
    event.currentTarget.querySelector('a[tabindex="0"]').tabIndex = -1;
    link.tabIndex = 0;
    link.focus();
    return;
  }
};

for (const table of document.querySelectorAll(".overview table")) {
  table.setAttribute("role", "grid");
  [...table.querySelectorAll("a")].forEach((link, n) => { link.tabIndex = n ? -1 : 0; });
  table.addEventListener("keydown", moveInTable);
}

// Start

const openByClick = (event) => {
  const link = event.target.closest("a[data-n]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  opener = link;
  show(Number(link.dataset.n));
};

const searchByKey = (event) => {
  if (event.key !== "/" || viewer.open || event.target.matches("input")) return;
  event.preventDefault();
  $("search").focus();
};

$("pictures").addEventListener("click", openByClick);
viewer.addEventListener("click", (event) => { if (event.target === viewer) viewer.close(); });
viewer.addEventListener("close", closed);
viewer.addEventListener("keydown", pressed);
$("close").addEventListener("click", () => viewer.close());
$("previous").addEventListener("click", () => turn(-1));
$("next").addEventListener("click", () => turn(1));
$("clear").addEventListener("click", clear);
$("search").addEventListener("input", () => apply());
document.addEventListener("keydown", searchByKey);
addEventListener("hashchange", readAddress);

const roomy = matchMedia("(min-width: 62rem)");
const openFacets = () => { $("facets").open = roomy.matches; };
roomy.addEventListener("change", openFacets);

for (const link of document.querySelectorAll("a[data-n]")) link.setAttribute("aria-haspopup", "dialog");
for (const name of document.querySelectorAll(".locale[data-lang]")) {
  const words = nameOf(name.dataset.lang);
  if (words) name.append(make("small", {}, words));
}
$("facet-list").append(...facets.map((each) => facetBox(each, apply)));
openFacets();
$("filters").hidden = $("bar").hidden = false;
readAddress();
apply(false);
