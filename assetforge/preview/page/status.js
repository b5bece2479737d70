// The status bar, always true: what goes on, how far, what it costs, and what is wrong.
import { $, icon, make, many, say } from "./dom.js";
import { atWork } from "./model.js";

const LOST = "Connection lost; trying again …";
const GONE = "Connection lost; start `assetforge preview` again";
const GONE_AFTER = 10_000;

const problemLine = (problem) => {
  const place = problem.place ? make("span", { class: "code" }, problem.place) : null;
  const head = make("summary", {}, icon("problem"), make("span", {}, place, place ? " " : "", problem.message));
  const rest = make("pre", { dir: "auto", tabindex: 0, role: "region", "aria-label": `Problem ${problem.code}` }, problem.text || problem.message);
  const help = problem.help ? make("p", {}, problem.help) : null;
  return make("li", { class: problem.severity }, make("details", {}, head, rest), help);
};

const nameOf = ({ code, message }) => `${code} ${message}`;

/** How many pictures the last build could not make; nothing while it is tried again. */
export const failures = ({ rows, status }) => (status?.phase === "watching" ? [...rows.values()].filter((row) => row.problem).length : 0);

/** Write the status bar; returns functions for news and for the connection. */
export const makeStatus = (state) => {
  let said = "";
  let listed = "";
  let known = new Set();
  let gone = false;
  let timer = 0;

  const lost = () => (gone ? GONE : LOST);

  const phase = (status) => {
    const failed = failures(state);
    $("failed").hidden = !failed || !state.connected;
    $("failed").textContent = "Show what failed";
    $("dot").className = `dot ${!state.connected ? "lost" : failed ? "failed" : status.phase}`;
    $("phase-words").textContent = state.connected ? status.words : lost();
    const progress = $("progress");
    progress.hidden = !atWork(state) || !status.total;
    progress.max = status.total || 1;
    progress.value = status.done;
  };

  /** List what is wrong; returns whether it was said aloud. */
  const problems = (found) => {
    if (JSON.stringify(found) === listed) return false;
    listed = JSON.stringify(found);
    const wrong = found.some((each) => each.severity === "error");
    const count = many(found.length, wrong ? "problem" : "warning");
    $("problems").hidden = !found.length;
    $("problems").className = wrong ? "problems" : "problems mild";
    const fresh = found.filter((each) => !known.has(nameOf(each)));
    known = new Set(found.map(nameOf));
    const open = fresh.some((each) => each.severity === "error") || ($("problems").querySelector("details")?.open ?? false);
    $("problems").replaceChildren(make("details", { open }, make("summary", {}, icon("problem"), make("b", {}, count)),
      make("ul", {}, ...found.map(problemLine))));
    if (found.length) say(`${count}: ${found[0].place} ${found[0].message}`);
    return found.length > 0;
  };

  /** Say a phase once when it begins, not each step of it. */
  const announce = (status, heard) => {
    const now = state.connected ? `${status.phase} ${status.generation}` : lost();
    if (now === said) return;
    if (said && !heard && status.phase !== "planning") say(state.connected ? status.words : lost());
    said = now;
  };

  const show = () => {
    const { status } = state;
    if (!status) {
      if (!state.connected) $("phase-words").textContent = lost();
      return;
    }
    phase(status);
    $("money").textContent = status.auto ? "builds by itself" : "";
    announce(status, problems(status.problems));
  };

  const connection = (now) => {
    if (now !== state.connected) {
      clearTimeout(timer);
      gone = false;
      if (!now) timer = setTimeout(() => { gone = true; show(); }, GONE_AFTER);
    }
    state.connected = now;
    show();
  };

  return { show, connection };
};
