// Short words about what was done: seen above everything, and heard.
import { $, say } from "./dom.js";

const SECONDS = 6;
let leaving = 0;

/** Say in words what happened; `kind` is `done` or `refused`. */
export const toast = (words, kind = "done") => {
  if (!words) return;
  const box = $("toast");
  box.textContent = words;
  box.className = `toast ${kind}`;
  if (box.matches(":popover-open")) box.hidePopover();
  box.showPopover();
  say(words);
  clearTimeout(leaving);
  leaving = setTimeout(() => box.hidePopover(), SECONDS * 1000);
};

/** Speak from the dialog that is open: the rest of the page is silent behind it. */
export const speakFrom = (dialog) => {
  const home = $("said").parentElement;
  dialog.append($("said"));
  dialog.addEventListener("close", () => home.append($("said")), { once: true });
};
