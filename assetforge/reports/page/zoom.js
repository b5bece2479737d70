// Looking closely: a stage of one or two panes that zoom and move together.
import { icon, make } from "./dom.js";

const STEPS = [0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 6, 8, 12, 16];
const PAN = 60;
const MARGIN = 24;

/** The next size in a direction from a scale. */
export const nextScale = (scale, by) =>
  (by > 0 ? STEPS.find((each) => each > scale * 1.01) : STEPS.findLast((each) => each < scale * 0.99)) ?? scale;

/** The scale at which a picture fits into a box, never larger than its own pixels. */
export const fitting = (size, width, height) =>
  Math.max(0.01, Math.min(1, (width - MARGIN) / size.width, (height - MARGIN) / size.height));

const zoomBar = (zoomBy, zoomTo) => {
  const output = make("output", { "aria-label": "Zoom" });
  const button = (label, name, pressed) =>
    make("button", { type: "button", "aria-label": label, title: label, onclick: pressed }, icon(name));
  const whole = make("button", { type: "button", class: "whole", title: "One pixel for each pixel", onclick: () => zoomTo(1) }, "100 %");
  const bar = make("div", { class: "zoom", role: "group", "aria-label": "Zoom" },
    button("Zoom out", "minus", () => zoomBy(-1)), output, button("Zoom in", "plus", () => zoomBy(1)),
    button("Fit", "fit", () => zoomTo(null)), whole);
  return { bar, output };
};

const dragging = (pane) => {
  let from = null;
  pane.addEventListener("pointerdown", (event) => {
    if (event.button || event.pointerType === "touch" || event.target.closest("input, button")) return;
    from = { x: event.clientX + pane.scrollLeft, y: event.clientY + pane.scrollTop };
    pane.setPointerCapture(event.pointerId);
    pane.classList.add("held");
  });
  pane.addEventListener("pointermove", (event) => {
    if (from) pane.scrollTo(from.x - event.clientX, from.y - event.clientY);
  });
  const end = () => { from = null; pane.classList.remove("held"); };
  pane.addEventListener("pointerup", end);
  pane.addEventListener("pointercancel", end);
};

/** Make a stage zoomable; `tools` gets the buttons. `size` is what one pixel of the picture is measured by. */
export const zoomable = (stage, tools) => {
  let scale = null;
  let size = { width: 1, height: 1 };
  let panes = [];

  const fit = () => fitting(size, panes[0]?.clientWidth ?? 1, panes[0]?.clientHeight ?? 1);
  const now = () => scale ?? fit();

  const draw = () => {
    if (!panes.length) return;
    const at = now();
    for (const pane of panes) {
      const sheet = pane.firstElementChild;
      sheet.style.setProperty("inline-size", `${Math.max(1, Math.round(size.width * at))}px`);
      sheet.style.setProperty("block-size", `${Math.max(1, Math.round(size.height * at))}px`);
      pane.classList.toggle("crisp", at > 1);
      pane.classList.toggle("movable", scale !== null && at > fit());
    }
    output.textContent = scale === null ? `Fit, ${Math.round(at * 100)} %` : `${Math.round(at * 100)} %`;
  };

  const zoomTo = (wanted, x = 0.5, y = 0.5) => {
    const pane = panes[0];
    if (!pane) return;
    const before = now();
    const left = (pane.scrollLeft + pane.clientWidth * x) / before;
    const top = (pane.scrollTop + pane.clientHeight * y) / before;
    scale = wanted;
    draw();
    pane.scrollTo(left * now() - pane.clientWidth * x, top * now() - pane.clientHeight * y);
  };

  const zoomBy = (by, x, y) => zoomTo(nextScale(now(), by), x, y);
  const { bar, output } = zoomBar(zoomBy, zoomTo);

  const wheel = (event) => {
    event.preventDefault();
    const box = event.currentTarget.getBoundingClientRect();
    zoomBy(event.deltaY < 0 ? 1 : -1, (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  };

  const together = (event) => {
    for (const pane of panes) {
      if (pane !== event.currentTarget) pane.scrollTo(event.currentTarget.scrollLeft, event.currentTarget.scrollTop);
    }
  };

  /** Show sheets side by side; each is an element that fills what it is given. */
  const show = (sheets, of, label) => {
    size = { width: of.width || 1, height: of.height || 1 };
    panes = sheets.map((sheet, n) => {
      const name = sheets.length > 1 ? `${label}, ${n ? "right" : "left"}` : label;
      const pane = make("div", { class: "pane", tabindex: 0, role: "group", "aria-label": name }, sheet);
      pane.addEventListener("wheel", wheel, { passive: false });
      pane.addEventListener("scroll", together);
      dragging(pane);
      return pane;
    });
    stage.replaceChildren(...panes);
    tools.hidden = false;
    draw();
  };

  /** Show words where there is no picture. */
  const nothing = (words) => {
    panes = [];
    stage.replaceChildren(words);
    tools.hidden = true;
  };

  /** Zoom or move by a key; says whether the key was used. */
  const key = (name) => {
    const moves = { ArrowLeft: [-PAN, 0], ArrowRight: [PAN, 0], ArrowUp: [0, -PAN], ArrowDown: [0, PAN] };
    if (!panes.length) return false;
    if (name === "+" || name === "=") zoomBy(1);
    else if (name === "-") zoomBy(-1);
    else if (name === "0") zoomTo(null);
    else if (name === "1") zoomTo(1);
    else if (moves[name] && panes[0].classList.contains("movable")) panes[0].scrollBy(...moves[name]);
    else return false;
    return true;
  };

  tools.append(bar);
  new ResizeObserver(draw).observe(stage);
  return { show, nothing, key, reset: () => { scale = null; } };
};
