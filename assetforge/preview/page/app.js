// The preview: the grid, the viewer, the status and the keyboard, and how they hear of each other.
import { $, icon, make, say } from "./dom.js";
import { ACTIONS, makeActor } from "./actions.js";
import { askHelp } from "./ask.js";
import { makeBulk } from "./bulk.js";
import { makeFilters } from "./filters.js";
import { makeFocus } from "./focus.js";
import { makeGrid } from "./grid.js";
import { follower, hear } from "./live.js";
import { atWork, isDraft, merge, nothingYet, price, shownDigest } from "./model.js";
import { get, post } from "./server.js";
import { failures, makeStatus } from "./status.js";
import { makeLocales } from "./texts-locales.js";
import { openTexts } from "./texts.js";
import { toast } from "./toast.js";
import { makeViewer } from "./viewer.js";

const state = nothingYet();
const status = makeStatus(state);
const focus = makeFocus();
const locales = makeLocales({ state, get });
let texts = null;
let ready = false;
let reading = false;
let heardOf = -1;
let worked = false;
let failing = -1;
let returning = false;

const failed = (error) => {
  if (error.status === 0) connection(false);
  else toast(error.status === 401 ? "The preview was started anew: open the address it printed." : error.message, "refused");
};

// What is shown

const filters = makeFilters(state, () => {
  show();
  writeAddress();
});

const bulk = makeBulk({
  state, shown: () => filters.shown(), order: () => grid.order(),
  run: (name) => run(name), marked: () => grid.mark(),
});

const grid = makeGrid($("grid"), { chosen: bulk.chosen, working: () => atWork(state), moved: (ids) => { if (!viewer.open()) focus.look(ids); } });

const empty = (shown) => {
  const { status: now, order } = state;
  $("nothing").hidden = shown.length > 0 || !now;
  const [title, words] = order.length
    ? ["No picture matches", "Take a filter away, or search for another word."]
    : ["No pictures yet", now?.problems.length ? "What is wrong stands above." : "The pipeline file names none, or they are still being planned."];
  $("nothing").replaceChildren(make("h2", {}, title), make("p", {}, words));
};

const show = () => {
  const shown = filters.apply();
  bulk.keep(shown.map((row) => row.id));
  grid.show(shown);
  empty(shown);
};

// The address holds what is seen, so that a link shows another person the same.

const writeAddress = (write = "replaceState", about = history.state) => {
  if (!ready) return;
  const address = new URLSearchParams();
  filters.write(address);
  if (viewer.open()) address.set("open", viewer.open());
  if (texts) address.set("texts", texts.locale);
  history[write](about, "", `${address}` ? `#${address}` : location.pathname + location.search);
};

const address = () => new URLSearchParams(location.hash.slice(1));

const readAddress = () => {
  if (location.hash === "#pictures") return;
  const wanted = address();
  filters.read(wanted);
  show();
  showTexts(wanted.get("texts"));
  const open = wanted.get("open");
  reading = true;
  if (state.rows.has(open)) viewer.show(open);
  else if (viewer.open()) viewer.close();
  reading = false;
};

/** Marks the entry of the history that the viewer has of its own. */
const OPENED = "viewer";

/** The viewer is an entry of the history: going back closes it, and closing it goes back. */
const turnAddress = (id) => {
  if (reading) return;
  if (id && !address().has("open")) writeAddress("pushState", OPENED);
  else if (!id && history.state === OPENED && address().has("open")) {
    returning = true;
    history.back();
  } else writeAddress();
};

/** Come to another entry; where the page itself went back, all is as it should be. */
const landed = () => {
  if (!returning) {
    readAddress();
    return;
  }
  returning = false;
  if (viewer.open()) writeAddress("pushState", OPENED);
};

/** Go to another place of the page, such as `texts=de` or `open=out/de/banner`; the filters stay. */
const go = (hash) => {
  if (viewer.open()) viewer.close();
  const address = new URLSearchParams();
  filters.write(address);
  for (const [name, value] of new URLSearchParams(hash)) address.set(name, value);
  history.pushState(address.has("open") ? OPENED : null, "", `#${address}`);
  readAddress();
};

// The texts of a locale, in the place of the grid

const showTexts = (locale) => {
  if (texts?.locale === locale) return;
  texts?.desk.close();
  texts = null;
  $("texts").replaceChildren();
  $("texts").hidden = !locale;
  $("pictures").hidden = $("filters").hidden = Boolean(locale);
  $("locale-desk").value = "";
  if (!locale) return;
  const body = make("div", {});
  const back = make("button", { type: "button", class: "quiet", onclick: () => go("") }, icon("previous"), "Pictures");
  const pick = locales.pick(locale);
  pick.addEventListener("change", () => go(`texts=${encodeURIComponent(pick.value)}`));
  $("texts").append(make("div", { class: "bar" }, back, pick), body);
  locales.count();
  texts = { locale, desk: openTexts(body, { locale, state, post, get, go, icon, make, say }) };
  $("texts").focus({ preventScroll: true });
  scrollTo(0, 0);
};

const listLocales = () => {
  $("locale-desk").closest("label").hidden = !state.locales.length;
  locales.show();
  if (texts) locales.soon();
};

// What can be done

const actor = makeActor({
  outdated: async () => {
    await follow(-1);
    viewer.renew();
  },
});

const lookOf = (row) => ({ id: row.id, kind: isDraft(row) ? "draft" : "picture", digest: shownDigest(row), step: "", row });

/** The looks an action is about: what is open, or chosen, or focused in the grid. */
const subjects = () => {
  if (bulk.rows().length) return bulk.rows().map(lookOf);
  const id = grid.focused();
  return id ? [lookOf(state.rows.get(id))] : [];
};

const run = async (name, looks = subjects(), text = "") => {
  if (name === "undo") return actor.undo();
  if (!state.writable) return false;
  if (!looks.length) {
    if (name === "build" || name === "draft") return actor[name](null);
    toast("Choose a picture first.", "refused");
    return false;
  }
  if (name === "noted") return actor.note(looks[0], text);
  if (name === "note" && looks[0].kind !== "picture") {
    toast("A note is about a picture that is there: build it first, or look at the picture instead of its draft.", "refused");
    return false;
  }
  if (name === "note" || name === "choose" && !viewer.open()) {
    viewer.show(looks[0].id);
    return false;
  }
  return actor[name](looks);
};

const viewer = makeViewer({
  state, run, go, failed, act: actor, order: () => grid.order(),
  turned: (id, was) => {
    turnAddress(id);
    focus.look(id ? [id] : grid.inView());
    if (!id && was && !$("pictures").hidden) grid.focus(was);
  },
});

const commands = () => {
  const { status: now, writable } = state;
  const cost = now?.cost ? ` · ${price(now.cost)}` : "";
  const stale = now?.stale ?? 0;
  const button = (name, words, off, pressed) => make("button", { type: "button", class: name === "build" ? "primary" : "quiet", "data-act": name, "aria-label": words, disabled: off, onclick: pressed },
    icon(name), make("span", {}, words));
  const focused = $("commands").contains(document.activeElement) ? document.activeElement.dataset.act : null;
  const all = [
    button("draft", "Draft", !stale, () => actor.draft(null)),
    button("build", stale ? `Build ${stale}${cost}` : "Build", !stale || ["building", "broken"].includes(now.phase), () => actor.build(null)),
  ];
  const help = make("button", { type: "button", class: "round", "data-act": "help", "aria-label": "Keys", title: "Keys (?)", onclick: () => askHelp() }, icon("help"));
  $("commands").replaceChildren(...(writable ? all : [make("span", { class: "tag" }, "Read only")]), help);
  if (focused) $("commands").querySelector(`[data-act="${focused}"]`)?.focus();
};

const KEYS = { "/": () => $("search").focus(), "?": () => askHelp(), Escape: () => bulk.clear() };

const pressed = (event) => {
  const typing = event.target.matches("input:not([type=checkbox]), textarea, select");
  if (event.key === "?" && !typing && !$("ask").open) {
    event.preventDefault();
    askHelp();
    return;
  }
  if (typing || event.altKey || event.ctrlKey || event.metaKey || document.querySelector("dialog[open]") || texts) return;
  const action = ACTIONS.find((each) => each.key === event.key);
  if (event.key === " " && grid.focused() && event.target.matches(".open")) bulk.toggle(grid.focused(), !bulk.chosen.has(grid.focused()), event.shiftKey);
  else if (event.key === "Escape" && bulk.chosen.size) KEYS.Escape();
  else if (event.key !== "Escape" && KEYS[event.key]) KEYS[event.key]();
  else if (action) run(action.name);
  else return;
  event.preventDefault();
};

// News

const busy = () => [...state.rows.values()].filter((row) => row.busy).map((row) => row.id);

/** Note whether the preview is there; what is busy is written anew when that, or the phase, says otherwise. */
const connection = (now) => {
  status.connection(now);
  if (atWork(state) === worked) return;
  worked = atWork(state);
  if (!ready) return;
  const ids = new Set(busy());
  filters.refresh();
  grid.update(state.rows, ids);
  viewer.changed(ids, false);
};

/** Say once that more pictures failed than before. */
const listenForFailures = () => {
  if (state.status?.phase !== "watching") return;
  const now = failures(state);
  if (failing >= 0 && now > failing) toast(`${now} failed; their pictures say why.`, "refused");
  failing = now;
};

const fetched = (document) => {
  const { changed, arranged } = merge(state, document);
  connection(true);
  window.document.title = state.title || "assetforge";
  $("title").textContent = state.title;
  $("profile").textContent = state.profile;
  $("profile").hidden = !state.profile;
  status.show();
  commands();
  listen();
  listenForFailures();
  listLocales();
  const before = new Set(grid.order());
  const shown = filters.refresh().map((row) => row.id);
  const same = !arranged && shown.length === before.size && shown.every((id) => before.has(id));
  if (ready && same) grid.update(state.rows, changed);
  else if (ready) show();
  bulk.keep(shown);
  empty(shown);
  if (ready) viewer.changed(changed, arranged);
  texts?.desk.changed(state);
  if (!ready) {
    ready = true;
    readAddress();
    window.document.body.classList.add("ready");
  }
};

/** Say what came of what somebody asked for, once. */
const listen = () => {
  const { told = "", tellings = 0 } = state.status ?? {};
  if (tellings > heardOf && heardOf >= 0) toast(told, told.startsWith("assetforge:") ? "refused" : "done");
  heardOf = tellings;
};

const follow = follower({ get, fetched, failed, version: () => state.version });

const heard = (message) => {
  if (message.kind === "lost") connection(false);
  if (message.kind === "open") {
    connection(true);
    follow(-1);
    focus.again();
  }
  if (message.kind !== "changed") return;
  const { version, status: now } = message.news;
  if (now) state.status = now;
  connection(true);
  commands();
  listen();
  if (version !== state.version) follow(version);
  else viewer.changed(new Set(), false);
};

// Start

const openByClick = (event) => {
  const link = event.target.closest(".open");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    viewer.show(link.closest(".card").dataset.id);
  }
  if (event.target.matches(".pick input")) bulk.toggle(event.target.closest(".card").dataset.id, event.target.checked, event.shiftKey);
};

const roomy = matchMedia("(min-width: 62rem)");
const openFacets = () => { $("facets").open = roomy.matches; };
roomy.addEventListener("change", openFacets);
openFacets();
$("grid").addEventListener("click", openByClick);
$("search").addEventListener("input", () => { show(); writeAddress(); });
$("clear").addEventListener("click", () => { filters.clear(); show(); writeAddress(); $("search").focus(); });
$("choose-all").addEventListener("click", bulk.all);
locales.keep($("locale-desk"), "Texts of …");
$("locale-desk").addEventListener("change", (event) => { if (event.target.value) go(`texts=${encodeURIComponent(event.target.value)}`); });
document.addEventListener("keydown", pressed);
addEventListener("popstate", landed);
$("failed").addEventListener("click", () => {
  filters.read(new URLSearchParams("now=failed"));
  go("");
});
hear(heard);
follow(-1);
