// Talking to the server: what it answers, and what it says when it does not do something.

const csrf = () => document.querySelector('meta[name="csrf"]').content;

/** What the server did not do, in its words; `status` 0: it was not reached. */
export class Refused extends Error {
  constructor(status, { words, cost = null }) {
    super(words);
    this.status = status;
    this.cost = cost;
  }
}

const NOT_REACHED = { words: "The preview is not reached; nothing was done." };

const asked = async (path, how) => {
  let answer;
  try {
    answer = await fetch(path, { cache: "no-store", ...how });
  } catch {
    throw new Refused(0, NOT_REACHED);
  }
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(answer.status, { words: `The preview answered ${answer.status}.`, ...said });
  return said;
};

export const get = (path) => asked(path, {});

export const post = (path, body) => asked(path, {
  method: "POST",
  headers: { "Content-Type": "application/json", "X-Assetforge": csrf() },
  body: JSON.stringify(body),
});

export const picture = (digest) => `/pictures/${digest}`;

