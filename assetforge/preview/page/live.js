// One stream of news for all tabs: browsers open only six connections to one host, so one tab holds
// the stream under a lock and tells the others; when it goes, the lock and the stream go to another.

const CHANNEL = "assetforge";
const AGAIN = 1500;

const listen = (tell) => {
  let source = null;
  const open = () => {
    source = new EventSource("/events");
    source.addEventListener("open", () => tell({ kind: "open" }));
    source.addEventListener("changed", (event) => tell({ kind: "changed", news: JSON.parse(event.data) }));
    source.addEventListener("error", () => {
      tell({ kind: "lost" });
      if (source.readyState === EventSource.CLOSED) setTimeout(open, AGAIN);
    });
  };
  open();
};

/** Hear of everything: `heard` gets `{kind: "open" | "lost"}` and `{kind: "changed", news}`. */
export const hear = (heard) => {
  const channel = new BroadcastChannel(CHANNEL);
  let leads = false;
  let last = null;
  const tell = (message) => {
    last = message.kind === "lost" ? "lost" : "open";
    heard(message);
    channel.postMessage(message);
  };
  channel.addEventListener("message", ({ data }) => {
    if (data.kind !== "hello") heard(data);
    else if (leads && last) channel.postMessage({ kind: last });
  });
  channel.postMessage({ kind: "hello" });
  const lead = () => {
    leads = true;
    listen(tell);
    return new Promise(() => {});
  };
  if (navigator.locks) navigator.locks.request(CHANNEL, lead);
  else lead();
};

/**
 * Return a function that brings the state up to a version, one request at a time.
 *
 * Who asks while a request is under way gets another one behind it: the answer that comes may be older.
 */
export const follower = ({ version, fetched, failed, get }) => {
  let wanted = -1;
  let running = false;
  let calls = 0;
  const run = async (least) => {
    wanted = Math.max(wanted, least);
    calls += 1;
    if (running) return;
    running = true;
    try {
      let [since, answered] = [0, 0];
      do {
        since = version();
        answered = calls;
        const document = await get(`/state?since=${since}`);
        fetched(document.version < since ? await get("/state?since=-1") : document);
      } while (calls > answered || (version() < wanted && version() > since));
    } catch (error) {
      failed(error);
    } finally {
      running = false;
      wanted = -1;
    }
  };
  return run;
};
