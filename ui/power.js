// power.js: active power of the last minutes: a chart to look at, a table and CSV to keep.

import uPlot from "./lib/uplot.js";
import { byId, cssColour, h, prefersDark, setText } from "./dom.js";
import { amount, fixed, isKnown, power, timeOfDay } from "./format.js";
import { keyOf, PHASES } from "./phases.js";
import { t } from "./text.js";

const KEEP = 900; // rows, one a second
const GAP_S = 3; // a longer pause is a gap in the line
const TABLE_ROWS = 60;
const TOTAL = { name: t("total"), colour: "--accent", dash: [], marker: "none" };

function saveAs(name, text) {
    const link = h("a", {
        href: URL.createObjectURL(new Blob([text], { type: "text/csv" })),
        download: name,
    });
    link.click();
    URL.revokeObjectURL(link.href);
}

export class Power {
    constructor(phases) {
        this.lines = [TOTAL, ...(phases > 1 ? PHASES.slice(0, phases) : [])];
        this.rows = []; // [seconds, total, L1, L2, L3]
        this.figure = h("span", { class: "num" });
        this.way = h("span", { class: "way" });
        this.box = h("div", {
            class: "chart",
            tabindex: 0,
            role: "application",
            "aria-label": `${t("power.title")}. ${t("power.hint")}`,
            "aria-describedby": "power-table",
            onkeydown: (e) => this.key(e),
        });
        this.body = h("tbody");
        byId("power").append(
            h("p", { class: "big" }, this.figure, this.way),
            this.legend(),
            this.box,
            this.table(),
        );
        this.index = null;
        if (!uPlot) {
            this.box.replaceChildren(h("p", { class: "quiet" }, t("power.nochart")));
            this.details.open = true;
        }
        prefersDark.addEventListener("change", () => this.build());
        new ResizeObserver(() => this.resize()).observe(this.box);
    }

    // The legend is the readout too: a figure appears beside its name, nothing moves.
    legend() {
        this.readTime = h("b", { class: "num" });
        this.read = this.lines.map(() => h("b", { class: "num" }));
        const items = this.lines.map((line, k) =>
            h("span", {}, keyOf(line), line.name, this.read[k]),
        );
        return h("div", { class: "legend values", "aria-live": "polite" }, items, this.readTime);
    }

    table() {
        const heads = [t("power.time"), ...this.lines.map(({ name }) => `${name}, W`)];
        this.details = h(
            "details",
            { id: "power-table", ontoggle: () => this.fillTable() },
            h("summary", {}, t("table")),
            h(
                "div",
                { class: "scroll", tabindex: 0, role: "region", "aria-label": t("power.title") },
                h(
                    "table",
                    {},
                    h(
                        "thead",
                        {},
                        h(
                            "tr",
                            {},
                            heads.map((text) => h("th", { scope: "col" }, text)),
                        ),
                    ),
                    this.body,
                ),
            ),
            h("p", {}, h("button", { type: "button", onclick: () => this.save() }, t("csv"))),
        );
        return this.details;
    }

    // What the meter remembers from before this page was opened.
    load(rows) {
        this.rows = rows.map(([time, total, phases]) => [time, total, ...this.perPhase(phases)]);
        this.refresh();
    }

    perPhase(list) {
        return this.lines.slice(1).map((_, k) => list[k] ?? null);
    }

    show(now) {
        const { values } = now.circuits[0];
        const time = Date.parse(now.time) / 1000;
        if (!values || now.old || this.rows.at(-1)?.[0] >= time) return;
        this.rows.push([time, values.p_total, ...this.perPhase(values.p)]);
        if (this.rows.length > KEEP) this.rows.splice(0, this.rows.length - KEEP);
        setText(this.figure, power(values.p_total ?? NaN));
        setText(
            this.way,
            isKnown(values.p_total) && Math.abs(values.p_total) >= 1
                ? values.p_total > 0
                    ? `▼ ${t("import")}`
                    : `▲ ${t("export")}`
                : "",
        );
        this.refresh();
    }

    refresh() {
        this.update();
        this.fillTable();
    }

    // Columns for the chart; a pause becomes a row of nothing, so that the line breaks.
    columns() {
        const rows = [];
        for (const row of this.rows) {
            const before = rows.at(-1);
            if (before && row[0] - before[0] > GAP_S)
                rows.push([before[0] + 1, ...this.lines.map(() => null)]);
            rows.push(row);
        }
        return [0, ...this.lines.map((_, k) => k + 1)].map((k) => rows.map((row) => row[k]));
    }

    // Keeps the scale until the data leaves it.
    range(low, high) {
        const margin = Math.max(high, 0) - Math.min(low, 0);
        const bottom = low < 0 ? low - margin * 0.1 : 0;
        const top = high > 0 ? high + margin * 0.1 : 0;
        const [l, u] = this.kept || [0, 0];
        const isSmall = top - bottom < (u - l) * 0.4;
        if (!this.kept || low < l || high > u || isSmall) this.kept = [bottom, Math.max(top, 10)];
        return this.kept;
    }

    options() {
        const axis = {
            stroke: cssColour("--faint"),
            grid: { stroke: cssColour("--grid"), width: 1 },
            ticks: { show: false },
            font: `11px ${getComputedStyle(this.box).fontFamily}`,
        };
        const line = ({ colour, dash }, k) => ({
            stroke: cssColour(colour),
            width: k === 0 ? 2 : 1.4,
            dash,
            spanGaps: false,
            fill: k === 0 ? cssColour("--accent-soft") : undefined,
            points: { show: false },
        });
        return {
            width: this.box.clientWidth,
            height: this.box.clientHeight,
            legend: { show: false },
            cursor: { y: false, drag: { x: true, y: false, setScale: true }, points: { size: 7 } },
            scales: { y: { range: (_, low, high) => this.range(low ?? 0, high ?? 100) } },
            axes: [
                {
                    ...axis,
                    space: 76,
                    size: 28,
                    values: (_, list) => list.map((v) => timeOfDay(v * 1000)),
                },
                { ...axis, size: 58, values: (_, list) => list.map((v) => `${fixed(v, 0)} W`) },
            ],
            series: [{}, ...this.lines.map(line)],
            hooks: { setCursor: [(chart) => this.showAt(chart.cursor.idx)] },
        };
    }

    build() {
        this.chart?.destroy();
        this.chart = null;
        this.update();
    }

    update() {
        if (!uPlot || this.rows.length < 2 || this.box.clientWidth === 0) return;
        const columns = this.columns();
        if (!this.chart) {
            this.chart = new uPlot(this.options(), columns, this.box);
            this.chart.over.addEventListener("dblclick", () => {
                this.zoomed = false;
            });
            return;
        }
        this.chart.setData(columns, !this.zoomed);
    }

    resize() {
        if (this.chart)
            this.chart.setSize({ width: this.box.clientWidth, height: this.box.clientHeight });
        else this.update();
    }

    showAt(index) {
        const row = isKnown(index) ? this.chart.data.map((column) => column[index]) : null;
        const known = row && isKnown(row[1]);
        if (known) this.index = index;
        setText(this.readTime, known ? timeOfDay(row[0] * 1000) : "");
        this.read.forEach((node, k) => setText(node, known ? amount(row[k + 1], "W") : ""));
    }

    moveTo(index) {
        const last = this.chart.data[0].length - 1;
        const at = Math.max(0, Math.min(last, index));
        this.chart.setCursor({ left: this.chart.valToPos(this.chart.data[0][at], "x"), top: 10 });
    }

    zoom(factor) {
        const { min, max } = this.chart.scales.x;
        const centre = this.index !== null ? this.chart.data[0][this.index] : (min + max) / 2;
        this.zoomed = true;
        this.chart.setScale("x", {
            min: centre - (centre - min) * factor,
            max: centre + (max - centre) * factor,
        });
    }

    showAll() {
        this.zoomed = false;
        this.build();
    }

    key(event) {
        const last = (this.chart?.data[0].length ?? 1) - 1;
        const actions = {
            ArrowLeft: () => this.moveTo((this.index ?? last + 1) - 1),
            ArrowRight: () => this.moveTo((this.index ?? last - 1) + 1),
            Home: () => this.moveTo(0),
            End: () => this.moveTo(last),
            "+": () => this.zoom(0.5),
            "-": () => this.zoom(2),
            Escape: () => this.showAll(),
        };
        if (!this.chart || !actions[event.key]) return;
        event.preventDefault();
        actions[event.key]();
    }

    fillTable() {
        if (!this.details.open) return;
        const rows = this.rows.slice(-TABLE_ROWS).reverse();
        this.body.replaceChildren(
            ...rows.map(([time, ...values]) =>
                h(
                    "tr",
                    {},
                    h("th", { scope: "row" }, timeOfDay(time * 1000)),
                    values.map((value) => h("td", {}, fixed(value, 0))),
                ),
            ),
        );
    }

    save() {
        const head = ["time", ...this.lines.map((_, k) => (k === 0 ? "p_total_w" : `p_l${k}_w`))];
        const lines = this.rows.map(([time, ...values]) =>
            [new Date(time * 1000).toISOString(), ...values.map((v) => (isKnown(v) ? v : ""))].join(
                ",",
            ),
        );
        saveAs("blondel-power.csv", `${head.join(",")}\n${lines.join("\n")}\n`);
    }
}
