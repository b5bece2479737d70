// Selectors, as the command line reads them, and the command line that means the same pictures.

const SPECIAL = /[.+^${}()|\\/]/g;
const LISTED = 60;

const inClass = (body) => {
  const negated = body.startsWith("!");
  const rest = (negated ? body.slice(1) : body).replace(/[\\[\]^]/g, "\\$&");
  return `[${negated ? "^" : ""}${rest}]`;
};

/** A glob as a regular expression: `*`, `?`, `[abc]` and `[!abc]`; the case counts. */
const compiled = (glob) => {
  let source = "";
  for (let at = 0; at < glob.length; at += 1) {
    const letter = glob[at];
    const end = letter === "[" ? glob.indexOf("]", at + (glob[at + 1] === "!" ? 3 : 2)) : -1;
    if (letter === "*") source += ".*";
    else if (letter === "?") source += ".";
    else if (end > 0) {
      source += inClass(glob.slice(at + 1, end));
      at = end;
    } else source += letter.replace(SPECIAL, "\\$&").replace(/[[\]]/, "\\$&");
  }
  try {
    return new RegExp(`^${source}$`, "su");
  } catch {
    return /^(?!)/; // a range from behind to before, such as [z-a]
  }
};

const known = new Map();
const matches = (glob, value) => {
  if (!known.has(glob)) known.set(glob, compiled(glob));
  return known.get(glob).test(value);
};

/** Whether a selector chooses a picture: `tag:NAME`, or an asset and values in order, any left out. */
export const chooses = (selector, row) => {
  if (selector.startsWith("tag:")) return row.tags.includes(selector.slice(4));
  const [first, ...rest] = selector.replace(/^\/+|\/+$/g, "").split("/");
  const [asset, ...values] = row.variant.split("/");
  if (!matches(first, asset)) return false;
  let at = 0;
  return rest.every((part) => {
    while (at < values.length && !matches(part, values[at])) at += 1;
    at += 1;
    return at <= values.length;
  });
};

/** Read a search: what chooses pictures on the command line is a selector, anything else a word. */
export const readSearch = (search, rows) => {
  const parts = search.split(/\s+/).map((part) => part.replace(/^'(.*)'$/, "$1")).filter(Boolean);
  const selectors = parts.filter((part) => rows.some((row) => chooses(part, row)));
  const words = parts.filter((part) => !selectors.includes(part)).map((part) => part.toLowerCase());
  return { selectors, words };
};

const escaped = (value) => value.replace(/[*?[]/g, "[$&]");
const quoted = (words) => `'${words.replaceAll("'", `'"'"'`)}'`;
const wholePath = (row) => row.variant.split("/").map(escaped).join("/");
const groupOf = (row) => [row.asset, ...Object.values(row.axes)].map(escaped).join("/");

const groupsOf = (rows) => {
  const groups = new Map();
  for (const row of rows) {
    const name = groupOf(row);
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(row);
  }
  return groups;
};

const same = (rows, wanted, selectors, locales) => {
  const within = new Set(locales);
  return rows.every((row) => wanted.has(row.id) === (
    (!locales.length || within.has(row.locale)) && (!selectors.length || selectors.some((each) => chooses(each, row)))));
};

/** Selectors for whole groups, with an asset's name where all of its groups are wanted. */
const shortest = (groups, wanted, counts) => {
  const byAsset = new Map();
  for (const [name, rows] of groups) {
    const of = byAsset.get(rows[0].asset) ?? { all: true, names: [] };
    if (rows.some((row) => wanted.has(row.id))) of.names.push(name);
    else of.all &&= !rows.some(counts);
    byAsset.set(rows[0].asset, of);
  }
  if ([...byAsset.values()].every((of) => of.all && of.names.length)) return [];
  return [...byAsset].flatMap(([asset, of]) => of.all && of.names.length ? [escaped(asset)] : of.names);
};

/** Each picture by itself, but for whole assets and whole groups. */
const oneByOne = (rows, groups, wanted) => {
  const parts = new Set(rows.filter((row) => !wanted.has(row.id)).map((row) => row.asset));
  return [...new Set([...groups].flatMap(([name, group]) => {
    const chosen = group.filter((row) => wanted.has(row.id));
    if (!parts.has(group[0].asset)) return [escaped(group[0].asset)];
    if (chosen.length === group.length && group.length > 1) return [name];
    return chosen.map(wholePath);
  }))];
};

/** Return selectors and locales that choose exactly the wanted pictures, or null. */
export const selection = (rows, wanted, tags = []) => {
  const locales = [...new Set(rows.filter((row) => wanted.has(row.id)).map((row) => row.locale))];
  const groups = groupsOf(rows);
  const within = locales.includes("") ? [] : locales;
  const tries = [
    [shortest(groups, wanted, () => true), []],
    [shortest(groups, wanted, (row) => within.includes(row.locale)), within],
    ...tags.flatMap((tag) => [[[`tag:${tag}`], []], [[`tag:${tag}`], within]]),
    [oneByOne(rows, groups, wanted), []],
    [rows.filter((row) => wanted.has(row.id)).map(wholePath), []],
  ];
  const right = tries.filter(([selectors, of]) => selectors.length <= LISTED && same(rows, wanted, selectors, of));
  right.sort((a, b) => a[0].length + a[1].length - b[0].length - b[1].length);
  return right.length ? { selectors: right[0][0], locales: right[0][1] } : null;
};

/** Return the command line that builds exactly the wanted pictures, or nothing where none is short. */
export const commandLine = (rows, wanted, flags, tags) => {
  const found = wanted.size ? selection(rows, wanted, tags) : null;
  if (!found) return "";
  const chosen = found.selectors.map((each) => ` ${quoted(each)}`).join("");
  return `assetforge build${chosen}${found.locales.map((each) => ` --locale ${each}`).join("")}${flags}`;
};
