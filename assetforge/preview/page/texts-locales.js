// The locales to choose texts of: each with what is left to do, counted when somebody wants to know.
import { make, nameOf } from "./dom.js";

const SOON = 500;

/** What is left to do in a locale, in words; empty: nothing, or it is not known. */
export const left = (stands) => {
  if (stands?.why) return "cannot be read";
  const parts = [["missing", "missing"], ["too_long", "too long"], ["other", "other"]];
  return parts.filter(([name]) => stands?.[name]).map(([name, words]) => `${stands[name]} ${words}`).join(" · ");
};

const titled = ({ id, name, lang }) => {
  const known = name && name !== lang ? name : nameOf(lang);
  return known === id ? id : `${id} ${known}`;
};

const called = (each) => [titled(each), left(each)].filter(Boolean).join(" · ");

const options = (locales, chosen) => locales.map((each) =>
  make("option", { value: each.id, selected: each.id === chosen }, called(each)));

/** Those with work left before those without. */
const groups = (locales, chosen) => {
  const todo = locales.filter(left);
  if (!todo.length) return options(locales, chosen);
  const groups = [["Work left", todo], ["Nothing left to do", locales.filter((each) => !left(each))]];
  return groups.filter(([, some]) => some.length).map(([label, some]) => make("optgroup", { label }, ...options(some, chosen)));
};

/** Lists of locales that are kept up to date. `get` asks the server; `state` is what the page knows. */
export const makeLocales = ({ state, get }) => {
  const lists = new Map();
  let counted = [];
  let of = -1;
  let asking = false;
  let timer = 0;

  const known = () => (counted.length ? counted : state.locales);

  const fill = (list, first) => {
    const locales = known();
    const chosen = list.value;
    const drawn = locales.map(called).join("\n");
    if (list.dataset.drawn === drawn) return;
    list.dataset.drawn = drawn;
    const there = first.value === chosen || locales.some((each) => each.id === chosen);
    const other = there ? [] : [make("option", { value: chosen, selected: true }, chosen)];
    const head = first.words ? [make("option", { value: first.value }, first.words)] : [];
    list.replaceChildren(...head, ...other, ...groups(locales, chosen));
  };

  const show = () => {
    for (const [list, first] of lists) {
      if (list.isConnected) fill(list, first);
      else lists.delete(list);
    }
  };

  /** Count again, if anything has changed since. */
  const count = async () => {
    clearTimeout(timer);
    const generation = state.status?.generation ?? 0;
    if (asking || generation === of) return;
    asking = true;
    try {
      ({ locales: counted } = await get("/texts/locales"));
      of = generation;
      show();
    } catch {
      // What is wrong with the project stands above the page; the locales stay as they were.
    } finally {
      asking = false;
    }
    if ((state.status?.generation ?? 0) !== generation) soon();
  };

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(count, SOON);
  };

  /** Keep a list filled; `words` are those of its first option, which stands for none. */
  const keep = (list, words) => {
    lists.set(list, { value: "", words });
    for (const event of ["focus", "pointerenter"]) list.addEventListener(event, count);
    fill(list, lists.get(list));
  };

  /** Make a list in which a locale is chosen. */
  const pick = (locale) => {
    const list = make("select", { "aria-label": "Locale" }, make("option", { value: locale, selected: true }, locale));
    keep(list, "");
    return list;
  };

  return { keep, pick, show, count, soon };
};
