// The pictures near the viewport. Everything has its place before it is drawn (layout.js), so the
// page scrolls by itself, and of thousands of pictures only a few screens are in the document.
import { make, many } from "./dom.js";
import { newCard, writeCard } from "./card.js";
import { across, blockAt, layOut } from "./layout.js";

const AHEAD = 1;

const heading = (block) => block.kind === "asset"
  ? make("header", { class: "asset-name" }, make("h2", {}, block.section.asset),
    ...block.section.tags.map((tag) => make("span", { class: "tag" }, tag)),
    make("span", { class: "count" }, many(block.section.count, "picture")))
  : make("h3", { class: "row-name" }, block.label, make("span", { class: "size" }, block.size));

/** Show rows in an element. `chosen` is the set of chosen ids; `moved` is told when others are in view. `working`: is anything made? */
export const makeGrid = (grid, { chosen, moved, working }) => {
  let rows = [];
  let plan = layOut([], 1, 14);
  let at = { width: 0, rem: 14 };
  const drawn = new Map();
  let waiting = false;

  const focusedId = () => document.activeElement?.closest?.("#grid .card")?.dataset.id ?? null;
  const place = (id) => plan.places.get(id);
  const gridTop = () => grid.getBoundingClientRect().top;

  const write = (card, row, block) =>
    writeCard(card, row, { width: block.card, rem: at.rem, chosen: chosen.has(row.id), working: working() });

  const drawLine = (block) => {
    const cards = block.rows.map((row, n) => {
      const card = newCard(row.id);
      card.setAttribute("aria-posinset", block.first + n + 1);
      card.setAttribute("aria-setsize", plan.order.length);
      write(card, row, block);
      return card;
    });
    const line = make("ul", { class: "cards" }, ...cards);
    line.style.setProperty("grid-template-columns", `repeat(${block.columns}, minmax(0, 1fr))`);
    return line;
  };

  const draw = (block) => {
    const made = block.kind === "line" ? drawLine(block) : heading(block);
    const box = make("div", { class: "block" }, made);
    box.style.setProperty("inset-block-start", `${block.top}px`);
    box.style.setProperty("block-size", `${block.height}px`);
    return box;
  };

  const wanted = () => {
    const screen = innerHeight;
    const above = -gridTop();
    const from = blockAt(plan.blocks, above - AHEAD * screen);
    const to = blockAt(plan.blocks, above + (1 + AHEAD) * screen);
    const numbers = new Set();
    for (let n = from; n <= to && n < plan.blocks.length; n += 1) numbers.add(n);
    const kept = place(focusedId())?.block;
    if (kept !== undefined) for (let n = kept - 3; n <= kept + 3; n += 1) if (plan.blocks[n]) numbers.add(n);
    return [...numbers].sort((a, b) => a - b);
  };

  const render = () => {
    const numbers = wanted();
    const keys = new Set(numbers.map((n) => plan.blocks[n].key));
    for (const [key, box] of drawn) {
      if (keys.has(key)) continue;
      box.remove();
      drawn.delete(key);
    }
    let next = grid.firstElementChild;
    for (const n of numbers) {
      const block = plan.blocks[n];
      const box = drawn.get(block.key);
      if (box) next = box.nextElementSibling;
      else {
        const made = draw(block);
        drawn.set(block.key, made);
        grid.insertBefore(made, next);
      }
    }
    moved(inView());
  };

  const inView = () => {
    const above = -gridTop();
    const ids = [];
    for (let n = blockAt(plan.blocks, above); plan.blocks[n]?.top < above + innerHeight; n += 1) {
      if (plan.blocks[n].kind === "line") ids.push(...plan.blocks[n].rows.map((row) => row.id));
    }
    return ids;
  };

  /** The first picture in view and how far it is from the top: what must not jump. */
  const anchor = () => {
    if (gridTop() >= 0) return null;
    const block = plan.blocks.slice(blockAt(plan.blocks, -gridTop())).find((each) => each.kind === "line");
    return block ? { id: block.rows[0].id, offset: block.top + gridTop() } : null;
  };

  const arrange = () => {
    const held = anchor();
    const focused = focusedId();
    const control = document.activeElement?.matches?.("input") ? "input" : ".open";
    at = { width: grid.clientWidth, rem: parseFloat(getComputedStyle(document.documentElement).fontSize) };
    plan = layOut(rows, at.width, at.rem);
    grid.style.setProperty("block-size", `${Math.ceil(plan.height)}px`);
    for (const box of drawn.values()) box.remove();
    drawn.clear();
    const kept = held && place(held.id);
    if (kept) scrollBy({ top: plan.blocks[kept.block].top + gridTop() - held.offset, behavior: "instant" });
    render();
    if (focused && place(focused)) {
      drawOne(focused);
      cardOf(focused)?.querySelector(control).focus({ preventScroll: true });
    }
  };

  /** Have a picture in the document, wherever it is. */
  const drawOne = (id) => {
    const block = plan.blocks[place(id).block];
    if (drawn.has(block.key)) return;
    const box = draw(block);
    const after = [...drawn].find(([, each]) => parseFloat(each.style.insetBlockStart) > block.top)?.[1];
    drawn.set(block.key, box);
    grid.insertBefore(box, after ?? null);
  };

  const cardOf = (id) => grid.querySelector(`.card[data-id="${CSS.escape(id)}"]`);

  const show = (now) => {
    rows = now;
    arrange();
  };

  const sizeOf = (row) => `${row.width}×${row.height}`;
  const rowAt = (id) => plan.blocks[place(id).block].rows[place(id).column];

  /** Write changed rows where they stand; `now` has all rows by id. */
  const update = (now, changed) => {
    const resized = [...changed].some((id) => place(id) && sizeOf(now.get(id)) !== sizeOf(rowAt(id)));
    rows = rows.map((row) => now.get(row.id) ?? row);
    if (resized) {
      arrange();
      return;
    }
    for (const id of changed) {
      const block = plan.blocks[place(id)?.block];
      if (!block) continue;
      const row = now.get(id);
      block.rows[place(id).column] = row;
      const card = cardOf(id);
      if (card) write(card, row, block);
    }
  };

  const mark = () => {
    for (const card of grid.querySelectorAll(".card")) {
      card.classList.toggle("chosen", chosen.has(card.dataset.id));
      card.querySelector("input").checked = chosen.has(card.dataset.id);
    }
  };

  /** Scroll to a picture and give it the focus. */
  const focus = (id) => {
    if (!place(id)) return;
    drawOne(id);
    const link = cardOf(id).querySelector(".open");
    link.focus({ preventScroll: true });
    cardOf(id).scrollIntoView({ block: "nearest", behavior: "instant" });
    render();
  };

  const MOVES = { ArrowLeft: -1, ArrowRight: 1 };

  const move = (event) => {
    const id = focusedId();
    if (!id || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const n = plan.order.indexOf(id);
    let to = null;
    if (event.key in MOVES) to = plan.order[n + MOVES[event.key]];
    else if (event.key === "ArrowUp") to = across(plan, id, -1);
    else if (event.key === "ArrowDown") to = across(plan, id, 1);
    else if (event.key === "Home") [to] = plan.order;
    else if (event.key === "End") to = plan.order.at(-1);
    else return;
    event.preventDefault();
    if (to) focus(to);
  };

  const soon = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      render();
    });
  };

  grid.addEventListener("keydown", move);
  grid.addEventListener("focusin", render);
  addEventListener("scroll", soon, { passive: true });
  new ResizeObserver(() => {
    if (grid.clientWidth && grid.clientWidth !== at.width) arrange();
    else soon();
  }).observe(grid);

  return { show, update, mark, focus, inView, order: () => plan.order, focused: focusedId };
};

