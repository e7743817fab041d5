// phasor.js: voltages and currents as arrows. U1 at 0 degrees, counter-clockwise positive.

import { byId, h, s, setAttributes, setText } from "./dom.js";
import { amount, isKnown } from "./format.js";
import { markerAt, PHASES } from "./phases.js";
import { t } from "./text.js";

const OUTER = 100; // length of a vector as long as its ring
const INNER = 66;
const NICE = [1, 1.5, 2, 3, 5, 7.5, 10];

// The next round number above: the scale of a ring.
export function niceAbove(value) {
    if (!(value > 0)) return 1;
    const decade = 10 ** Math.floor(Math.log10(value));
    return decade * NICE.find((step) => step * decade >= value * 0.999);
}

const point = (radius, degrees) => {
    const angle = (degrees * Math.PI) / 180;
    return [radius * Math.cos(angle), -radius * Math.sin(angle)];
};

class Vector {
    constructor(phase, symbol, index) {
        const colour = `var(${phase.colour})`;
        this.isU = symbol === "U";
        this.line = s("line", {
            x1: 0,
            y1: 0,
            stroke: colour,
            "stroke-width": this.isU ? 2.6 : 1.8,
            "stroke-dasharray": phase.dash.join(" ") || "none",
        });
        this.head = s("path", {
            fill: this.isU ? colour : "var(--card)",
            stroke: colour,
            "stroke-width": 1.6,
            "stroke-linejoin": "round",
            d: "M0 0L-9.5-4.2L-7.5 0L-9.5 4.2Z",
        });
        this.label = s(
            "text",
            {
                class: "axis vector-label",
                "text-anchor": "middle",
                "dominant-baseline": "middle",
                fill: "var(--ink)",
            },
            `${symbol}${index + 1}`,
        );
        this.mark = markerAt(phase, 0, 0);
        this.node = s(
            "g",
            { "data-vector": `${symbol}${index + 1}` },
            this.line,
            this.mark,
            this.head,
            this.label,
        );
    }

    show(length, angle, side = 0) {
        const visible = isKnown(angle) && length > 3;
        this.node.style.display = visible ? "" : "none";
        if (!visible) return;
        const [x, y] = point(length, angle);
        // A current's label keeps clear of the voltage it lies beside.
        const [tx, ty] = this.isU
            ? point(length + 11, angle)
            : point(
                  Math.hypot(length, 11),
                  angle + (side * Math.atan2(11, length) * 180) / Math.PI,
              );
        const [mx, my] = point(length * 0.55, angle);
        setAttributes(this.line, { x2: x.toFixed(2), y2: y.toFixed(2) });
        setAttributes(this.head, {
            transform:
                `translate(${x.toFixed(2)} ${y.toFixed(2)}) ` + `rotate(${(-angle).toFixed(2)})`,
        });
        setAttributes(this.mark, { transform: `translate(${mx.toFixed(2)} ${my.toFixed(2)})` });
        setAttributes(this.label, { x: tx.toFixed(2), y: ty.toFixed(2) });
    }
}

function backdrop() {
    const spokes = Array.from({ length: 12 }, (_, k) => {
        const [x, y] = point(OUTER, k * 30);
        return s("line", { x1: 0, y1: 0, x2: x, y2: y, stroke: "var(--grid)" });
    });
    const degrees = [0, 90, 180, -90].map((angle) => {
        const [x, y] = point(OUTER + 25, angle);
        return s(
            "text",
            { class: "axis", x, y, "text-anchor": "middle", "dominant-baseline": "middle" },
            `${String(angle).replace("-", "\u2212")}°`,
        );
    });
    const ring = (radius) => s("circle", { r: radius, fill: "none", stroke: "var(--hair)" });
    return [spokes, ring(OUTER), ring(INNER), degrees];
}

export class Phasor {
    constructor(phases) {
        const used = PHASES.slice(0, phases);
        this.u = used.map((phase, k) => new Vector(phase, "U", k));
        this.i = used.map((phase, k) => new Vector(phase, "I", k));
        this.scale = { u: 0, i: 0 };
        this.note = h("p", { class: "quiet" });
        this.svg = s(
            "svg",
            { viewBox: "-136 -130 272 260", role: "img", class: "dims" },
            backdrop(),
            this.u.map((v) => v.node),
            this.i.map((v) => v.node),
            s("circle", { r: 3, fill: "var(--ink)" }),
        );
        byId("phasor").append(this.svg, this.note);
    }

    // Rings keep their scale until a value leaves it or has become small in it.
    rescale(kind, list) {
        const largest = Math.max(0, ...list.filter(isKnown));
        if (largest > this.scale[kind] || largest < this.scale[kind] * 0.3)
            this.scale[kind] = niceAbove(largest);
    }

    show({ values }) {
        if (!values) return;
        this.rescale("u", values.u1);
        this.rescale("i", values.i1);
        this.u.forEach((v, k) => v.show((OUTER * values.u1[k]) / this.scale.u, values.u_angle[k]));
        this.i.forEach((v, k) =>
            v.show(
                (INNER * values.i1[k]) / this.scale.i,
                values.i_angle[k],
                values.phi[k] < 0 ? 1 : -1,
            ),
        );
        setText(
            this.note,
            t("phasor.note", { u: `${this.scale.u}\u00a0V`, i: `${this.scale.i}\u00a0A` }),
        );
        setAttributes(this.svg, { "aria-label": this.describe(values) });
    }

    describe(values) {
        const item = (name, value, kind, angle) =>
            t("phasor.item", {
                name,
                value: amount(value, kind),
                angle: amount(angle, "deg"),
            });
        return [
            ...this.u.map((_, k) => item(`U${k + 1}`, values.u1[k], "V", values.u_angle[k])),
            ...this.i.map((_, k) => item(`I${k + 1}`, values.i1[k], "A", values.i_angle[k])),
        ].join(", ");
    }
}
