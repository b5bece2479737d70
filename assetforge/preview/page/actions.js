// What a person can have done. Each decision says which bytes it is about: the server refuses it
// when they are not what is shown any more, and asks before anything costs money.
import { askCap, askSure, askTakes } from "./ask.js";
import { many } from "./dom.js";
import { post } from "./server.js";
import { toast } from "./toast.js";

export const ACTIONS = [
  { name: "accept", key: "a", label: "Accept", decides: true },
  { name: "reject", key: "x", label: "Reject", decides: true },
  { name: "pin", key: "p", label: "Pin", decides: true },
  { name: "reroll", key: "r", label: "Reroll", decides: true },
  { name: "note", key: "n", label: "Note", sign: "comment", decides: true, single: true },
  { name: "choose", key: "c", label: "Choose take", single: true },
  { name: "build", key: "b", label: "Build" },
  { name: "draft", key: "d", label: "Draft" },
  { name: "undo", key: "u", label: "Undo", single: true },
];

const A_DRAFT = "A draft is a sketch of today's words: it is never accepted. Build the picture first, or look at the one that is there.";
const NO_PICTURE = "There is no picture yet; build it first.";
const A_TAKE = "This is another take: choose it first (c), or go back to the picture that stands.";

/** Send something; asks when it costs, and tells what came of it. Returns whether it was done. */
const send = async (path, body, outdated) => {
  try {
    toast((await post(path, body)).words);
    return true;
  } catch (error) {
    if (error.status === 428) return agree(path, body, error, outdated);
    if (error.status === 409) outdated();
    toast(error.message, "refused");
    return false;
  }
};

const agree = async (path, body, asked, outdated) => {
  const spends = "max_cost" in body;
  const cap = spends
    ? await askCap(asked.message, asked.cost)
    : await askSure("Go on?", [asked.message, ...(asked.cost ? [`Building what follows costs up to $${asked.cost.high}.`] : [])], "Go on");
  if (!cap) return false;
  return send(path, { ...body, ...(spends ? { max_cost: cap } : { agreed: true }) }, outdated);
};

/** Which pictures a decision can be about, and words for what is left out. */
export const decidable = (looks) => {
  const pictures = looks.filter((look) => look.kind === "picture" && look.digest);
  const drafts = looks.filter((look) => look.kind === "draft").length;
  const none = looks.length - drafts - pictures.length;
  const left = [];
  if (drafts) left.push(`${many(drafts, "draft")} left out: drafts are never decided about.`);
  if (none) left.push(`${many(none, "picture")} left out: not made yet.`);
  return { pictures, left };
};

/** Why nothing of these can be decided about. */
const undecidable = (looks) => {
  if (looks.some((look) => look.kind === "draft")) return A_DRAFT;
  return looks.some((look) => look.digest) ? A_TAKE : NO_PICTURE;
};

const seen = ({ id, digest, step }) => ({ id, digest, ...(step ? { step } : {}) });

/**
 * The actions on looks: `{id, kind: "picture" | "draft" | "take", digest, step, take, row}`.
 *
 * `outdated` is called when what was seen is not there any more.
 */
export const makeActor = ({ outdated }) => {
  const post = (path, body) => send(path, body, outdated);

  const decide = async (name, looks) => {
    const { pictures, left } = decidable(looks);
    if (!pictures.length) {
      toast(undecidable(looks), "refused");
      return;
    }
    const path = name === "pin" && pictures.every((look) => look.row.verdict === "pinned") ? "unpin" : name;
    const title = `${path.charAt(0).toUpperCase()}${path.slice(1)} ${many(pictures.length, "picture")}?`;
    if (looks.length > 1 && !await askSure(title, [...left, "Each as it is shown now."], `${title.slice(0, -1)}`)) return;
    await post(`/${path}`, { pictures: pictures.map(seen) });
  };

  const reroll = async (looks) => {
    const { pictures, left } = decidable(looks);
    if (!pictures.length) {
      toast(undecidable(looks), "refused");
      return;
    }
    const what = pictures.length === 1 ? pictures[0].row.variant : many(pictures.length, "picture");
    const takes = await askTakes(what, ["Other pictures from the same words; those that are there stay.", ...left].join(" "));
    if (takes) await post("/reroll", { pictures: pictures.map(seen), takes, max_cost: null });
  };

  const choose = async ([look]) => {
    if (look.stands) {
      toast("This take stands already.", "refused");
      return false;
    }
    if (look.kind === "take") return post("/choose", { id: look.id, step: look.step, take: look.take, digest: look.digest });
    toast("Look at another take first, below the picture.", "refused");
    return false;
  };

  const ids = (looks) => (looks ? { ids: looks.map((look) => look.id) } : {});

  return {
    accept: (looks) => decide("accept", looks),
    reject: (looks) => decide("reject", looks),
    pin: (looks) => decide("pin", looks),
    reroll,
    choose,
    build: (looks) => post("/build", { ...ids(looks), max_cost: null }),
    draft: (looks) => post("/draft", ids(looks)),
    undo: () => post("/undo", {}),
    note: (look, text) => post("/note", { id: look.id, digest: look.digest, step: look.step, text }),
    unnote: (id, note) => post("/unnote", { id, step: note.step, text: note.note }),
  };
};
