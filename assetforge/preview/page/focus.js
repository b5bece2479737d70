// Telling the session what somebody looks at: drafts are drawn for that first.
import { post } from "./server.js";

const EVERY = 600;

/** Return a function that takes the ids in view; it posts them when they changed, from the tab in view. */
export const makeFocus = () => {
  let ids = [];
  let sent = "";
  let timer = 0;

  const send = async () => {
    timer = 0;
    const now = JSON.stringify(ids);
    if (now === sent || document.visibilityState !== "visible" || !ids.length) return;
    sent = now;
    try {
      await post("/focus", { ids });
    } catch {
      sent = ""; // said by the status bar; sent again when there is a connection
    }
  };

  const soon = () => { timer ||= setTimeout(send, EVERY); };

  const again = () => {
    sent = "";
    soon();
  };

  document.addEventListener("visibilitychange", again);
  addEventListener("focus", again);

  return { look: (now) => { ids = now; soon(); }, again };
};
