// harmonics.js: bars per order and phase, in percent of the fundamental, with EN 50160 limits.

import { byId, h, s, setAttributes, setText } from "./dom.js";
import { amount, fixed } from "./format.js";
import { keyOf, PHASES } from "./phases.js";
import { t } from "./text.js";

// EN 50160, table of individual harmonics up to the 25th, percent of the fundamental.
const LIMITS = {
    2: 2,
    3: 5,
    4: 1,
    5: 6,
    6: 0.5,
    7: 5,
    8: 0.5,
    9: 1.5,
    10: 0.5,
    11: 3.5,
    12: 0.5,
    13: 3,
    14: 0.5,
    15: 0.5,
    16: 0.5,
    17: 2,
    18: 0.5,
    19: 1.5,
    20: 0.5,
    21: 0.5,
    22: 0.5,
    23: 1.5,
    24: 0.5,
    25: 1.5,
};
const ORDER_FIRST = 2;
const ORDER_SHOWN = 25;
const TOP = 8;
const LEFT = 30;
const BOTTOM = 22;
const LOG_FLOOR = 0.01; // percent
const SCALES = [2, 5, 8, 10, 20, 50, 100, 200, 500];

const percents = (channels) =>
    channels.map(({ subgroup }) =>
        subgroup.map((value) =>
            value === null || !subgroup[1] ? null : (100 * value) / subgroup[1],
        ),
    );

function radio(name, label, checked, onchange) {
    const id = `${name}-${label}`;
    return [
        h("input", { type: "radio", name, id, checked, onchange }),
        h("label", { for: id }, t(`harmonics.${label}`)),
    ];
}

export class Harmonics {
    constructor(phases) {
        this.phases = PHASES.slice(0, phases);
        this.kind = "u";
        this.scale = { u: 8, i: 20 };
        this.isLog = false;
        this.svg = s("svg", { class: "dims", role: "img" });
        this.log = h(
            "button",
            { type: "button", "aria-pressed": "false", onclick: () => this.toggleLog() },
            t("harmonics.log"),
        );
        this.summary = h("p", { class: "quiet" });
        this.body = h("tbody");
        const pick = (kind) => () => {
            this.kind = kind;
            this.draw();
        };
        byId("harmonics").append(
            h(
                "div",
                { class: "head" },
                byId("harmonics-title"),
                h(
                    "div",
                    { class: "tools" },
                    h(
                        "fieldset",
                        { class: "choice" },
                        radio("kind", "voltage", true, pick("u")),
                        radio("kind", "current", false, pick("i")),
                    ),
                    this.log,
                ),
            ),
            this.legend(),
            this.svg,
            this.summary,
            this.table(),
        );
        new ResizeObserver(() => this.draw()).observe(this.svg);
    }

    legend() {
        const limit = s(
            "svg",
            { viewBox: "0 0 26 10", class: "key", "aria-hidden": "true" },
            s("line", { x1: 4, x2: 22, y1: 5, y2: 5, stroke: "var(--warn)", "stroke-width": 2 }),
        );
        this.limitKey = h("span", {}, limit, t("harmonics.limit"));
        return h(
            "div",
            { class: "legend" },
            this.phases.map((phase) => h("span", {}, keyOf(phase), phase.name)),
            this.limitKey,
            h("span", {}, t("harmonics.unit")),
        );
    }

    table() {
        const head = [t("harmonics.order"), ...this.phases.map(({ name }) => `${name}, %`)];
        this.details = h(
            "details",
            { ontoggle: () => this.fillTable() },
            h("summary", {}, t("table")),
            h(
                "div",
                {
                    class: "scroll",
                    tabindex: 0,
                    role: "region",
                    "aria-label": t("harmonics.title"),
                },
                h(
                    "table",
                    {},
                    h(
                        "thead",
                        {},
                        h(
                            "tr",
                            {},
                            head.map((text) => h("th", { scope: "col" }, text)),
                        ),
                    ),
                    this.body,
                ),
            ),
        );
        return this.details;
    }

    toggleLog() {
        this.isLog = !this.isLog;
        this.log.setAttribute("aria-pressed", String(this.isLog));
        this.draw();
    }

    wants() {
        const box = this.svg.getBoundingClientRect();
        return !this.data || (box.bottom > 0 && box.top < innerHeight);
    }

    show(data) {
        this.data = {
            u: percents(data.u),
            i: percents(data.i.slice(0, this.phases.length)),
            orders: data.order_max,
        };
        this.draw();
        this.fillTable();
    }

    // Keeps its scale until a bar leaves it; falls back only when everything became small.
    rescale(lists) {
        const top = Math.max(0, ...lists.flatMap((list) => list.slice(ORDER_FIRST)));
        const wanted = SCALES.find((step) => step >= top * 1.02) || SCALES.at(-1);
        const least = this.kind === "u" ? 8 : 10;
        if (top > this.scale[this.kind] || top < this.scale[this.kind] * 0.2)
            this.scale[this.kind] = Math.max(least, wanted);
    }

    y(percent) {
        const room = this.height - TOP - BOTTOM;
        const scale = this.scale[this.kind];
        const part = this.isLog
            ? Math.log(Math.max(percent, LOG_FLOOR) / LOG_FLOOR) / Math.log(scale / LOG_FLOOR)
            : percent / scale;
        return TOP + room * (1 - Math.min(1, part));
    }

    draw() {
        const { width, height } = this.svg.getBoundingClientRect();
        if (!this.data || width === 0) return;
        Object.assign(this, { width, height });
        const lists = this.data[this.kind];
        const last = Math.min(ORDER_SHOWN, this.data.orders);
        this.limitKey.hidden = this.kind !== "u";
        if (last < ORDER_FIRST) {
            setText(this.summary, t("harmonics.none"));
            return;
        }
        this.rescale(lists);
        setAttributes(this.svg, { viewBox: `0 0 ${width} ${height}` });
        const slot = (width - LEFT) / (last - ORDER_FIRST + 1);
        const orders = Array.from({ length: last - ORDER_FIRST + 1 }, (_, k) => ORDER_FIRST + k);
        this.svg.replaceChildren(
            ...this.rules(),
            ...orders.flatMap((n) => this.group(n, slot, lists)),
        );
        this.summarise(lists);
    }

    rules() {
        const scale = this.scale[this.kind];
        const steps = this.isLog
            ? [0.01, 0.1, 1, 10, 100].filter((step) => step <= scale)
            : [0, 0.25, 0.5, 0.75, 1].map((part) => part * scale);
        return steps.flatMap((step) => [
            s("line", {
                x1: LEFT,
                x2: this.width,
                y1: this.y(step),
                y2: this.y(step),
                stroke: "var(--grid)",
            }),
            s(
                "text",
                { class: "axis", x: LEFT - 6, y: this.y(step) + 4, "text-anchor": "end" },
                String(Number(step.toFixed(2))),
            ),
        ]);
    }

    group(order, slot, lists) {
        const x = LEFT + (order - ORDER_FIRST) * slot;
        const bar = Math.max(1.5, (slot * 0.72) / lists.length);
        const base = this.height - BOTTOM;
        const bars = lists.map((list, k) => {
            const y = this.y(list[order] ?? 0);
            return s("rect", {
                x: x + slot * 0.14 + k * bar,
                y,
                width: Math.max(1, bar - 0.8),
                height: Math.max(0, base - y),
                fill: `var(${this.phases[k].colour})`,
                "data-order": order,
            });
        });
        const y = this.y(LIMITS[order] ?? 0);
        const limit =
            this.kind === "u" && LIMITS[order]
                ? [
                      s("line", {
                          x1: x + slot * 0.06,
                          x2: x + slot * 0.94,
                          y1: y,
                          y2: y,
                          stroke: "var(--warn)",
                          "stroke-width": 2,
                      }),
                  ]
                : [];
        const labelled = slot > 17 || order % 2 === 1;
        const text = labelled
            ? [
                  s(
                      "text",
                      { class: "axis", x: x + slot / 2, y: base + 15, "text-anchor": "middle" },
                      String(order),
                  ),
              ]
            : [];
        return [...bars, ...limit, ...text];
    }

    summarise(lists) {
        let best = { value: -1 };
        lists.forEach((list, k) =>
            list.forEach((value, order) => {
                if (order >= ORDER_FIRST && value > best.value)
                    best = { value, order, name: this.phases[k].name };
            }),
        );
        const text =
            best.value < 0
                ? t("harmonics.none")
                : t("harmonics.summary", { ...best, value: amount(best.value, "percent") });
        setText(this.summary, text);
        setAttributes(this.svg, { "aria-label": `${t("harmonics.title")}. ${text}` });
    }

    fillTable() {
        if (!this.data || !this.details.open) return;
        const lists = this.data[this.kind];
        const rows = [];
        for (let order = ORDER_FIRST; order <= this.data.orders; order++)
            rows.push(
                h(
                    "tr",
                    {},
                    h("th", { scope: "row" }, String(order)),
                    lists.map((list) => h("td", {}, fixed(list[order], 2))),
                ),
            );
        this.body.replaceChildren(...rows);
    }
}
