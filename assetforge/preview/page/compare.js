// Two pictures at once: side by side, behind a slider, through each other, or what differs.
import { make } from "./dom.js";
import { picture } from "./server.js";

export const MODES = [["one", "One"], ["side", "Side by side"], ["slider", "Slider"], ["onion", "Onion skin"], ["difference", "Difference"]];

const RANGES = { slider: "Before and after", onion: "How much shines through" };

const imageOf = (row, look) => make("img", {
  src: picture(look.digest), alt: look.kind === "picture" ? row.alt : `${look.label}: ${row.alt}`, lang: row.lang, dir: row.dir,
  width: row.width, height: row.height, draggable: "false", "data-digest": look.digest,
});

const sheet = (mode, ...images) => make("div", { class: `sheet ${mode}` }, ...images);

const badged = (element, look, second = false) => {
  const name = look.kind === "draft" ? "Draft" : look.label;
  element.append(make("b", { class: `badge ${second ? "second" : ""} ${look.kind === "draft" ? "" : "plain"}` }, name));
  return element;
};

/** The sheets of a mode: `look` is what is looked at, `other` what it is compared with. */
export const sheetsOf = (row, look, other, mode) => {
  if (mode === "one" || !other) {
    const only = sheet("one", imageOf(row, look));
    return [look.kind === "draft" ? badged(only, look) : only];
  }
  if (mode === "side") return [badged(sheet("one beside-it", imageOf(row, other)), other), badged(sheet("one beside-it", imageOf(row, look)), look)];
  const both = sheet(mode, imageOf(row, look), imageOf(row, other));
  return [mode === "difference" ? both : badged(badged(both, other), look, true)];
};

const range = (mode, part, changed) => {
  const field = make("input", { type: "range", min: 0, max: 100, value: part(), class: "part", "aria-label": RANGES[mode] });
  field.addEventListener("input", () => changed(Number(field.value)));
  return field;
};

/** The controls: how to compare, with what, and how far. `told` is called when something else is to be shown. */
export const makeCompare = (tools, told) => {
  const state = { mode: "one", other: "", part: 50 };
  const box = make("div", { class: "compare" });
  tools.prepend(box);

  const place = (sheets) => {
    for (const each of sheets) each.style.setProperty("--part", `${state.part}%`);
  };

  const modeButton = ([mode, label], off) => make("button", {
    type: "button", "aria-pressed": String(state.mode === mode), disabled: off && mode !== "one",
    onclick: () => { state.mode = mode; told(); },
  }, label);

  /** Write the controls for what there is to compare with; returns the other look, or null. */
  const controls = (others, sheets) => {
    const focused = box.contains(document.activeElement) ? document.activeElement.textContent : null;
    const buttons = MODES.map((each) => modeButton(each, !others.length));
    const parts = [make("div", { class: "modes", role: "group", "aria-label": "Compare" }, ...buttons)];
    if (state.mode !== "one" && others.length) {
      const choice = make("select", { "aria-label": "Compare with" }, ...others.map((each) =>
        make("option", { value: each.key, selected: each.key === state.other }, each.label)));
      choice.addEventListener("change", () => { state.other = choice.value; told(); });
      parts.push(make("label", { class: "with" }, make("span", {}, "with"), choice));
    }
    if (RANGES[state.mode] && others.length) {
      parts.push(range(state.mode, () => state.part, (part) => { state.part = part; place(sheets()); }));
    }
    box.replaceChildren(...parts);
    if (focused) buttons.find((each) => each.textContent === focused)?.focus();
  };

  const otherOf = (others) => {
    const found = others.find((each) => each.key === state.other) ?? others[0] ?? null;
    state.other = found?.key ?? "";
    return state.mode === "one" ? null : found;
  };

  const turn = () => {
    const names = MODES.map(([mode]) => mode);
    state.mode = names[(names.indexOf(state.mode) + 1) % names.length];
    told();
  };

  return { controls, otherOf, place, turn, mode: () => state.mode };
};
