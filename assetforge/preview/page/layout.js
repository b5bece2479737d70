// Where everything in the grid stands, known before any of it is drawn: assets, rows, lines of cards.

/** The narrowest card for each shape, in rem; a phone has its own. */
const WIDTHS = { strip: 21, wide: 15.5, square: 12, tall: 9.5 };
const NARROW = { strip: 24, wide: 11, square: 7.4, tall: 7.4 };

export const CAPTION = 5;
export const ASSET = 3.4;
export const ROW = 2.6;
const GAP = 1;
const TALLEST = 26;

const shapeOf = ({ width, height }) => {
  if (!width || !height) return "square";
  if (width >= height * 3) return "strip";
  if (width * 5 >= height * 6) return "wide";
  return width * 5 >= height * 4 ? "square" : "tall";
};

/** The size of a picture in a card of a width: all of it, in its own proportions. */
export const boxOf = ({ width, height }, card, rem) => {
  const tall = card * ((height || 9) / (width || 16));
  const most = TALLEST * rem;
  return tall <= most ? { width: card, height: tall } : { width: most * ((width || 16) / (height || 9)), height: most };
};

/** Group rows by asset and by the axes that are not the locale, in their order. */
export const sectionsOf = (rows) => {
  const sections = new Map();
  for (const row of rows) {
    const label = Object.values(row.axes).join(" · ");
    const section = sections.get(row.asset) ?? { asset: row.asset, tags: row.tags, count: 0, groups: new Map() };
    const group = section.groups.get(label) ?? { label, rows: [] };
    group.rows.push(row);
    section.count += 1;
    section.groups.set(label, group);
    sections.set(row.asset, section);
  }
  return [...sections.values()];
};

const columnsOf = (rows, width, rem) => {
  const least = (width < 42 * rem ? NARROW : WIDTHS)[shapeOf(rows[0])] * rem;
  const columns = Math.max(1, Math.floor((width + GAP * rem) / (least + GAP * rem)));
  return { columns, card: (width - GAP * rem * (columns - 1)) / columns };
};

const sizesOf = (rows) =>
  [...new Set(rows.map((row) => `${row.width}×${row.height}`))].slice(0, 3).join(", ");

/**
 * Lay rows out for a width in pixels; `rem` is the size of a letter.
 *
 * Returns blocks from the top down, each with `key`, `top` and `height`, the place of each picture
 * (`{block, column}`), their order, and the height of all.
 */
export const layOut = (rows, width, rem) => {
  const blocks = [];
  const places = new Map();
  const order = [];
  let top = 0;
  const push = (block) => {
    blocks.push({ ...block, top });
    top += block.height;
  };
  for (const section of sectionsOf(rows)) {
    push({ kind: "asset", key: `asset ${section.asset}`, height: ASSET * rem, section });
    for (const group of section.groups.values()) {
      const { columns, card } = columnsOf(group.rows, width, rem);
      const key = `${section.asset} ${group.label}`;
      push({ kind: "row", key: `row ${key}`, height: ROW * rem, label: group.label, size: sizesOf(group.rows) });
      for (let at = 0; at < group.rows.length; at += columns) {
        const line = group.rows.slice(at, at + columns);
        const tallest = Math.max(...line.map((row) => boxOf(row, card, rem).height));
        line.forEach((row, column) => places.set(row.id, { block: blocks.length, column }));
        push({ kind: "line", first: order.length, key: `line ${key} ${at}`, height: Math.ceil(tallest + (CAPTION + GAP) * rem), rows: line, columns, card });
        order.push(...line.map((row) => row.id));
      }
    }
    top += 2 * rem;
  }
  return { blocks, places, order, height: top };
};

/** The first block that reaches below a height. */
export const blockAt = (blocks, y) => {
  let [low, high] = [0, blocks.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (blocks[middle].top + blocks[middle].height <= y) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** The picture above or below another, in the nearest column. */
export const across = ({ blocks, places }, id, by) => {
  const { block, column } = places.get(id);
  for (let at = block + by; blocks[at]; at += by) {
    const line = blocks[at];
    if (line.kind !== "line") continue;
    const middle = (column + 0.5) / blocks[block].columns;
    return line.rows[Math.min(line.rows.length - 1, Math.floor(middle * line.columns))].id;
  }
  return null;
};
