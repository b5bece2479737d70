// The texts of a locale: each beside its pictures, checked while it is typed, saved into its file.
import { many } from "./dom.js";
import { makeField } from "./texts-field.js";
import { atWork, isDraft, shownDigest, thumbnails } from "./model.js";

const PICTURES = 3;
const SOON = 300;

/** What is wrong with the texts of a locale, in a line. */
const summary = (rows) => {
  const of = (kind) => rows.filter((row) => row.problems.some((each) => each.kind === kind)).length;
  const parts = [["empty", "missing"], ["too-long", "too long"], ["missing-glyph", "with a letter that no font has"],
    ["placeholder", "with a value that is not the source's"], ["syntax", "that cannot be read as it is meant"]];
  const wrong = parts.map(([kind, words]) => [of(kind), words]).filter(([number]) => number);
  return [many(rows.length, "text"), ...wrong.map(([number, words]) => `${number} ${words}`)].join(" · ");
};

/** Fill a container with the texts of a locale; returns what hears of changes, and what ends it. */
export const openTexts = (container, { locale, state, post, get, go, icon, make, say }) => {
  const fields = new Map();
  const shelves = new Map();
  let about = null;
  let seen = "";
  let timer = 0;
  let closed = false;

  const head = make("p", { class: "texts-summary", role: "status" }, "Reading the texts …");
  const notice = make("p", { class: "note stale", hidden: true });
  const list = make("ol", { class: "texts-list" });
  container.replaceChildren(head, notice, list);

  const fieldsOf = () => [...fields.values()];

  const count = () => { head.textContent = summary(fieldsOf().map((each) => each.row())); };

  // Pictures

  const look = (id) => go(`texts=${encodeURIComponent(locale)}&open=${encodeURIComponent(id)}`);

  const picture = (row) => {
    const digest = shownDigest(row);
    const shown = digest
      ? make("img", { alt: "", width: row.width, height: row.height, srcset: thumbnails(digest, row), sizes: "(max-width: 48rem) 45vw, 15rem", src: `/thumbnails/${digest}?edge=320`, decoding: "async" })
      : make("span", { class: "text-hole" }, row.reason || "There is no picture yet.");
    const words = digest && isDraft(row) ? "draft" : row.busy && atWork(state) ? "being made" : row.state;
    return make("button", { type: "button", class: "text-picture", onclick: () => look(row.id) },
      make("span", { class: "unseen" }, `Look at ${row.variant}`), shown, make("span", { class: `text-state ${row.state}` }, words));
  };

  /** The pictures of a message: by their ids, or else by their variants. */
  const rowsOf = (message) => {
    const ids = message.pictures.filter((id) => state.rows.has(id));
    if (ids.length) return ids.map((id) => state.rows.get(id));
    const variants = new Set(message.variants);
    return [...state.rows.values()].filter((row) => variants.has(row.variant));
  };

  const fill = ({ shelf, message, drawn }) => {
    const rows = rowsOf(message);
    const now = rows.slice(0, PICTURES).map((row) => [row.id, shownDigest(row), isDraft(row), row.state, row.busy && atWork(state), row.reason].join(" ")).join("|");
    if (now === drawn) return now;
    const focused = [...shelf.querySelectorAll("button")].indexOf(document.activeElement);
    const more = rows.length - PICTURES;
    const none = rows.length ? [] : [make("p", { class: "text-hole" }, "No picture shows it yet.")];
    shelf.replaceChildren(...none, ...rows.slice(0, PICTURES).map(picture), ...(more > 0 ? [make("p", { class: "soft" }, `and ${many(more, "other")}`)] : []));
    if (focused >= 0) shelf.querySelectorAll("button")[focused]?.focus();
    return now;
  };

  const refill = () => { for (const each of shelves.values()) each.drawn = fill(each); };

  // Messages

  const textOf = (row) => `${row.asset}\n${row.id}`;
  const keyOf = (row) => `${textOf(row)}\n${row.form}`;

  const wanting = (row) => row.slots.map((each) => (each.slot ? `${each.asset}: ${each.slot}` : `${each.asset}: ${each.step || "alt text"}`));

  /** Whose a text is, where others have one of its name. */
  const ownersOf = (row) => (about.messages.some((each) => each.id === row.id && each.asset !== row.asset) ? row.assets.join(", ") : "");

  const article = (rows, number) => {
    const [first] = rows;
    const owners = ownersOf(first);
    const place = first.file ? `${first.file}${first.line ? `:${first.line}` : ""}` : "";
    const shelf = make("div", { class: "text-pictures" });
    shelves.set(textOf(first), { shelf, message: first, drawn: null });
    const made = rows.map((row) => {
      const field = makeField({ row, called: owners ? `${row.id} of ${owners}` : row.id, about, number, writable: state.writable, post, say, make, icon, counted: count, stored: soon, reload });
      fields.set(keyOf(row), field);
      return field.element;
    });
    return make("li", { class: "texts-item", "aria-labelledby": `text-name-${number}` }, shelf, make("div", { class: "text-words" },
      make("h2", { id: `text-name-${number}`, dir: "ltr" }, first.id, owners ? make("span", { class: "text-owners" }, ` of ${owners}`) : null),
      make("p", { class: "text-where" }, [...new Set(wanting(first))].join(", "), make("span", { class: "text-place" }, place)), ...made));
  };

  const build = () => {
    const groups = new Map();
    for (const row of about.messages) groups.set(textOf(row), [...(groups.get(textOf(row)) ?? []), row]);
    const made = [...groups.values()].map(article);
    list.replaceChildren(...made);
    refill();
  };

  const sameRows = (messages) => messages.length === fields.size && messages.every((row) => fields.has(keyOf(row)));

  /** Fetch the texts again; what somebody is writing stays. */
  async function reload() {
    try {
      const fresh = await get(`/texts?locale=${encodeURIComponent(locale)}`);
      if (closed) return;
      const known = about !== null && sameRows(fresh.messages);
      about = fresh;
      notice.hidden = fresh.editable || !fresh.messages.length;
      notice.textContent = notice.hidden ? "" : `These texts are read only: ${fresh.why}.`;
      if (known) for (const row of fresh.messages) fields.get(keyOf(row)).renew(row);
      else if (!fieldsOf().some((each) => each.unsaved())) {
        fields.clear();
        shelves.clear();
        build();
      }
      count();
      if (!fresh.messages.length) head.textContent = "The pictures of this locale ask for no text.";
    } catch (error) {
      if (closed) return;
      head.textContent = error.message;
    }
  }

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(reload, SOON);
  }

  /** What the texts depend on: when it changes, they are fetched again. */
  const whatCounts = () => [state.status?.generation ?? 0, ...state.locales.map((each) => each.id)].join(" ");

  const leaving = (event) => { if (fieldsOf().some((each) => each.unsaved())) event.preventDefault(); };
  addEventListener("beforeunload", leaving);

  const changed = (now) => {
    state = now;
    refill();
    const fresh = whatCounts();
    if (fresh !== seen) soon();
    seen = fresh;
  };

  const close = () => {
    for (const each of fieldsOf()) each.leave();
    closed = true;
    clearTimeout(timer);
    removeEventListener("beforeunload", leaving);
    container.replaceChildren();
  };

  seen = whatCounts();
  reload();
  return { changed, close };
};
