// What stands beside a picture, in tabs: why, words, steps, notes, history.
import { copyButton, make, nameOf, language } from "./dom.js";
import { digestFact, fact, part, paste, promptBox, slots, stepDetails } from "./details.js";
import { differences } from "./diff.js";
import { personOf, timeOf } from "./looks.js";
import { centsUp, price } from "./model.js";

const reasonsOf = (row, detail) => {
  const reasons = detail?.reasons ?? [];
  return reasons.some((each) => each.includes(row.reason)) ? reasons : [row.reason, ...reasons].filter(Boolean);
};

const factsOf = (row, detail) => {
  const axes = Object.entries(row.axes).flatMap(([axis, value]) => fact(axis, value));
  const name = nameOf(row.lang);
  const locale = row.locale ? fact("locale", name ? `${row.locale} (${name})` : row.locale) : [];
  const files = (detail?.files ?? row.paths.map((path) => ({ path }))).flatMap((file) =>
    [...fact("file", make("span", {}, file.path), copyButton("path", file.path)), ...digestFact("sha256", file.sha256)]);
  return make("dl", {}, ...fact("size", `${row.width}×${row.height}`), ...axes, ...locale,
    ...(row.tags.length ? fact("tags", row.tags.join(", ")) : []),
    ...(row.cost ? fact("making it costs", price(row.cost)) : []), ...files);
};

const why = (row, detail, go) => {
  const reasons = reasonsOf(row, detail);
  const problem = row.problem ? [make("p", { class: "note missing" }, row.problem)] : [];
  const edit = row.locale
    ? make("p", {}, make("button", { type: "button", class: "quiet", onclick: () => go(`texts=${encodeURIComponent(row.locale)}`) }, `Edit the texts of ${row.locale}`)) : null;
  const copy = detail?.copy.length ? [...part("Copy", slots(row, detail.copy)), edit] : [];
  return [
    ...problem,
    ...(reasons.length ? [make("ul", { class: `note ${row.state}` }, ...reasons.map((each) => make("li", {}, each)))] : []),
    factsOf(row, detail), ...copy,
    ...(row.alt ? part("Alt text", make("div", { class: "slots" }, make("p", language(row.lang, row.dir), row.alt))) : []),
    ...(detail ? part("In the terminal", paste(detail.command)) : []),
  ].filter(Boolean);
};

const NAMES = { same: "span", del: "del", ins: "ins" };

/** A prompt beside the one before: what is gone and what is new. */
const promptDiff = ({ step, before, after }) => {
  if (before === null || before === after) return [make("h3", {}, step), promptBox(step, after)];
  const runs = differences(before, after).map(([kind, text]) => make(NAMES[kind], {}, text));
  const label = `What changed in the prompt of ${step}`;
  const box = make("div", { class: "prompt" }, make("pre", { dir: "auto", tabindex: 0, role: "region", "aria-label": label }, ...runs), copyButton("rendered prompt", after));
  return [make("h3", {}, `${step}: changed since the picture was made`), box];
};

const words = (row, detail) => detail.prompts.length
  ? detail.prompts.flatMap(promptDiff) : [make("p", { class: "soft" }, "No step has a prompt.")];

const steps = (row, detail) => part("Steps", make("div", {}, ...detail.steps.map((step) => stepDetails({ ...step, prompt: "", cost: step.cost && centsUp(step.cost) }))));

const history = (row, detail) => detail.history.length
  ? [make("ol", { class: "history" }, ...detail.history.map((each) =>
    make("li", {}, make("b", {}, each.what), each.step ? ` ${each.step}` : "", make("small", {}, each.by ? `by ${personOf(each.by)} · ` : "", timeOf(each.at)))))]
  : [make("p", { class: "soft" }, "Nobody has decided about it yet.")];

const noted = (note, act) => make("li", {}, make("p", { dir: "auto" }, note.note),
  make("small", {}, `${note.step}${note.about ? ` · ${note.about}` : ""}`),
  make("button", { type: "button", class: "quiet", onclick: () => act.unnote(note) }, "Remove"));

const noteForm = (row, detail, act) => {
  const field = make("textarea", { id: "note-words", dir: "auto", rows: 3, "aria-describedby": "note-about" });
  const drawn = [...new Set(detail.prompts.map((each) => each.step))];
  const step = make("select", { "aria-label": "Step" }, ...drawn.map((each) => make("option", { value: each, selected: each === row.step }, each)));
  const save = () => act.note(step.value || row.step, field.value.trim());
  field.addEventListener("keydown", (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) save(); });
  const about = "The next build asks for this as an edit on top of the picture.";
  return [
    make("label", { class: "field" }, make("span", {}, "What should change?"), field),
    make("p", { id: "note-about", class: "soft" }, row.cost ? `${about} Making it costs ${price(row.cost)}.` : about),
    make("div", { class: "answers" }, drawn.length > 1 ? step : null, make("button", { type: "button", class: "primary", onclick: save }, "Save note")),
  ];
};

const notes = (row, detail, go, act) => [
  ...((detail.notes ?? []).length ? [make("ul", { class: "notes" }, ...detail.notes.map((each) => noted(each, act)))] : []),
  ...(act.writable() ? noteForm(row, detail, act) : []),
];

export const TABS = [["why", "Why", why], ["words", "Prompt", words], ["steps", "Steps", steps], ["notes", "Notes", notes], ["history", "History", history]];

/** The tabs of a viewer; `told` is called when a person opens another. */
export const makeTabs = (list, panel, told) => {
  let open = "why";
  const buttons = TABS.map(([name, label]) => make("button", {
    type: "button", role: "tab", id: `tab-${name}`, "aria-controls": panel.id, onclick: () => choose(name),
  }, label));

  const mark = () => {
    buttons.forEach((button, n) => {
      const on = TABS[n][0] === open;
      button.setAttribute("aria-selected", String(on));
      button.tabIndex = on ? 0 : -1;
    });
    panel.setAttribute("aria-labelledby", `tab-${open}`);
  };

  const choose = (name) => {
    open = name;
    mark();
    panel.scrollTop = 0;
    told();
  };

  list.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    const n = (TABS.findIndex(([name]) => name === open) + by + TABS.length) % TABS.length;
    choose(TABS[n][0]);
    buttons[n].focus();
  });
  list.replaceChildren(...buttons);
  mark();

  /** Write the open tab for a picture; a note that is being written stays. */
  const fill = (row, detail, go, act) => {
    const writing = panel.querySelector("textarea");
    const draft = writing && panel.dataset.id === row.id ? writing.value : "";
    const had = writing && document.activeElement === writing;
    const scroll = panel.dataset.id === row.id ? panel.scrollTop : 0;
    const written = TABS.find(([name]) => name === open)[2];
    panel.replaceChildren(...(detail || open === "why" ? written(row, detail, go, act) : [make("p", { class: "soft" }, "Looking …")]));
    panel.dataset.id = row.id;
    panel.scrollTop = scroll;
    const field = panel.querySelector("textarea");
    if (field) field.value = draft;
    if (field && had) field.focus();
  };

  return { fill, choose, open: () => open };
};
