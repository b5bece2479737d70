// What there is to look at of one picture: itself, its draft, the one before, and all takes.
import { icon, make } from "./dom.js";
import { price, thumbnail } from "./model.js";

const WORDS = ["accepted", "chosen", "pinned", "unpinned", "rejected"];

const when = (time) => (time ? new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" }).format(new Date(time)) : "");

export const timeOf = (at) => make("time", { datetime: at }, when(at));

/** The name of a person as git has it, without the address. */
export const personOf = (by) => by.replace(/ <[^>]*>$/, "");

const saidOf = (take) => (take.said ?? []).map((said) => `${said.what}${said.by ? ` by ${personOf(said.by)}` : ""}`);

const takeLook = (row, take, ofStep) => ({
  key: `take ${take.step} ${take.take}`, kind: "take", label: `${ofStep ? `${take.step}, take` : "Take"} ${take.take}`, digest: take.digest, step: take.step, take: take.take,
  stands: take.stands, about: [
    take.stands ? "stands" : "", ...saidOf(take), take.cost && Number(take.cost) ? price({ low: take.cost, high: take.cost }) : "", when(take.made_at),
  ].filter(Boolean), id: row.id, row,
});

/** The looks of a picture, what is newest first; each `{key, kind, label, digest, about, id, row}`. */
export const looksOf = (row, detail) => {
  const own = (kind, label, digest, about) => ({ key: kind, kind, label, digest, about, id: row.id, row });
  const looks = [];
  if (row.draft) looks.push(own("draft", "Draft", row.draft, ["today's words", "never written"]));
  if (row.digest) looks.push(own("picture", "Picture", row.digest, [row.state, row.verdict].filter(Boolean)));
  if (detail?.before && detail.before !== row.digest) looks.push(own("before", "Before", detail.before, ["stood before"]));
  const takes = (detail?.takes ?? []).filter((take) => take.digest && take.held !== false);
  const ofStep = new Set(takes.map((take) => take.step)).size > 1;
  looks.push(...takes.map((take) => takeLook(row, take, ofStep)));
  return looks;
};

const said = (look) => WORDS.find((word) => look.about.some((each) => each.startsWith(word)));

const SIGNS = { accepted: "accept", chosen: "accept", pinned: "pin", rejected: "reject" };

/** The strip below the picture. */
export const strip = (looks, shown, choose) => looks.map((look) => make("button", {
  type: "button", class: `take ${look.kind}`, "aria-pressed": String(look.key === shown.key), onclick: () => choose(look.key),
}, make("img", { src: thumbnail(look.digest, 160), alt: "", decoding: "async", draggable: "false" }),
make("span", {}, make("b", {}, look.label, SIGNS[said(look)] ? icon(SIGNS[said(look)]) : null), make("small", {}, look.about.join(" · ")))));
