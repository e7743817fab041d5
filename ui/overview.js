// overview.js: is all well, and if not, where? The answer in words, the evidence below.

import { byId, h, setText } from "./dom.js";
import { age, amount, isKnown, power } from "./format.js";
import { PHASES } from "./phases.js";
import { t } from "./text.js";

const U_LIMIT = 0.1; // of Un, EN 50160
const F_LIMIT = 0.01;
const U2_LIMIT_PERCENT = 2;
const THD_LIMIT_PERCENT = 8;
const NO_VOLTAGE = 0.05; // of Un
const FLOW_LIMIT_W = 1;

function voltageFindings(values, plate) {
    return values.u.flatMap((u, k) => {
        const phase = PHASES[k].name;
        const off = u / plate.un_v - 1;
        if (!isKnown(u)) return [];
        if (u < plate.un_v * NO_VOLTAGE) return [t("finding.no_voltage", { phase })];
        if (Math.abs(off) <= U_LIMIT) return [];
        return [
            t(off < 0 ? "finding.u_low" : "finding.u_high", {
                phase,
                u: amount(u, "V"),
                percent: amount(Math.abs(off) * 100, "percent"),
                un: amount(plate.un_v, "V"),
            }),
        ];
    });
}

function perPhase(list, isBad, key, values) {
    return (list || []).flatMap((value, k) =>
        isKnown(value) && isBad(value) ? [t(key, values(value, PHASES[k].name))] : [],
    );
}

function qualityFindings(values, plate) {
    const found = perPhase(
        values.thd_u,
        (thd) => thd > THD_LIMIT_PERCENT,
        "finding.thd",
        (thd, phase) => ({ phase, thd: amount(thd, "percent") }),
    );
    if (isKnown(values.f) && Math.abs(values.f / plate.frequency_hz - 1) > F_LIMIT)
        found.push(
            t("finding.f", { f: amount(values.f, "Hz"), nominal: `${plate.frequency_hz}\u00a0Hz` }),
        );
    if (isKnown(values.u2_percent) && values.u2_percent > U2_LIMIT_PERCENT)
        found.push(t("finding.u2", { u2: amount(values.u2_percent, "percent") }));
    return found;
}

const FLAGS = {
    settling: "finding.settling",
    clipped: "finding.clipped",
    no_sync: "finding.no_sync",
    frequency_off_range: "finding.off_range",
};

export function findings(now, plate) {
    const circuit = now.circuits[0];
    if (!circuit.values) return [];
    const found = circuit.flags.filter((flag) => FLAGS[flag]).map((flag) => t(FLAGS[flag]));
    found.push(...voltageFindings(circuit.values, plate));
    found.push(
        ...perPhase(
            circuit.values.i,
            (i) => i > plate.imax_a,
            "finding.overload",
            (i, phase) => ({ phase, i: amount(i, "A"), imax: amount(plate.imax_a, "A") }),
        ),
    );
    found.push(...qualityFindings(circuit.values, plate));
    if (now.dropped > 0) found.push(t("finding.dropped", { count: now.dropped }));
    return found;
}

function flow(p) {
    if (!isKnown(p) || Math.abs(p) < FLOW_LIMIT_W) return t("flow.none");
    return t(p > 0 ? "flow.import" : "flow.export", { power: power(p) });
}

function listOf(words) {
    return words.length < 2
        ? words.join("")
        : words.slice(0, -1).join(", ") + t("and") + words.at(-1);
}

function evidence(values) {
    const facts = {
        u: amount(values.u_avg ?? values.u[0], "V"),
        f: amount(values.f, "Hz"),
        pf: amount(values.pf_total, "pf"),
    };
    if (values.p.length < 2) return t("evidence.one", facts);
    return t("evidence.many", { ...facts, list: listOf(values.p.map(power)) });
}

function answer(now, link, found) {
    const values = now.circuits[0].values;
    const old = { ended: "ended", failed: "failed", starting: "starting" }[now.state];
    if (link.state === "lost") return t("lost", { age: age(link.age) });
    if (old) return t(old);
    if (now.state === "stalled") return t("stalled", { age: age(now.age_ms) });
    return `${found.length === 0 ? t("well") : t("attention")} ${flow(values.p_total)}`;
}

export function showOverview(now, plate, link) {
    const values = now.circuits[0].values;
    const found = findings(now, plate);
    if (now.state === "failed" && now.reason) found.unshift(now.reason);
    setText(byId("answer"), answer(now, link, found));
    setText(byId("evidence"), values ? evidence(values) : "");
    const list = byId("findings");
    if (list.dataset.shown !== found.join("\n")) {
        list.dataset.shown = found.join("\n");
        list.replaceChildren(...found.map((text) => h("li", {}, text)));
    }
}
