// phases.js: how L1, L2, L3 and N look everywhere: conductor colour, dash and marker, so that they
// survive a colour-blind eye and a printer.

import { s } from "./dom.js";
import { t } from "./text.js";

export const PHASES = [
    { name: t("phase.1"), colour: "--l1", dash: [], marker: "circle" },
    { name: t("phase.2"), colour: "--l2", dash: [9, 4], marker: "square" },
    { name: t("phase.3"), colour: "--l3", dash: [2.5, 3.5], marker: "triangle" },
];
export const NEUTRAL = { name: t("phase.n"), colour: "--n", dash: [9, 3, 2, 3], marker: "diamond" };

const SHAPES = {
    none: "",
    circle: "M-3.2 0a3.2 3.2 0 1 0 6.4 0a3.2 3.2 0 1 0 -6.4 0Z",
    square: "M-3-3H3V3H-3Z",
    triangle: "M0-3.8L3.6 3H-3.6Z",
    diamond: "M0-4L4 0L0 4L-4 0Z",
};

export function markerAt(phase, x, y) {
    return s("path", {
        d: SHAPES[phase.marker],
        transform: `translate(${x} ${y})`,
        fill: `var(${phase.colour})`,
    });
}

// A short sample of the line, for heads of tables and legends.
export function keyOf(phase) {
    return s(
        "svg",
        { viewBox: "0 0 26 10", class: "key", "aria-hidden": "true" },
        s("line", {
            x1: 0,
            y1: 5,
            x2: 26,
            y2: 5,
            stroke: `var(${phase.colour})`,
            "stroke-width": 2,
            "stroke-dasharray": phase.dash.join(" ") || "none",
        }),
        markerAt(phase, 13, 5),
    );
}
