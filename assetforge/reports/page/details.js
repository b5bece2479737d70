// What stands beside a picture: its facts, copy, steps, and what checks found.
import { copyButton, icon, language, make } from "./dom.js";

export const fact = (name, ...content) => [make("dt", {}, name), make("dd", {}, ...content)];

const short = (digest) => make("span", { class: "code", title: digest }, digest.slice(0, 12));

export const digestFact = (name, digest) =>
  digest ? fact(name, short(digest), copyButton(name, digest)) : [];

export const part = (title, content) => [make("h3", {}, title), content];

export const written = (picture, words) => make("p", language(picture.lang, picture.dir), words);

/** The copy of a picture, slot by slot. */
export const slots = (picture, copy) => make("div", { class: "slots" }, ...copy.map(([slot, words]) =>
  make("div", {}, make("h4", {}, slot), written(picture, words))));

/** A command to paste, with a button that copies it. */
export const paste = (command) =>
  make("div", { class: "paste" }, make("span", { class: "code" }, command), copyButton("command", command));

const checkOf = (check) => {
  const name = make("h4", {}, make("b", { class: `verdict ${check.verdict}` }, check.verdict), ` ${check.check}${check.slot ? ` · ${check.slot}` : ""}`);
  const said = check.message ? make("p", {}, check.message) : null;
  const pair = [["expected", check.expected], ["found", check.found]].filter(([, words]) => words);
  const words = pair.length && check.verdict !== "equal"
    ? make("dl", {}, ...pair.flatMap(([term, text]) => fact(term, make("span", { dir: "auto" }, text)))) : null;
  const seen = check.exhibit
    ? make("img", { src: check.exhibit, alt: `What was looked at: ${check.check} ${check.slot}`.trim(), loading: "lazy" }) : null;
  return make("li", {}, name, said, words, seen);
};

export const checks = (step) => step.checks.length
  ? make("ul", { class: "checks", "aria-label": `What was found in ${step.step}` }, ...step.checks.map(checkOf)) : null;

/** A rendered prompt, as it was sent. */
export const promptBox = (step, prompt) => {
  const label = `Rendered prompt of ${step}`;
  const words = make("pre", { dir: "auto", tabindex: 0, role: "region", "aria-label": label }, prompt);
  return make("div", { class: "prompt" }, words, copyButton("rendered prompt", prompt));
};

/** One step with its request, price, keys, prompt and findings. */
export const stepDetails = (step) => {
  const price = step.cost ? `$${step.cost}` : "";
  const shared = step.shared > 1 ? fact("shared by", `${step.shared} variants`) : [];
  const summary = make("summary", {}, make("b", {}, step.step), make("span", {}, step.kind === step.step ? "" : step.kind),
    make("span", {}, step.decision), make("span", { class: "cost" }, price));
  const how = step.how ? fact("made right by", step.how) : [];
  const list = make("dl", {}, ...how, ...step.request.flatMap(([name, value]) => fact(name, make("span", {}, value))),
    ...shared, ...digestFact("key", step.key), ...digestFact("artifact", step.artifact));
  const prompt = step.prompt ? promptBox(step.step, step.prompt) : null;
  return make("details", { class: "step", open: "open" }, summary, make("div", { class: "inside" }, list, prompt, checks(step)));
};

/** Where there is no picture to show. */
export const hole = (state, words) => make("p", { class: state }, icon(state), words);
