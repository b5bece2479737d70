// One picture, closely: the stage, its takes, what is known of it, and what can be done.
import { $, icon, make, say } from "./dom.js";
import { hole } from "./details.js";
import { ACTIONS } from "./actions.js";
import { makeCompare, sheetsOf } from "./compare.js";
import { looksOf, strip } from "./looks.js";
import { atWork } from "./model.js";
import { makeTabs } from "./panels.js";
import { get } from "./server.js";
import { speakFrom } from "./toast.js";
import { zoomable } from "./zoom.js";

const LEARN_AFTER = 250;

/**
 * The viewer. `order` returns the ids to turn through, `act` is the actor, `run` runs an action by its
 * name on looks, `turned` is told what is open (an id or null), `failed` is told of errors.
 */
export const makeViewer = ({ state, order, act, run, go, turned, failed }) => {
  const viewer = $("viewer");
  const zoom = zoomable($("stage"), $("zoom"));
  let id = null;
  let detail = null;
  let key = "";
  let sheets = [];
  let chosen = null;
  let staged = "";
  let learnt = "";
  let timer = 0;

  const row = () => state.rows.get(id);
  const looks = () => looksOf(row(), detail?.id === id ? detail : null);
  const look = () => looks().find((each) => each.key === key) ?? looks()[0] ?? null;
  const compare = makeCompare($("zoom"), () => stage());
  const tabs = makeTabs($("tabs"), $("details"), () => fill());

  const notes = {
    note: async (step, text) => {
      const shown = look();
      if (!text) return;
      if (await run("noted", [{ ...shown, step }], text)) {
        $("note-words").value = "";
        key = shown.key;
      }
      await learn();
    },
    unnote: async (note) => {
      await act.unnote(id, note);
      await learn();
    },
    writable: () => state.writable,
  };

  const fill = () => tabs.fill(row(), detail?.id === id ? detail : null, go, notes);

  /** Draw the stage, unless it shows just this already. */
  const stage = () => {
    const shown = look();
    if (!shown) {
      staged = "";
      zoom.nothing(hole(row().state, row().busy && atWork(state) ? "being made" : "missing"));
      return;
    }
    const others = looks().filter((each) => each.digest !== shown.digest);
    const other = compare.otherOf(others);
    compare.controls(others, () => sheets);
    const wanted = [id, shown.digest, shown.kind, other?.digest, compare.mode()].join(" ");
    if (wanted === staged) return;
    staged = wanted;
    sheets = sheetsOf(row(), shown, other, compare.mode());
    compare.place(sheets);
    zoom.show(sheets, row(), row().variant);
  };

  const chooseLook = (wanted) => {
    key = wanted;
    draw();
    $("takes").querySelector('[aria-pressed="true"]')?.focus();
    say(`${look().label}: ${look().about.join(", ")}`);
  };

  const takes = () => {
    const all = looks();
    $("takes").hidden = all.length < 2;
    const scroll = $("takes").scrollLeft;
    const had = $("takes").contains(document.activeElement);
    $("takes").replaceChildren(...(all.length ? strip(all, look(), chooseLook) : []));
    $("takes").scrollLeft = scroll;
    if (had) $("takes").querySelector('[aria-pressed="true"]')?.focus();
  };

  const head = () => {
    const now = row();
    const place = order().indexOf(id);
    $("viewer-name").textContent = now.variant;
    const verdict = now.verdict ? make("span", { class: "sign" }, icon(now.verdict === "pinned" ? "pin" : "accept"), now.verdict) : null;
    $("viewer-state").replaceChildren(...[make("span", { class: `state ${now.state}` }, icon(now.state), now.busy && atWork(state) ? "being made" : now.state), verdict].filter(Boolean));
    $("viewer-place").textContent = place < 0 ? "" : `${place + 1} of ${order().length}`;
    $("previous").disabled = place <= 0;
    $("next").disabled = place < 0 || place === order().length - 1;
  };

  const acts = () => {
    const shown = look();
    const buttons = ACTIONS.map(({ name, key: letter, label, decides, sign = name }) => {
      const off = name === "choose" ? shown?.kind !== "take" || shown.stands : decides && shown?.kind !== "picture";
      const words = name === "pin" && row().verdict === "pinned" ? "Let go" : label;
      return make("button", { type: "button", "data-act": name, "aria-disabled": off ? "true" : undefined, "aria-keyshortcuts": letter, onclick: () => press(name) },
        icon(sign), make("span", {}, words), make("kbd", { "aria-hidden": "true" }, letter));
    });
    const focused = document.activeElement?.dataset?.act;
    $("acts").hidden = !state.writable;
    $("acts").replaceChildren(...buttons);
    if (focused) $("acts").querySelector(`[data-act="${focused}"]`)?.focus();
  };

  const draw = () => {
    if (chosen?.key === key && chosen.was !== row().digest) {
      key = "";
      chosen = null;
    }
    head();
    stage();
    takes();
    acts();
    fill();
    if (viewer.open && document.activeElement === document.body) $("viewer-name").focus();
  };

  /** Fetch what is known of the picture, and write it if it is still the one that is open. */
  const learn = async () => {
    const asked = id;
    try {
      const found = await get(`/detail?id=${encodeURIComponent(asked)}`);
      if (asked !== id) return;
      const known = JSON.stringify(found);
      if (known === learnt) return;
      learnt = known;
      detail = found;
      draw();
    } catch (error) {
      if (asked === id) failed(error);
    }
  };

  /** Do something about what is looked at; a take that was chosen is looked at until the picture is it. */
  const press = async (name) => {
    const about = [look() ?? { kind: "picture", digest: null, id, row: row() }];
    if (name === "note") {
      tabs.choose("notes");
      $("note-words")?.focus();
      if (about[0].kind !== "picture" && chosen?.key !== key) run("note", about);
      return;
    }
    const was = row().digest;
    const done = await run(name, about);
    if (!done || name !== "choose" || about[0].id !== id) return;
    chosen = { key: about[0].key, was };
    draw();
  };

  const show = (wanted) => {
    if (!state.rows.has(wanted)) return;
    const another = wanted !== id;
    id = wanted;
    if (another) {
      key = learnt = "";
      chosen = null;
      zoom.reset();
    }
    if (!viewer.open) {
      viewer.showModal();
      speakFrom(viewer);
      $("viewer-name").focus();
    }
    draw();
    if (another) learn();
    turned(id);
  };

  const turn = (by) => {
    const next = order()[order().indexOf(id) + by];
    if (next === undefined) return;
    const button = document.activeElement;
    show(next);
    if (button?.disabled) $("close").focus();
    say(row().variant);
  };

  const turnLook = (by) => {
    const all = looks();
    const next = all[all.findIndex((each) => each.key === look()?.key) + by];
    if (next) chooseLook(next.key);
  };

  /** Learn again when nothing more happens: a new take changes no row. */
  const soon = () => {
    clearTimeout(timer);
    if (["watching", "broken", "paused"].includes(state.status?.phase)) timer = setTimeout(() => id && learn(), LEARN_AFTER);
  };

  /** Write what changed; a picture that is gone closes the viewer. */
  const changed = (ids, arranged) => {
    if (id === null) return;
    if (!row()) {
      viewer.close();
      return;
    }
    if (ids.has(id)) draw();
    else if (arranged) head();
    soon();
  };

  const KEYS = { ArrowLeft: () => turn(-1), ArrowRight: () => turn(1), "[": () => turnLook(-1), "]": () => turnLook(1), v: () => compare.turn() };

  const pressed = (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.matches("textarea, select, input:not([type=range])")) return;
    const action = ACTIONS.find((each) => each.key === event.key);
    if (event.target.matches("input[type=range]") && event.key.startsWith("Arrow")) return;
    if (zoom.key(event.key)) event.preventDefault();
    else if (KEYS[event.key]) KEYS[event.key]();
    else if (action && state.writable) press(action.name);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  viewer.addEventListener("keydown", pressed);
  viewer.addEventListener("click", (event) => { if (event.target === viewer) viewer.close(); });
  viewer.addEventListener("close", () => {
    const was = id;
    id = detail = null;
    staged = learnt = "";
    turned(null, was);
  });
  $("close").addEventListener("click", () => viewer.close());
  $("previous").addEventListener("click", () => turn(-1));
  $("next").addEventListener("click", () => turn(1));

  return { show, changed, renew: () => (id ? learn() : undefined), close: () => viewer.close(), open: () => id };
};
