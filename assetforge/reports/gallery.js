"use strict";
// The page is readable without this script. It adds filters, the viewer and the keyboard.
// Every text reaches the page through textContent: prompts and copy are never markup.
(() => {
  const $ = (id) => document.getElementById(id);
  const { tiles, steps } = JSON.parse($("data").textContent);
  const cards = tiles.map((_, n) => $(`p${n}`));
  const marks = tiles.map((_, n) => document.querySelector(`.mark-of[data-n="${n}"]`));
  const STATES = ["current", "stale", "edited", "missing"];
  const languages = new Intl.DisplayNames(["en"], { type: "language" });

  /** Make an element: attributes as an object, children as elements or texts. */
  const make = (name, attributes = {}, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
      else if (value !== undefined && value !== "") made.setAttribute(key, value);
    }
    made.append(...children.filter((child) => child !== null && child !== ""));
    return made;
  };

  const icon = (name) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    svg.setAttribute("class", `icon ${name}`);
    svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", `#i-${name}`);
    svg.append(use);
    return svg;
  };

  const named = new Map([["", ""]]);
  const nameOf = (lang) => {
    if (named.has(lang)) return named.get(lang);
    let name = "";
    try {
      name = languages.of(lang);
    } catch {
      // Not a language tag: it is shown as written.
    }
    named.set(lang, name === lang ? "" : name);
    return named.get(lang);
  };

  // Filters: a facet is a property of a picture; the values chosen in one facet are alternatives.

  const facet = (key, label, of, names = () => "") => ({ key, label, of, names, chosen: new Set() });
  const axes = [...new Set(tiles.flatMap((tile) => Object.keys(tile.axes)))];
  const langs = new Map(tiles.map((tile) => [tile.locale, tile.lang]));
  const facets = [
    facet("state", "State", (tile) => [tile.state]),
    facet("asset", "Asset", (tile) => [tile.asset]),
    ...axes.map((axis) =>
      facet(`axis.${axis}`, axis[0].toUpperCase() + axis.slice(1), (tile) =>
        axis in tile.axes ? [tile.axes[axis]] : [])),
    facet("locale", "Locale", (tile) => (tile.locale ? [tile.locale] : []),
      (locale) => nameOf(langs.get(locale))),
    facet("tag", "Tag", (tile) => tile.tags),
  ];
  for (const each of facets) {
    each.values = [...new Set(tiles.flatMap(each.of))];
    if (each.key === "state") each.values.sort((a, b) => STATES.indexOf(a) - STATES.indexOf(b));
    each.has = tiles.map((tile) => new Set(each.of(tile)));
  }
  const shownFacets = facets.filter((each) => each.values.length > 1 || each.key === "tag" && each.values.length);
  const haystacks = tiles.map((tile) => [
    tile.variant, tile.alt, tile.reason, nameOf(tile.lang), ...tile.tags, ...tile.copy.flat(),
    ...tile.files.map((file) => `${file.path} ${file.sha256 ?? ""}`),
    ...tile.steps.map((n) => `${steps[n].prompt} ${steps[n].key ?? ""}`),
  ].join("\n").toLowerCase());

  let visible = tiles.map((_, n) => n);

  const buildFacets = () => {
    for (const each of shownFacets) {
      each.rows = new Map(each.values.map((value) => [value, choiceRow(each, value)]));
      const rows = [...each.rows.values()].map((row) => row.label);
      const choices = make("div", { class: "choices" }, ...rows);
      $("facet-list").append(make("fieldset", {}, make("legend", {}, each.label), choices));
    }
  };

  const choiceRow = (each, value) => {
    const box = make("input", { type: "checkbox", name: each.key, value });
    box.addEventListener("change", () => {
      each.chosen[box.checked ? "add" : "delete"](value);
      apply();
    });
    const words = make("span", {}, value);
    if (each.names(value)) words.append(make("small", {}, ` ${each.names(value)}`));
    const output = make("output");
    const mark = each.key === "state" ? icon(value) : null;
    return { box, output, label: make("label", { class: "choice" }, box, mark, words, output) };
  };

  const matches = (n, words, leaving) =>
    words.every((word) => haystacks[n].includes(word)) &&
    shownFacets.every((each) => each === leaving || !each.chosen.size ||
      [...each.has[n]].some((value) => each.chosen.has(value)));

  const showCounts = (words) => {
    for (const each of shownFacets) {
      const found = tiles.map((_, n) => n).filter((n) => matches(n, words, each));
      for (const [value, row] of each.rows) {
        const count = found.filter((n) => each.has[n].has(value)).length;
        row.output.textContent = count;
        row.box.checked = each.chosen.has(value);
        row.label.classList.toggle("none", !count);
      }
    }
  };

  const apply = (address = true) => {
    const words = $("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    visible = tiles.map((_, n) => n).filter((n) => matches(n, words, null));
    const kept = new Set(visible);
    cards.forEach((card, n) => { card.hidden = !kept.has(n); });
    marks.forEach((mark, n) => mark?.classList.toggle("off", !kept.has(n)));
    for (const part of document.querySelectorAll(".row, .asset")) {
      part.hidden = !part.querySelector(".card:not([hidden])");
    }
    showCounts(words);
    const chosen = shownFacets.reduce((sum, each) => sum + each.chosen.size, 0);
    $("chosen").textContent = chosen ? `${chosen} chosen` : "";
    $("showing").textContent = visible.length === tiles.length
      ? `All ${tiles.length} pictures` : `${visible.length} of ${tiles.length} pictures`;
    $("clear").hidden = !chosen && !words.length;
    $("nothing").hidden = visible.length > 0 || !tiles.length;
    if (address) writeAddress();
  };

  const clear = () => {
    $("search").value = "";
    for (const each of facets) each.chosen.clear();
    apply();
    $("search").focus();
  };

  // The address holds what is seen, so that a link shows another person the same.

  const writeAddress = () => {
    const state = new URLSearchParams();
    if ($("search").value) state.set("q", $("search").value);
    for (const each of shownFacets) for (const value of each.chosen) state.append(each.key, value);
    if (open !== null) state.set("open", tiles[open].variant);
    const hash = `${state}`;
    history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
  };

  const readAddress = () => {
    if (/^#(p\d+|pictures|locales)$/.test(location.hash)) return;
    const state = new URLSearchParams(location.hash.slice(1));
    $("search").value = state.get("q") ?? "";
    for (const each of shownFacets) {
      each.chosen = new Set(state.getAll(each.key).filter((value) => each.values.includes(value)));
    }
    const wanted = tiles.findIndex((tile) => tile.variant === state.get("open"));
    apply(false);
    if (wanted >= 0) show(wanted);
    else if (viewer.open) viewer.close();
    if (shownFacets.some((each) => each.chosen.size)) $("facets").open = true;
  };

  // The viewer

  const viewer = $("viewer");
  let open = null;
  let opener = null;

  const say = (words) => {
    $("said").textContent = "";
    setTimeout(() => { $("said").textContent = words; }, 50);
  };

  const copyText = async (words) => {
    try {
      await navigator.clipboard.writeText(words);
    } catch {
      const field = make("textarea", { class: "unseen" });
      field.value = words;
      viewer.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
  };

  const copyButton = (what, words) => {
    const button = make("button", { type: "button", class: "copier", "aria-label": `Copy ${what}`, title: `Copy ${what}` }, icon("copy"));
    button.addEventListener("click", async () => {
      await copyText(words);
      button.focus();
      button.replaceChildren(icon("current"));
      say(`Copied ${what}`);
      setTimeout(() => button.replaceChildren(icon("copy")), 1500);
    });
    return button;
  };

  const fact = (name, ...content) => [make("dt", {}, name), make("dd", {}, ...content)];
  const short = (digest) => make("span", { class: "code", title: digest }, digest.slice(0, 12));
  const digestFact = (name, digest) =>
    digest ? fact(name, short(digest), copyButton(name, digest)) : [];

  const fileFacts = (file) => {
    const name = file.href
      ? make("a", { href: file.href, target: "_blank", rel: "noopener" }, file.path, " ", icon("out"))
      : make("span", {}, `${file.path} (missing)`);
    return [...fact("file", name, copyButton("path", file.path)), ...digestFact("sha256", file.sha256)];
  };

  const facts = (tile) => {
    const chosen = Object.entries(tile.axes).flatMap(([axis, value]) => fact(axis, value));
    const name = nameOf(tile.lang);
    const locale = tile.locale ? fact("locale", name ? `${tile.locale} (${name})` : tile.locale) : [];
    const tags = tile.tags.length ? fact("tags", tile.tags.join(", ")) : [];
    return make("dl", {}, ...fact("size", tile.size), ...chosen, ...locale, ...tags,
      ...tile.files.flatMap(fileFacts));
  };

  const written = (tile, words) => make("p", { lang: tile.lang, dir: tile.dir || "auto" }, words);

  const slots = (tile) => make("div", { class: "slots" }, ...tile.copy.map(([slot, words]) =>
    make("div", {}, make("h4", {}, slot), written(tile, words))));

  const checkOf = (check) => {
    const name = make("h4", {}, make("b", { class: `verdict ${check.verdict}` }, check.verdict), ` ${check.check}${check.slot ? ` · ${check.slot}` : ""}`);
    const said = check.message ? make("p", {}, check.message) : null;
    const pair = [["expected", check.expected], ["found", check.found]].filter(([, words]) => words);
    const words = pair.length && check.verdict !== "equal"
      ? make("dl", {}, ...pair.flatMap(([term, text]) => fact(term, make("span", { dir: "auto" }, text)))) : null;
    const seen = check.exhibit
      ? make("img", { src: check.exhibit, alt: `What was looked at: ${check.check} ${check.slot}`.trim(), loading: "lazy" }) : null;
    return make("li", {}, ...[name, said, words, seen].filter(Boolean));
  };

  const checks = (step) => step.checks.length
    ? make("ul", { class: "checks", "aria-label": `What was found in ${step.step}` }, ...step.checks.map(checkOf)) : null;

  const stepDetails = (step) => {
    const price = step.cost ? `$${step.cost}` : "";
    const shared = step.shared > 1 ? fact("shared by", `${step.shared} variants`) : [];
    const summary = make("summary", {}, make("b", {}, step.step), make("span", {}, step.kind === step.step ? "" : step.kind),
      make("span", {}, step.decision), make("span", { class: "cost" }, price));
    const how = step.how ? fact("made right by", step.how) : [];
    const list = make("dl", {}, ...how, ...step.request.flatMap(([name, value]) => fact(name, make("span", {}, value))),
      ...shared,
      ...digestFact("key", step.key), ...digestFact("artifact", step.artifact));
    const prompt = step.prompt
      ? make("div", { class: "prompt" }, make("pre", { dir: "auto", tabindex: 0, role: "region", "aria-label": `Rendered prompt of ${step.step}` }, step.prompt), copyButton("rendered prompt", step.prompt))
      : null;
    return make("details", { class: "step", open: "open" }, summary, make("div", { class: "inside" }, list, prompt, checks(step)));
  };

  const part = (title, content) => [make("h3", {}, title), content];

  const fillDetails = (tile) => {
    const command = make("div", { class: "paste" }, make("span", { class: "code" }, tile.command), copyButton("command", tile.command));
    const alt = make("div", { class: "slots" }, written(tile, tile.alt));
    const behind = make("div", {}, ...tile.steps.map((n) => stepDetails(steps[n])));
    const reason = tile.reason ? make("p", { class: `note ${tile.state}` }, tile.reason) : "";
    $("details").replaceChildren(...[
      reason, facts(tile),
      ...(tile.copy.length ? part("Copy", slots(tile)) : []),
      ...(tile.alt ? part("Alt text", alt) : []),
      ...part("Why it is as it is", command),
      ...(tile.steps.length ? part("Steps", behind) : []),
    ].filter(Boolean));
    $("details").scrollTop = 0;
  };

  const fillStage = (n) => {
    const image = cards[n].querySelector("img");
    const large = image
      ? make("img", { src: image.src, alt: tiles[n].alt, lang: tiles[n].lang, dir: tiles[n].dir, width: image.getAttribute("width"), height: image.getAttribute("height") })
      : make("p", { class: tiles[n].state }, icon(tiles[n].state), tiles[n].files.some((file) => file.href) ? "no preview" : "missing");
    $("stage").replaceChildren(large);
  };

  const show = (n) => {
    const tile = tiles[n];
    open = n;
    $("viewer-name").textContent = tile.variant;
    $("viewer-state").replaceChildren(make("span", { class: `state ${tile.state}` }, icon(tile.state), tile.state));
    const place = visible.indexOf(n);
    $("viewer-place").textContent = place < 0 ? "" : `${place + 1} of ${visible.length}`;
    $("previous").disabled = place <= 0;
    $("next").disabled = place < 0 || place === visible.length - 1;
    fillStage(n);
    fillDetails(tile);
    if (!viewer.open) {
      viewer.showModal();
      $("viewer-name").focus();
    }
    writeAddress();
  };

  const turn = (by) => {
    const n = visible[visible.indexOf(open) + by];
    if (n === undefined || open === null) return;
    const button = document.activeElement;
    show(n);
    if (button?.disabled) $("close").focus();
    say(tiles[n].variant);
  };

  viewer.addEventListener("close", () => {
    const back = open !== null && Number(opener?.dataset.n) !== open ? cards[open].querySelector(".open") : opener;
    open = null;
    writeAddress();
    back?.focus();
  });

  viewer.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.key === "ArrowLeft") turn(-1);
    else if (event.key === "ArrowRight") turn(1);
    else return;
    event.preventDefault();
  });

  // The overview is one stop for the Tab key; arrows move inside it.

  const moves = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

  const moveInTable = (event) => {
    const step = moves[event.key];
    const cell = event.target.closest("td");
    if (!step || !cell) return;
    event.preventDefault();
    const rows = [...event.currentTarget.rows];
    let [y, x] = [rows.indexOf(cell.parentElement) + step[0], cell.cellIndex + step[1]];
    for (; rows[y]?.cells[x]; y += step[0], x += step[1]) {
      const link = rows[y].cells[x].querySelector("a");
      if (!link) continue;
      event.currentTarget.querySelector('a[tabindex="0"]').tabIndex = -1;
      link.tabIndex = 0;
      link.focus();
      return;
    }
  };

  for (const table of document.querySelectorAll(".overview table")) {
    table.setAttribute("role", "grid");
    const links = [...table.querySelectorAll("a")];
    links.forEach((link, n) => { link.tabIndex = n ? -1 : 0; });
    table.addEventListener("keydown", moveInTable);
  }

  // Start

  $("pictures").addEventListener("click", (event) => {
    const link = event.target.closest("a[data-n]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    opener = link;
    show(Number(link.dataset.n));
  });
  viewer.addEventListener("click", (event) => { if (event.target === viewer) viewer.close(); });
  $("close").addEventListener("click", () => viewer.close());
  $("previous").addEventListener("click", () => turn(-1));
  $("next").addEventListener("click", () => turn(1));
  $("clear").addEventListener("click", clear);
  $("search").addEventListener("input", () => apply());
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || viewer.open || event.target.matches("input")) return;
    event.preventDefault();
    $("search").focus();
  });
  addEventListener("hashchange", readAddress);

  const roomy = matchMedia("(min-width: 62rem)");
  const openFacets = () => { $("facets").open = roomy.matches; };
  roomy.addEventListener("change", openFacets);

  for (const link of document.querySelectorAll("a[data-n]")) link.setAttribute("aria-haspopup", "dialog");
  for (const name of document.querySelectorAll(".locale[data-lang]")) {
    const words = nameOf(name.dataset.lang);
    if (words) name.append(make("small", {}, words));
  }
  buildFacets();
  openFacets();
  $("filters").hidden = $("bar").hidden = false;
  readAddress();
  apply(false);
})();
