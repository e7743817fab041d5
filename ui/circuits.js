// circuits.js: a meter with several circuits shows all of them in one table; the cards around it
// speak of the first.

import { byId, h, setText } from "./dom.js";
import { figure, KINDS } from "./format.js";
import { t } from "./text.js";

const COLUMNS = [
    { name: "i", kind: "A", text: "i", of: ({ values }) => values.i_avg ?? values.i[0] },
    { name: "p", kind: "W", text: "p", of: ({ values }) => values.p_total },
    { name: "pf", kind: "pf", text: "pf", of: ({ values }) => values.pf_total },
    { name: "wh_import", kind: "kWh", text: "import", of: ({ energy }) => energy.wh_import / 1000 },
    { name: "wh_export", kind: "kWh", text: "export", of: ({ energy }) => energy.wh_export / 1000 },
];

export class Circuits {
    constructor(circuits) {
        const card = byId("circuits");
        card.hidden = circuits.length < 2;
        if (card.hidden) return;
        this.cells = circuits.map(() => COLUMNS.map(() => h("span", { class: "num" })));
        const head = COLUMNS.map((column) => h("th", { scope: "col" }, t(column.text)));
        const body = circuits.map((circuit, c) =>
            h(
                "tr",
                { "data-name": circuit.name },
                h("th", { scope: "row" }, circuit.name),
                COLUMNS.map(({ name, kind }, k) =>
                    h(
                        "td",
                        { "data-name": name },
                        this.cells[c][k],
                        h("span", { class: "unit" }, KINDS[kind].unit),
                    ),
                ),
            ),
        );
        card.append(
            h(
                "table",
                {},
                h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("circuits.name")), head)),
                h("tbody", {}, body),
            ),
        );
    }

    show(circuits) {
        if (!this.cells) return;
        circuits.forEach((circuit, c) => {
            COLUMNS.forEach(({ kind, of }, k) => {
                setText(this.cells[c][k], figure(circuit.values ? of(circuit) : null, kind));
            });
        });
    }
}
