// face.js: the meter on the wall, 168 x 266.5 mm: two units of the drawing are a millimetre.

import { byId, h, prefersStill, s, setAttributes, setText } from "./dom.js";
import { figure, fixed, isKnown } from "./format.js";
import { DigitRow } from "./segments.js";
import { t } from "./text.js";

const SCROLL_MS = 5000;
const HOLD_MS = 30000; // after a press the display stays with the person
const PULSE_MS = 60;
const J_PER_KWH = 3.6e6;
const LCD_DIGITS = 8;
const UNITS = ["kWh", "kvarh", "kW", "V", "A", "Hz", "PF"];

const register = (obis, name, unit) => ({
    obis,
    unit,
    places: 2,
    get: (c) => (c.energy[name] === null ? null : c.energy[name] / 1000),
});
const reading = (obis, unit, places, get) => ({
    obis,
    unit,
    places,
    get: (c) => (c.values ? get(c.values) : null),
});

function pagesFor(phases) {
    const perPhase = (base, unit, places, name) =>
        Array.from({ length: phases }, (_, k) =>
            reading(`${base + 20 * k}.7.0`, unit, places, (v) => v[name][k]),
        );
    return [
        register("1.8.0", "wh_import", "kWh"),
        register("2.8.0", "wh_export", "kWh"),
        register("3.8.0", "varh_import", "kvarh"),
        register("4.8.0", "varh_export", "kvarh"),
        reading("16.7.0", "kW", 2, (v) => (v.p_total === null ? null : v.p_total / 1000)),
        ...perPhase(32, "V", 1, "u"),
        ...perPhase(31, "A", 2, "i"),
        reading("13.7.0", "PF", 2, (v) => v.pf_total),
        reading("14.7.0", "Hz", 2, (v) => v.f),
    ];
}

const box = (x, y, width, height, r, attributes) =>
    s("rect", { x, y, width, height, rx: r, ...attributes });
const words = (x, y, size, text, attributes) =>
    s("text", { x, y, "font-size": size, class: "print", ...attributes }, text);

function gradient(id, from, to, opacity = 1) {
    return s(
        "linearGradient",
        { id, x1: 0, y1: 0, x2: 0, y2: 1 },
        s("stop", { offset: 0, "stop-color": from, "stop-opacity": opacity }),
        s("stop", { offset: 1, "stop-color": to, "stop-opacity": opacity }),
    );
}

function housing() {
    return [
        s(
            "defs",
            {},
            gradient("shell", "#fdfdfb", "#ecebe6"),
            gradient("glass", "#cfd8c4", "#c1ccb4"),
            gradient("cover", "#ffffff", "#e4e8e8", 0.5),
        ),
        box(7, 5, 322, 424, 20, { fill: "url(#shell)", stroke: "#c9c7bf", "stroke-width": 1.5 }),
        box(17, 15, 302, 404, 13, { fill: "none", stroke: "#dedcd5" }),
        box(26, 26, 284, 118, 9, { fill: "#3a3d3b" }),
        box(36, 35, 264, 88, 4, { fill: "url(#glass)", stroke: "#23261f", "stroke-width": 0.75 }),
    ];
}

// The transparent terminal cover: L1L1 L2L2 L3L3 NN, and the screws that hold it.
function terminals() {
    const names = ["L1", "L1", "L2", "L2", "L3", "L3", "N", "N"];
    const holes = names.flatMap((name, k) => {
        const x = 50 + k * 33.7;
        return [
            s("circle", { cx: x, cy: 478, r: 11, fill: "#c9a25e", stroke: "#8f7138" }),
            s("circle", { cx: x, cy: 478, r: 7, fill: "#5b4722" }),
            s("path", { d: `M${x - 8} 502h16v8a8 8 0 0 1-16 0Z`, fill: "#4a4c49" }),
            words(x, 459, 8.5, name, { "text-anchor": "middle", fill: "#77766f" }),
        ];
    });
    const screws = [36, 300].flatMap((x) => [
        s("circle", { cx: x, cy: 442, r: 5, fill: "#d5d3cb", stroke: "#a9a79e" }),
        s("path", { d: `M${x - 3.4} 442h6.8`, stroke: "#8c8a82", "stroke-width": 1.3 }),
    ]);
    return [
        box(12, 424, 312, 104, 12, { fill: "#e4e3dd", stroke: "#c2c0b8" }),
        holes,
        box(12, 424, 312, 104, 12, { fill: "url(#cover)", stroke: "#b9b8b1" }),
        screws,
    ];
}

function nameplate(meter) {
    const plate = meter.nameplate;
    const three = plate.un_ll_v > 0;
    const volts = three ? `3×${plate.un_v}/${plate.un_ll_v}` : plate.un_v;
    const lines = [
        `${volts} V   ${plate.ib_a} (${plate.imax_a}) A   ${plate.frequency_hz} Hz`,
        `Cl. ${plate.class_active} active   Cl. ${plate.class_reactive} reactive`,
        `No. ${meter.serial.split("-").at(-1)}   ${meter.wiring}`,
    ];
    return s(
        "g",
        {},
        words(32, 219, 19, meter.model, { "font-weight": 700 }),
        words(32, 235, 9, meter.title),
        ...lines.map((text, k) => words(32, 254 + k * 13.5, 9, text)),
    );
}

function keypad() {
    const keys = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "⌫", "0", "↵"];
    return s(
        "g",
        {},
        box(196, 297, 112, 116, 9, { fill: "#e3e2dc", stroke: "#cfcdc5" }),
        ...keys.map((key, k) => {
            const x = 203 + (k % 3) * 34;
            const y = 303 + Math.floor(k / 3) * 27;
            return s(
                "g",
                {},
                box(x, y, 30, 23, 5, { fill: "#fbfbf8", stroke: "#c7c5bd" }),
                words(x + 15, y + 15.5, 10.5, key, { "text-anchor": "middle" }),
            );
        }),
    );
}

function modules() {
    return s(
        "g",
        {},
        box(28, 297, 156, 116, 9, { fill: "#f4f3ee", stroke: "#d5d3cb" }),
        box(38, 307, 136, 43, 5, { fill: "none", stroke: "#dddbd3" }),
        box(38, 360, 136, 43, 5, { fill: "none", stroke: "#dddbd3" }),
        words(106, 332, 8.5, "CAT.1+2G", { "text-anchor": "middle", fill: "#a19f97" }),
        words(106, 385, 8.5, "RS485", { "text-anchor": "middle", fill: "#a19f97" }),
    );
}

function opticalPort() {
    return s(
        "g",
        {},
        s("circle", { cx: 216, cy: 240, r: 27, fill: "#dad9d3", stroke: "#aeaca4" }),
        s("circle", { cx: 216, cy: 240, r: 20, fill: "#efeee9", stroke: "#c9c7bf" }),
        s("circle", { cx: 208, cy: 240, r: 4.2, fill: "#33201f" }),
        s("circle", { cx: 224, cy: 240, r: 4.2, fill: "#33201f" }),
    );
}

class Lamp {
    constructor(x, label, colour) {
        this.colour = colour;
        this.bulb = s("circle", { cx: x, cy: 164, r: 5, fill: "#6a3b38", stroke: "#00000030" });
        this.node = s(
            "g",
            {},
            s("circle", { cx: x, cy: 164, r: 8, fill: "#e2e0d9" }),
            this.bulb,
            words(x, 183, 7.6, label, { "text-anchor": "middle" }),
        );
        this.light(false);
    }

    light(on) {
        this.bulb.setAttribute("fill", on ? this.colour : "#5d4744");
    }
}

// Blinks at |P| x constant, as the meter's lamp does: one pulse for each 1/constant kWh.
class PulseLamp {
    constructor(lamp) {
        this.lamp = lamp;
        this.rate = 0; // pulses a second
        this.phase = 0;
        this.last = performance.now();
        this.tick = this.tick.bind(this);
        requestAnimationFrame(this.tick);
    }

    tick(now) {
        this.phase += (this.rate * (now - this.last)) / 1000;
        this.last = now;
        if (this.phase >= 1) {
            this.phase %= 1;
            this.until = now + Math.min(PULSE_MS, 500 / this.rate);
        }
        const still = prefersStill.matches && this.rate > 0;
        this.lamp.light(still || now < (this.until ?? 0));
        requestAnimationFrame(this.tick);
    }
}

export class Face {
    constructor(meter) {
        this.meter = meter;
        this.pages = pagesFor(meter.wiring === "3P4W" ? 3 : 1);
        this.page = 0;
        this.held = 0;
        this.digits = new DigitRow(LCD_DIGITS, 58, 71, 2.15, 26.6);
        this.code = new DigitRow(6, 44, 42, 0.95, 12.6);
        this.units = Object.fromEntries(UNITS.map((unit, k) => [unit, this.unitMark(unit, k)]));
        this.phases = [1, 2, 3].map((n, k) =>
            words(132 + k * 17, 54, 10, `L${n}`, { class: "mark" }),
        );
        this.ways = ["▼", "▲"].map((sign, k) =>
            words(188 + k * 14, 54, 10, sign, { class: "mark" }),
        );
        this.active = new PulseLamp(this.lamps()[0]);
        this.reactive = new PulseLamp(this.lampList[1]);
        this.note = h("p", { class: "quiet" });
        byId("face").append(this.draw(), this.note);
        setInterval(() => this.scroll(), SCROLL_MS);
    }

    // Not every product has pulse outputs: without a constant its lamps stay dark and nameless.
    constants() {
        const { imp_per_kwh: active = 0, imp_per_kvarh: reactive = 0 } = this.meter.nameplate;
        return { active, reactive };
    }

    lamps() {
        const { active, reactive } = this.constants();
        this.lampList = [
            new Lamp(54, active ? `${active} imp/kWh` : "", "#ff3b30"),
            new Lamp(132, reactive ? `${reactive} imp/kvarh` : "", "#ff3b30"),
            new Lamp(202, "alarm", "#ff3b30"),
            new Lamp(254, "credit", "#35b04a"),
        ];
        return this.lampList;
    }

    unitMark(unit, k) {
        return words(66 + k * 36, 119.5, 9.5, unit, { class: "mark", "text-anchor": "middle" });
    }

    draw() {
        this.lcd = s(
            "g",
            { role: "img" },
            this.code.node,
            this.digits.node,
            Object.values(this.units),
            this.phases,
            this.ways,
        );
        return s(
            "svg",
            { viewBox: "0 0 336 533", class: "meter" },
            housing(),
            this.lcd,
            terminals(),
            this.lampList.map((lamp) => lamp.node),
            nameplate(this.meter),
            opticalPort(),
            modules(),
            keypad(),
            this.displayButton(),
            this.resetButton(),
        );
    }

    displayButton() {
        const press = () => this.next();
        const onkeydown = (event) => {
            if (event.key === " " || event.key === "Enter") {
                event.preventDefault();
                press();
            }
        };
        return s(
            "g",
            {
                class: "press",
                role: "button",
                tabindex: 0,
                "aria-label": t("face.display"),
                onclick: press,
                onkeydown,
            },
            s("title", {}, t("face.display")),
            s("circle", {
                cx: 284,
                cy: 218,
                r: 19,
                fill: "#d4d2ca",
                class: "ring",
                stroke: "#b2b0a8",
            }),
            s("circle", {
                cx: 284,
                cy: 217,
                r: 14.5,
                fill: "#f8f8f5",
                stroke: "#bdbbb3",
                class: "cap",
            }),
            words(284, 220.5, 9, "▶", { "text-anchor": "middle", fill: "#75736c" }),
        );
    }

    resetButton() {
        return s(
            "g",
            {},
            s("title", {}, t("face.reset")),
            s("circle", { cx: 284, cy: 267, r: 13, fill: "#d4d2ca", stroke: "#b2b0a8" }),
            s("circle", { cx: 284, cy: 267, r: 9, fill: "#ecebe6", stroke: "#bdbbb3" }),
            s("path", {
                d: "M275 267a9 9 0 0 0 18 0",
                fill: "none",
                stroke: "#9c7a2e",
                "stroke-width": 1.6,
            }),
            s("circle", { cx: 284, cy: 279, r: 3.6, fill: "#b9953f", stroke: "#8b6c23" }),
        );
    }

    next() {
        this.held = performance.now() + HOLD_MS;
        this.turn();
    }

    scroll() {
        if (performance.now() > this.held) this.turn();
    }

    turn() {
        this.page = (this.page + 1) % this.pages.length;
        this.showPage();
    }

    show(circuit, isOld) {
        this.circuit = circuit;
        this.showPage();
        this.showPulses(isOld ? null : circuit.values);
    }

    showPage() {
        if (!this.circuit) return;
        const page = this.pages[this.page];
        const value = page.get(this.circuit);
        const known = isKnown(value);
        this.code.show(page.obis);
        this.digits.show(known ? value.toFixed(page.places) : "--------");
        for (const [unit, mark] of Object.entries(this.units))
            mark.classList.toggle("on", unit === page.unit);
        const values = this.circuit.values;
        this.phases.forEach((mark, k) =>
            mark.classList.toggle("on", (values?.u[k] ?? 0) > 0.6 * this.meter.nameplate.un_v),
        );
        const p = values?.p_total ?? 0;
        this.ways[0].classList.toggle("on", p > 0);
        this.ways[1].classList.toggle("on", p < 0);
        setAttributes(this.lcd, {
            "aria-label": t("face.reading", {
                obis: page.obis,
                value: known ? fixed(value, page.places) : t("unknown"),
                unit: page.unit,
            }),
        });
    }

    // Watts times imp/kWh over the joules of a kWh are pulses a second.
    showPulses(values) {
        const { active, reactive } = this.constants();
        this.active.rate = (Math.abs(values?.p_total ?? 0) * active) / J_PER_KWH;
        this.reactive.rate = (Math.abs(values?.q1_total ?? 0) * reactive) / J_PER_KWH;
        const rate = figure(this.active.rate * 60, "V");
        setText(this.note, active ? t("face.pulse", { rate, constant: active }) : "");
    }
}
