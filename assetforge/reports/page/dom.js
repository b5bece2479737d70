// Elements, icons, names of languages and small talk: what every part of the page is built from.
// Every text reaches the page through textContent: prompts and copy are never markup.

export const $ = (id) => document.getElementById(id);

/** What an empty attribute says something with; other empty attributes are left out. */
const MEANT_EMPTY = new Set(["alt", "value"]);

/** Make an element: attributes as an object (`onclick` and the like are listeners), children as elements or texts. */
export const make = (name, attributes = {}, ...children) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value || value === 0 || value === "" && MEANT_EMPTY.has(key)) made.setAttribute(key, value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
};

const SVG = "http://www.w3.org/2000/svg";

/** A picture of the page's own sprite; the words beside it say what it means. */
export const icon = (name) => {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  svg.setAttribute("class", `icon ${name}`);
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
};

const languages = new Intl.DisplayNames(["en"], { type: "language" });
const named = new Map([["", ""], [undefined, ""]]);

/** The English name of a language tag, or nothing. */
export const nameOf = (lang) => {
  if (named.has(lang)) return named.get(lang);
  let name = "";
  try {
    name = languages.of(lang);
  } catch {
    // Not a language tag: it is shown as written.
  }
  named.set(lang, name === lang ? "" : name);
  return named.get(lang);
};

/** Tell people who hear the page; `#said` is its one place for short words. */
export const say = (words) => {
  $("said").textContent = "";
  setTimeout(() => { $("said").textContent = words; }, 50);
};

export const many = (number, one) => `${number} ${one}${number === 1 ? "" : "s"}`;

const copyText = async (words, near) => {
  try {
    await navigator.clipboard.writeText(words);
  } catch {
    const field = make("textarea", { class: "unseen" });
    field.value = words;
    near.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
};

/** A button that copies; `words` is a text, or a function that returns it when asked. */
export const copyButton = (what, words) => {
  const button = make("button", { type: "button", class: "copier", "aria-label": `Copy ${what}`, title: `Copy ${what}` }, icon("copy"));
  button.addEventListener("click", async () => {
    await copyText(typeof words === "function" ? words() : words, button.parentElement);
    button.focus();
    button.replaceChildren(icon("current"));
    say(`Copied ${what}`);
    setTimeout(() => button.replaceChildren(icon("copy")), 1500);
  });
  return button;
};

/** The attributes that tell a browser how to read a text. */
export const language = (lang, dir) => ({ lang, dir: dir || "auto" });
