// One picture in the grid. A card is made once and written again when its row changes.
import { icon, language, make, nameOf } from "./dom.js";
import { boxOf } from "./layout.js";
import { isDraft, price, shownDigest, thumbnail, thumbnails } from "./model.js";

const CHECKS = { equal: "checked", look: "have a look", differs: "differs" };

const mark = (kind, words) => make("span", { class: `sign ${kind}` }, icon(kind), words);

const signs = (row, making) => {
  const all = [];
  if (row.verdict) all.push(mark(row.verdict === "pinned" ? "pin" : "accept", row.verdict));
  if (row.checks) all.push(make("span", { class: `verdict ${row.checks}` }, CHECKS[row.checks] ?? row.checks));
  if (row.problem) all.push(make("span", { class: "sign failed", title: row.problem }, icon("problem"), "failed"));
  if (making) all.push(make("span", { class: "sign" }, "being made …"));
  else if (row.cost) all.push(make("span", { class: "sign", title: "With what it shares with other pictures: prices of cards need not add up." }, `costs ${price(row.cost)}`));
  return all;
};

const image = (row, digest, old, card) => {
  const shown = old ?? make("img", { decoding: "async", draggable: "false" });
  for (const [name, value] of Object.entries({ alt: row.alt, width: row.width, height: row.height, lang: row.lang, dir: row.dir })) {
    if (value || name === "alt") shown.setAttribute(name, value);
    else shown.removeAttribute(name);
  }
  shown.sizes = `${Math.ceil(card)}px`;
  if (shown.dataset.digest !== digest) {
    shown.dataset.digest = digest;
    shown.srcset = thumbnails(digest, row);
    shown.src = thumbnail(digest, 320);
  }
  return shown;
};

const empty = (row, making) => make("span", {}, icon(row.state), making ? "being made" : "missing");

const caption = (row, making) => {
  const name = make("span", { class: "locale" }, row.locale || "all locales");
  if (nameOf(row.lang)) name.append(make("small", {}, nameOf(row.lang)));
  const state = make("span", { class: `state ${row.state}` }, icon(row.state), row.state);
  const line = make("span", { class: "line", ...language(row.lang, row.dir) }, row.line);
  return make("span", { class: "caption" }, name, state, line, make("span", { class: "signs" }, ...signs(row, making)));
};

/** Write a card for its row as it is now. */
export const writeCard = (card, row, { width, rem, chosen, working }) => {
  const making = row.busy && working;
  const digest = shownDigest(row);
  const open = card.querySelector(".open");
  const box = boxOf(row, width, rem);
  card.className = ["card", row.state, isDraft(row) && "drafted", making && "busy", chosen && "chosen"].filter(Boolean).join(" ");
  const thumb = make("span", { class: digest ? "thumb" : "thumb hole" },
    digest ? image(row, digest, open.querySelector("img"), box.width) : empty(row, making),
    isDraft(row) ? make("b", { class: "badge" }, "Draft") : null);
  thumb.style.setProperty("inline-size", `${box.width}px`);
  thumb.style.setProperty("block-size", `${box.height}px`);
  open.setAttribute("href", `#${new URLSearchParams({ open: row.id })}`);
  open.replaceChildren(thumb, caption(row, making));
  const pick = card.querySelector("input");
  pick.checked = chosen;
  pick.setAttribute("aria-label", `Choose ${row.variant}`);
};

/** Make an empty card. */
export const newCard = (id) => {
  const card = make("li", { class: "card", "data-id": id },
    make("a", { class: "open", "aria-haspopup": "dialog" }),
    make("label", { class: "pick" }, make("input", { type: "checkbox" })));
  return card;
};
