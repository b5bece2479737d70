// What the page knows: the rows of the session, merged from its documents, and what follows from one row.

export const nothingYet = () => ({
  version: -1, title: "", profile: "", command: "assetforge build", flags: "", source: "", writable: false, free: false,
  connected: true, status: null, axes: [], locales: [], rows: new Map(), order: [],
});

/** Merge a document into the state; returns what changed: ids, and whether rows came, went or moved. */
export const merge = (state, document) => {
  const { pictures, order, removed = [], whole, ...about } = document;
  if (whole) state.rows = new Map();
  for (const row of pictures) state.rows.set(row.id, row);
  for (const id of removed) state.rows.delete(id);
  const arranged = whole || order !== undefined || removed.length > 0;
  if (arranged) state.order = (order ?? state.order).filter((id) => state.rows.has(id));
  Object.assign(state, about);
  return { changed: new Set(pictures.map((row) => row.id)), arranged };
};

/** The digest of what the grid shows: a draft of today's words before the picture of yesterday's. */
export const shownDigest = (row) => row.draft ?? row.digest;

export const isDraft = (row) => Boolean(row.draft);

const EDGES = [160, 320, 640];

export const thumbnail = (digest, edge) => `/thumbnails/${digest}?edge=${edge}`;

/** The thumbnails of a picture by their widths in pixels, as `srcset` lists them. */
export const thumbnails = (digest, { width, height }) => EDGES
  .map((edge) => `${thumbnail(digest, edge)} ${Math.max(1, Math.round(edge * Math.min(1, (width || 1) / (height || 1))))}w`)
  .join(", ");

const micros = (amount) => Math.round(Number(amount) * 1e6);

const cents = (micro, round) => (round(micro / 10_000) / 100).toFixed(2);

/** An amount in whole cents, never too low. */
export const centsUp = (amount) => cents(micros(amount), Math.ceil);

/** An amount in whole cents, never too high. */
export const centsDown = (amount) => cents(micros(amount), Math.floor);

const WORKING = new Set(["planning", "drafting", "building"]);

/** Whether anything can be in the making: something runs, and the page hears of it. */
export const atWork = ({ connected, status }) => connected && WORKING.has(status?.phase);

/** A price for people, as the terminal says it: in cents, never too low; a range if a cent wide. */
export const price = (cost) => {
  if (!cost) return "$0.00";
  const [low, high] = [micros(cost.low), micros(cost.high)];
  const most = `$${(Math.ceil(high / 10_000) / 100).toFixed(2)}`;
  return high - low < 10_000 ? most : `$${(Math.floor(low / 10_000) / 100).toFixed(2)} to ${most}`;
};

/** The sum of several prices. */
export const sumOf = (rows) => {
  const priced = rows.filter((row) => row.cost);
  if (!priced.length) return null;
  const total = (bound) => priced.reduce((sum, row) => sum + Math.round(Number(row.cost[bound]) * 1e6), 0) / 1e6;
  return { low: String(total("low")), high: String(total("high")) };
};

/** The words that a search looks through. */
export const haystack = (row) => [
  row.variant, row.alt, row.line, row.reason, row.problem, ...row.tags, ...row.paths, row.digest ?? "",
].join("\n").toLowerCase();
