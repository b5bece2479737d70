// The status bar, always true: what goes on, how far, what it costs, and what is wrong.
import { $, icon, make, many, say } from "./dom.js";
import { price } from "./model.js";

const WORKING = new Set(["planning", "drafting", "building"]);
const LOST = "Connection lost; trying again …";

const problemLine = (problem) => {
  const place = problem.place ? make("span", { class: "code" }, problem.place) : null;
  const head = make("summary", {}, icon("problem"), make("span", {}, place, place ? " " : "", problem.message));
  const rest = make("pre", { dir: "auto", tabindex: 0, role: "region", "aria-label": `Problem ${problem.code}` }, problem.text || problem.message);
  const help = problem.help ? make("p", {}, problem.help) : null;
  return make("li", { class: problem.severity }, make("details", {}, head, rest, help));
};

const moneyWords = (status) => {
  const words = [];
  const spent = price({ low: status.spent, high: status.spent });
  if (status.cap) words.push(`spent ${spent} of ${price({ low: status.cap, high: status.cap })}`);
  else if (Number(status.spent) > 0) words.push(`spent ${spent}`);
  if (status.auto) words.push("builds by itself");
  if (status.finishing) words.push(`finishing ${many(status.finishing, "superseded call")}`);
  if (status.polling) words.push("polling");
  return words.join(" · ");
};

/** Write the status bar; returns functions for news and for the connection. */
export const makeStatus = (state) => {
  let said = "";
  let listed = "";
  let connected = true;

  const phase = (status) => {
    $("dot").className = `dot ${connected ? status.phase : "lost"}`;
    $("phase-words").textContent = connected ? status.words : LOST;
    const progress = $("progress");
    progress.hidden = !connected || !WORKING.has(status.phase) || !status.total;
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
    const open = wrong || ($("problems").querySelector("details")?.open ?? false);
    $("problems").replaceChildren(make("details", { open }, make("summary", {}, icon("problem"), make("b", {}, count)),
      make("ul", {}, ...found.map(problemLine))));
    if (found.length) say(`${count}: ${found[0].place} ${found[0].message}`);
    return found.length > 0;
  };

  /** Say a phase once when it begins, not each step of it. */
  const announce = (status, heard) => {
    const now = connected ? `${status.phase} ${status.generation}` : "lost";
    if (now === said) return;
    if (said && !heard && status.phase !== "planning") say(connected ? status.words : LOST);
    said = now;
  };

  const show = () => {
    const { status } = state;
    if (!status) {
      if (!connected) $("phase-words").textContent = LOST;
      return;
    }
    phase(status);
    $("money").textContent = moneyWords(status);
    announce(status, problems(status.problems));
  };

  return { show, connection: (now) => { connected = now; show(); } };
};
