// Questions before something happens: what it costs, how many, whether they are sure.
import { $, make } from "./dom.js";
import { centsDown, centsUp, price } from "./model.js";

/** Open a dialog that shuts with an answer; null when it is left. `build` fills it and gets `answer`. */
const question = (title, build, leaving = "Cancel") => new Promise((settle) => {
  const dialog = $("ask");
  const before = document.activeElement;
  let answer = null;
  const done = (given) => {
    answer = given;
    dialog.close();
  };
  const leave = make("button", { type: "button", class: "quiet", onclick: () => dialog.close() }, leaving);
  const { content, yes = null } = build(done);
  dialog.replaceChildren(make("h2", { id: "ask-title" }, title), ...content, make("div", { class: "answers" }, ...[leave, yes].filter(Boolean)));
  const closed = () => {
    dialog.removeEventListener("close", closed);
    if (before?.isConnected) before.focus({ preventScroll: true });
    settle(answer);
  };
  dialog.addEventListener("close", closed);
  dialog.showModal();
  (dialog.querySelector("input") ?? yes ?? leave).focus();
});

const yesButton = (words, pressed) => make("button", { type: "button", class: "primary", onclick: pressed }, words);

const onEnter = (field, pressed) => field.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault(); // the dialog closes, and the key would press what gets the focus back
  pressed();
});

const spending = (most) => `Spend up to $${centsUp(most)}?`;

const capital = (words) => words.charAt(0).toUpperCase() + words.slice(1);

/** Ask whether to spend; returns the cap in dollars as a text, or null. */
export const askCap = (words, cost) => question(spending(cost.high), (done) => {
  const field = make("input", { type: "number", id: "cap", min: centsDown(cost.low), step: "any", value: centsUp(cost.high), required: true, "aria-describedby": "cap-wrong" });
  const wrong = make("p", { id: "cap-wrong", class: "wrong", role: "alert" });
  const pressed = () => {
    if (field.checkValidity() && Number(field.value) > 0) done(Number(field.value).toFixed(6));
    else wrong.textContent = `It costs at least ${price(cost).split(" to ")[0]}.`;
  };
  onEnter(field, pressed);
  const label = make("label", { class: "field" }, make("span", {}, "At most, in US dollars"), field);
  field.addEventListener("input", () => { if (Number(field.value) > 0) $("ask-title").textContent = spending(field.value); });
  return { content: [make("p", {}, capital(words)), label, wrong], yes: yesButton("Spend", pressed) };
});

/** Ask whether to go on; returns true or null. */
export const askSure = (title, words, yes) => question(title, (done) => ({
  content: words.map((each) => make("p", {}, each)), yes: yesButton(yes, () => done(true)),
}));

/** Ask how many takes; returns a number or null. */
export const askTakes = (what, words) => question(`Reroll ${what}`, (done) => {
  const field = make("input", { type: "number", id: "takes-wanted", min: 1, max: 20, step: 1, value: 1, required: true });
  const pressed = () => { if (field.reportValidity()) done(field.valueAsNumber); };
  onEnter(field, pressed);
  const label = make("label", { class: "field" }, make("span", {}, "New takes of each"), field);
  return { content: [make("p", {}, words), label], yes: yesButton("Reroll", pressed) };
});

const HELP = [
  ["In the grid", [
    ["← → ↑ ↓", "to the next picture"], ["Enter", "look at it closely"], ["Space", "mark it"], ["Shift + Space", "mark all up to it"], ["/", "search"],
  ]],
  ["What is chosen, or looked at", [
    ["a", "accept"], ["x", "reject"], ["p", "pin, or let go"], ["r", "reroll"], ["n", "note"], ["c", "choose this take"],
    ["b", "build"], ["d", "draft"], ["u", "undo the last decision"],
  ]],
  ["Looking closely", [
    ["← →", "previous and next picture; move it when it is zoomed in"], ["+ − 0 1", "zoom in, out, fit, 100 %"], ["[ ]", "previous and next take"],
    ["v", "compare in another way"], ["Esc", "close"],
  ]],
  ["In a text", [
    ["Ctrl + S", "save it"], ["Esc", "take back what is not saved"],
  ]],
];

/** Show all keys. */
export const askHelp = () => question("Keys", () => ({
  content: HELP.map(([title, keys]) => make("section", { class: "keys" }, make("h3", {}, title),
    make("dl", {}, ...keys.flatMap(([key, words]) => [make("dt", {}, make("kbd", {}, key)), make("dd", {}, words)])))),
}), "Close");
