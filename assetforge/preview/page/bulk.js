// Choosing several pictures, and the bar that says how many and what making them costs.
import { $, icon, make, say } from "./dom.js";
import { ACTIONS } from "./actions.js";
import { price, sumOf } from "./model.js";

/** The chosen pictures; `shown` returns the rows in view of the filters, `run` runs an action, `marked` draws. */
export const makeBulk = ({ state, shown, order, run, marked }) => {
  const chosen = new Set();
  let last = null;

  const rows = () => order().filter((id) => chosen.has(id)).map((id) => state.rows.get(id)).filter(Boolean);

  const draw = () => {
    const some = rows();
    const bar = $("bulk");
    bar.hidden = !some.length;
    document.body.classList.toggle("choosing", some.length > 0);
    if (!some.length) return;
    const cost = sumOf(some);
    const focused = bar.contains(document.activeElement) ? document.activeElement.dataset.act : null;
    const buttons = ACTIONS.filter((each) => !each.single).map(({ name, key, label }) => make("button", {
      type: "button", "data-act": name, onclick: () => run(name), "aria-keyshortcuts": key,
    }, icon(name), make("span", {}, label), make("kbd", { "aria-hidden": "true" }, key)));
    const words = make("p", {}, make("b", {}, `${some.length} chosen`), cost ? ` · making them costs ${price(cost)}` : "");
    const none = make("button", { type: "button", "data-act": "none", class: "quiet", onclick: clear }, "Choose none");
    bar.replaceChildren(words, make("div", { class: "acts" }, ...buttons), none);
    if (focused) bar.querySelector(`[data-act="${focused}"]`)?.focus();
  };

  const told = () => {
    marked();
    draw();
    say(chosen.size ? `${chosen.size} chosen` : "Nothing chosen");
  };

  const clear = () => {
    chosen.clear();
    told();
    if (document.activeElement === document.body) $("pictures").focus({ preventScroll: true });
  };

  /** Choose a picture or let it go; with `range`, all from the one before. */
  const toggle = (id, on, range) => {
    const ids = order();
    const [from, to] = [ids.indexOf(last), ids.indexOf(id)].sort((a, b) => a - b);
    const some = range && from >= 0 ? ids.slice(from, to + 1) : [id];
    for (const each of some) chosen[on ? "add" : "delete"](each);
    last = id;
    told();
  };

  const all = () => {
    for (const row of shown()) chosen.add(row.id);
    told();
  };

  /** Let go of what the filters hide or what is gone: nothing unseen is ever decided about. */
  const keep = (ids) => {
    const within = new Set(ids);
    for (const id of chosen) if (!within.has(id)) chosen.delete(id);
    draw();
  };

  return { chosen, rows, toggle, all, clear, keep, draw };
};
