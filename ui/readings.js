// readings.js: the table of readings per phase.

import { byId, h, setText } from "./dom.js";
import { figure, isKnown, KINDS } from "./format.js";
import { keyOf, PHASES } from "./phases.js";
import { t } from "./text.js";

// What a row shows: per phase the array, in the last column the single value.
const ROWS = [
    { name: "u", kind: "V", total: "u_avg" },
    { name: "u_ll", kind: "V", total: "u_ll_avg", hint: "line.hint" },
    { name: "i", kind: "A", total: "i_avg" },
    { name: "i_n", kind: "A", single: true },
    { name: "p", kind: "W", total: "p_total", way: "p" },
    { name: "q1", kind: "var", total: "q1_total", way: "q" },
    { name: "s", kind: "VA", total: "s_total" },
    { name: "pf", kind: "pf", total: "pf_total" },
    { name: "phi", kind: "deg" },
    { name: "thd_u", kind: "percent" },
    { name: "thd_i", kind: "percent" },
    { name: "f", kind: "Hz", single: true },
    { name: "u2_percent", kind: "percent", single: true },
];

const FLAG_WORDS = { no_voltage: "finding.no_voltage" };
const SHOWN_W = 0.5;

function wayOf(row, value) {
    if (!isKnown(value) || Math.abs(value) < SHOWN_W) return "";
    if (row.way === "p") return value > 0 ? "▼ " + t("import") : "▲ " + t("export");
    return value > 0 ? t("lagging") : t("leading");
}

class Cell {
    constructor(row) {
        this.row = row;
        this.num = h("span", { class: "num" });
        this.unit = h("span", { class: "unit" }, KINDS[row.kind].unit);
        this.way = row.way ? h("span", { class: "way" }) : null;
        this.node = h("td", {}, this.num, this.unit, this.way);
    }

    show(value, note) {
        const known = isKnown(value);
        setText(this.num, figure(value, this.row.kind));
        this.num.classList.toggle("unknown", !known);
        this.unit.hidden = !known;
        this.node.classList.toggle("flagged", Boolean(note));
        this.node.title = known ? note : note || t("unknown");
        if (this.way) setText(this.way, note && value === 0 ? t("noload") : wayOf(this.row, value));
    }
}

export class Readings {
    constructor(phases) {
        this.phases = phases;
        this.rows = ROWS.map((row) => ({ ...row, cells: this.cellsOf(row) }));
        const table = h(
            "table",
            {},
            this.head(),
            h(
                "tbody",
                {},
                this.rows.map((row) => this.line(row)),
            ),
        );
        byId("readings").append(table);
    }

    cellsOf(row) {
        return Array.from({ length: this.phases + 1 }, () => new Cell(row));
    }

    head() {
        const names = PHASES.slice(0, this.phases).map((phase) =>
            h("th", { scope: "col" }, keyOf(phase), phase.name),
        );
        return h(
            "thead",
            {},
            h(
                "tr",
                {},
                h("th", { scope: "col" }, t("readings.quantity")),
                names,
                h("th", { scope: "col" }, t("total")),
            ),
        );
    }

    line(row) {
        const { unit } = KINDS[row.kind];
        const cells = row.cells.map((cell, k) =>
            (row.single && k < this.phases) || (!row.total && !row.single && k === this.phases)
                ? h("td", {})
                : cell.node,
        );
        return h(
            "tr",
            { "data-name": row.name },
            h(
                "th",
                { scope: "row", title: row.hint ? t(row.hint) : null },
                t(row.name),
                h("span", { class: "unit" }, unit),
            ),
            cells,
        );
    }

    show(circuit) {
        const { values } = circuit;
        if (!values) return;
        for (const row of this.rows) {
            for (let k = 0; k < this.phases; k++)
                row.cells[k].show(
                    row.single ? null : values[row.name]?.[k],
                    this.noteOf(circuit, row, k),
                );
            row.cells[this.phases].show(
                row.single ? values[row.name] : values[row.total],
                circuit.flags.length && values[row.total] === null ? circuit.flags.join(", ") : "",
            );
        }
    }

    noteOf(circuit, row, k) {
        const flags = circuit.element_flags[k] || [];
        const words = flags.map((flag) =>
            FLAG_WORDS[flag]
                ? t(FLAG_WORDS[flag], { phase: PHASES[k].name })
                : flag.replaceAll("_", " "),
        );
        if (circuit.no_load[k] && row.way) words.push(t("noload"));
        return words.join(", ");
    }
}
