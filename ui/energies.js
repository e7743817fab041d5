// energies.js: the registers by OBIS code, import and export told apart by word and arrow.

import { byId, h, setText } from "./dom.js";
import { figure, KINDS } from "./format.js";
import { t } from "./text.js";

const FIRST = [
    ["1.8.0", "wh_import", "▼"],
    ["2.8.0", "wh_export", "▲"],
    ["3.8.0", "varh_import", ""],
    ["4.8.0", "varh_export", ""],
    ["9.8.0", "vah_import", "▼"],
];
const MORE = [
    ["5.8.0", "varh_q1", ""],
    ["6.8.0", "varh_q2", ""],
    ["7.8.0", "varh_q3", ""],
    ["8.8.0", "varh_q4", ""],
    ["10.8.0", "vah_export", "▲"],
    ["15.8.0", "wh_absolute", ""],
    ["16.8.0", "wh_net", ""],
];

const kindOf = (name) => ({ wh: "kWh", varh: "kvarh", vah: "kVAh" })[name.split("_")[0]];

export class Energies {
    constructor() {
        this.cells = [];
        byId("energies").append(
            h(
                "div",
                { class: "head" },
                byId("energies-title"),
                h("p", { class: "quiet tools" }, t("energies.note")),
            ),
            this.table(FIRST),
            h("details", {}, h("summary", {}, t("energies.more")), this.table(MORE)),
        );
    }

    table(rows) {
        const body = rows.map(([code, name, arrow]) => {
            const num = h("span", { class: "num" });
            this.cells.push({ name, num });
            return h(
                "tr",
                { "data-obis": code },
                h("td", { class: "code" }, code),
                h(
                    "th",
                    { scope: "row" },
                    h("span", { class: "arrow", "aria-hidden": "true" }, arrow),
                    t(`energy.${name}`),
                ),
                h("td", {}, num, h("span", { class: "unit" }, KINDS[kindOf(name)].unit)),
            );
        });
        return h("table", {}, h("tbody", {}, body));
    }

    show({ energy }) {
        for (const { name, num } of this.cells) {
            const value = energy[name];
            setText(
                num,
                figure(value === null || value === undefined ? null : value / 1000, kindOf(name)),
            );
        }
    }
}
