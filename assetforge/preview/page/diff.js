// What changed between two prompts, word by word.

const MOST = 4_000_000;

const words = new Intl.Segmenter(undefined, { granularity: "word" });
const split = (text) => Array.from(words.segment(text), (each) => each.segment);

const lengths = (before, after) => {
  const across = after.length + 1;
  const table = new Uint32Array((before.length + 1) * across);
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = after.length - 1; j >= 0; j -= 1) {
      table[i * across + j] = before[i] === after[j]
        ? table[(i + 1) * across + j + 1] + 1
        : Math.max(table[(i + 1) * across + j], table[i * across + j + 1]);
    }
  }
  return table;
};

const middle = (before, after) => {
  if (before.length * after.length > MOST) return [["del", before.join("")], ["ins", after.join("")]];
  const table = lengths(before, after);
  const across = after.length + 1;
  const parts = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      parts.push(["same", before[i]]);
      i += 1;
      j += 1;
    } else if (j >= after.length || i < before.length && table[(i + 1) * across + j] >= table[i * across + j + 1]) {
      parts.push(["del", before[i]]);
      i += 1;
    } else {
      parts.push(["ins", after[j]]);
      j += 1;
    }
  }
  return parts;
};

const joined = (parts) => {
  const runs = [];
  for (const [kind, text] of parts) {
    if (!text) continue;
    if (runs.at(-1)?.[0] === kind) runs.at(-1)[1] += text;
    else runs.push([kind, text]);
  }
  return runs;
};

/** Return runs of `["same" | "del" | "ins", text]`: all but the ins are `before`, all but the del `after`. */
export const differences = (before, after) => {
  const [old, now] = [split(before), split(after)];
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  const changed = middle(old.slice(start, old.length - end), now.slice(start, now.length - end));
  const same = (part) => ["same", part.join("")];
  return joined([same(now.slice(0, start)), ...changed, same(now.slice(now.length - end))]);
};
