// One text that is written: marked where it is wrong, counted, saved, taken back.

const PAUSE = 150;

/** Cut a text where problems begin and end: pieces with the kinds that are true of each. */
export const pieces = (text, problems) => {
  const points = [...text];
  const spans = problems.flatMap(({ kind, spans }) => spans.map(([start, end]) => ({ kind, start, end })));
  const cuts = new Set([0, points.length, ...spans.flatMap(({ start, end }) => [start, end])]);
  const at = [...cuts].filter((each) => each <= points.length).sort((one, other) => one - other);
  return at.slice(0, -1).map((start, n) => ({
    text: points.slice(start, at[n + 1]).join(""),
    kinds: [...new Set(spans.filter((span) => span.start <= start && span.end >= at[n + 1]).map((span) => span.kind))],
  }));
};

const overs = ({ has, most }) => has > most;

/** Make a field for one row of the texts. */
export const makeField = ({ row, called, about, number, writable, post, say, make, icon, counted, stored, reload }) => {
  const id = `text-${number}-${row.form}`;
  const editable = writable && row.editable;
  const language = { lang: about.lang, dir: about.dir };
  let problems = row.problems;
  let length = row.length ?? [];
  let asked = 0;
  let timer = 0;
  let saving = false;
  let refused = "";
  let conflict = false;

  const layer = make("div", { class: "text-marks", "aria-hidden": "true", ...language });
  const area = make("textarea", { id, rows: 1, spellcheck: "true", readonly: !editable, "aria-describedby": `${id}-source ${id}-count ${id}-wrong`, ...language });
  const counter = make("p", { id: `${id}-count`, class: "text-count" });
  const wrong = make("ul", { id: `${id}-wrong`, class: "text-wrong" });
  const mark = make("span", { class: "text-unsaved", hidden: true }, "Not saved");
  const save = make("button", { type: "button", class: "primary", onclick: () => store() }, "Save");
  const undo = make("button", { type: "button", class: "quiet", onclick: () => revert() }, "Revert");
  const acts = make("div", { class: "text-acts", hidden: true }, mark, undo, save);
  const saved = make("p", { class: "text-saved" });
  const other = make("div", { class: "text-conflict", role: "group", "aria-label": "Changed elsewhere", hidden: true });

  const name = row.forms.length > 1 ? `${called}, ${row.forms[row.form]}` : called;
  const label = make("label", { for: id, class: row.forms.length > 1 ? "text-form" : "unseen" }, row.forms.length > 1 ? row.forms[row.form] : called);
  const source = make("p", { id: `${id}-source`, class: "text-source", lang: about.source, dir: "auto" }, row.source);
  const element = make("div", { class: "text-field" }, source, label,
    make("div", { class: "text-box" }, layer, area), counter, wrong,
    row.editable ? null : make("p", { class: "soft" }, row.why), saved, acts, other);

  const unsaved = () => area.value !== row.text;

  const draw = () => {
    // A line break at the end has a line of its own in the field, too.
    layer.replaceChildren(...pieces(area.value, problems).map(({ text, kinds }) =>
      (kinds.length ? make("mark", { class: kinds.join(" ") }, text) : text)), "\u200b");
    counter.replaceChildren(...length.map((each) => make("span", { class: overs(each) ? "over" : "" },
      `${length.length > 1 && each.slot ? `${each.slot} ` : ""}${each.has} / ${each.most} ${each.unit}`)));
    const said = [...(refused ? [{ severity: "error", words: refused }] : []), ...problems];
    wrong.replaceChildren(...said.map((each) => make("li", { class: each.severity === "error" ? "missing" : "stale" },
      icon(each.severity === "error" ? "missing" : "stale"), make("span", {}, each.words))));
    area.setAttribute("aria-invalid", said.some((each) => each.severity === "error") ? "true" : "false");
    acts.hidden = !editable || !unsaved() || conflict;
    mark.hidden = !unsaved();
    save.disabled = saving;
    element.classList.toggle("unsaved", unsaved());
  };

  const check = async () => {
    const mine = ++asked;
    try {
      const found = await post("/texts/check", { locale: about.locale, asset: row.asset, message: row.id, form: row.form, text: area.value });
      if (mine !== asked) return;
      const before = problems.map((each) => each.words).join();
      ({ problems, length } = found);
      draw();
      counted();
      const now = problems.map((each) => each.words).join();
      if (now !== before && document.activeElement === area) say(now ? problems.map((each) => each.words).join("; ") : "Nothing is wrong with it now.");
    } catch (error) {
      if (mine !== asked) return;
      refused = error.message;
      draw();
    }
  };

  const typed = () => {
    refused = saved.textContent = "";
    asked += 1;
    draw();
    clearTimeout(timer);
    timer = setTimeout(check, PAUSE);
  };

  const write = (text) => {
    area.value = text;
    typed();
  };

  const revert = () => {
    if (!unsaved()) return;
    conflict = false;
    other.hidden = true;
    write(row.text);
    area.focus();
    say(`${name} is as it was.`);
  };

  /** Show both texts, and let a person choose. */
  const choose = () => {
    conflict = true;
    const mine = () => { conflict = false; other.hidden = true; area.focus(); store(); };
    const theirs = () => { conflict = false; other.hidden = true; write(row.text); area.focus(); };
    other.replaceChildren(
      make("p", {}, "Somebody has changed this text in its file. There it is now:"),
      make("blockquote", { ...language }, row.text || "(empty)"),
      make("div", { class: "text-acts" },
        make("button", { type: "button", class: "quiet", onclick: theirs }, "Take theirs"),
        make("button", { type: "button", class: "primary", onclick: mine }, "Save mine")));
    other.hidden = false;
    draw();
    say(`${name} was changed elsewhere: choose one of the two texts.`);
  };

  async function store() {
    if (!editable || !unsaved() || saving || conflict) return;
    const text = area.value;
    saving = true;
    draw();
    try {
      const { words } = await post("/texts", { locale: about.locale, asset: row.asset, message: row.id, form: row.form, text, was: row.text });
      row = { ...row, text };
      refused = "";
      saved.textContent = words;
      say(words);
      stored();
    } catch (error) {
      if (error.status === 409) {
        saving = false;
        await reload();
        if (!conflict && unsaved()) choose();
        return;
      }
      refused = error.message;
      say(error.message);
    } finally {
      saving = false;
      draw();
    }
  }

  /** Take over what the files hold now; what somebody is writing stays. */
  const renew = (fresh) => {
    const [writing, before] = [unsaved(), row.text];
    row = fresh;
    if (writing) {
      if (fresh.text !== before && fresh.text !== area.value && !saving) choose();
      else draw();
      return;
    }
    if (area.value !== fresh.text) area.value = fresh.text;
    ({ problems } = fresh);
    length = fresh.length ?? [];
    refused = "";
    draw();
  };

  area.value = row.text;
  area.addEventListener("input", typed);
  area.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      revert();
    } else if (event.key.toLowerCase() === "s" && (event.ctrlKey || event.metaKey) && !event.altKey) {
      event.preventDefault();
      store();
    }
  });
  element.addEventListener("focusout", (event) => { if (!element.contains(event.relatedTarget)) store(); });
  draw();
  return { element, unsaved, renew, row: () => ({ ...row, problems }), leave: store };
};
