// scope.js: voltages and currents on one time base, from where U1 rises through zero.

import { byId, cssColour, h, prefersDark, setText } from "./dom.js";
import { amount, fixed } from "./format.js";
import { niceAbove } from "./phasor.js";
import { keyOf, NEUTRAL, PHASES } from "./phases.js";
import { t } from "./text.js";

const CYCLES = 2;
const GAP = 14; // pixels between the panes
const LEFT = 44;
const BOTTOM = 22;
const U_SHARE = 0.55;

// Index, with its fraction, of the first rise of `wave` through zero that leaves `need` frames; the
// sign must hold for a moment on both sides, so that noise is no crossing.
export function risingZero(wave, need) {
    const hold = Math.max(2, Math.round(need / CYCLES / 16));
    for (let k = hold; k + need < wave.length; k++) {
        if (wave[k] >= 0 && wave[k - 1] < 0 && wave[k - hold] < 0 && wave[k + hold] > 0)
            return k - wave[k] / (wave[k] - wave[k - 1]);
    }
    return -1;
}

// A value between two samples.
export function between(wave, position) {
    const k = Math.max(0, Math.min(wave.length - 2, Math.floor(position)));
    return wave[k] + (wave[k + 1] - wave[k]) * (position - k);
}

const largest = (waves) =>
    waves.reduce(
        (top, wave) => wave.reduce((most, value) => Math.max(most, Math.abs(value)), top),
        0,
    );

export class Scope {
    constructor() {
        this.canvas = h("canvas", { tabindex: 0, role: "img", "aria-label": t("scope.hint") });
        this.freeze = h(
            "button",
            { type: "button", "aria-pressed": "false", onclick: () => this.toggle() },
            t("freeze"),
        );
        this.readout = h("p", { class: "readout", "aria-live": "polite" });
        this.scale = { u: 0, i: 0 };
        this.cursor = null; // seconds after the trigger
        this.frequency = 50;
        const head = h(
            "div",
            { class: "head" },
            byId("scope-title"),
            h("div", { class: "tools" }, this.freeze),
        );
        byId("scope").append(head, this.canvas, this.readout);
        this.listen();
    }

    listen() {
        this.canvas.addEventListener("pointermove", (event) => this.pointAt(event));
        this.canvas.addEventListener("pointerdown", (event) => this.pointAt(event));
        this.canvas.addEventListener("keydown", (event) => this.key(event));
        new ResizeObserver(() => this.draw()).observe(this.canvas);
        prefersDark.addEventListener("change", () => this.draw());
    }

    get frozen() {
        return this.freeze.getAttribute("aria-pressed") === "true";
    }

    toggle() {
        this.freeze.setAttribute("aria-pressed", String(!this.frozen));
        setText(this.freeze, t(this.frozen ? "run" : "freeze"));
    }

    // Whether a new waveform is worth fetching.
    wants() {
        const box = this.canvas.getBoundingClientRect();
        if (!this.wave) return true;
        return !this.frozen && box.bottom > 0 && box.top < innerHeight;
    }

    show(wave, frequency) {
        if (this.frozen || wave.frames === 0) return;
        this.wave = wave;
        this.frequency = frequency || this.frequency;
        this.span = CYCLES / this.frequency;
        this.start = risingZero(wave.u[0], Math.ceil(this.span * wave.rate_hz));
        if (this.start < 0)
            this.start = Math.max(0, wave.frames - Math.ceil(this.span * wave.rate_hz) - 1);
        this.rescale("u", wave.u);
        this.rescale("i", wave.i);
        this.draw();
    }

    // Keeps its scale until the data leaves it or has become small in it.
    rescale(kind, waves) {
        const top = largest(waves);
        if (top > this.scale[kind] || top < this.scale[kind] * 0.3)
            this.scale[kind] = niceAbove(top * 1.05);
    }

    pointAt(event) {
        const box = this.canvas.getBoundingClientRect();
        this.setCursor(((event.clientX - box.left - LEFT) / (box.width - LEFT)) * this.span);
    }

    key(event) {
        const step = this.span / (event.shiftKey ? 40 : 400);
        const moves = { ArrowLeft: -step, ArrowRight: step };
        if (event.key === "Escape") this.setCursor(null);
        else if (event.key === " ") this.toggle();
        else if (moves[event.key]) this.setCursor((this.cursor ?? 0) + moves[event.key]);
        else return;
        event.preventDefault();
    }

    setCursor(seconds) {
        if (!this.wave) return;
        this.cursor = seconds === null ? null : Math.max(0, Math.min(this.span, seconds));
        this.draw();
    }

    channels() {
        const { u, i } = this.wave;
        const phaseOf = (k) => PHASES[k] || NEUTRAL;
        return [
            ...u.map((wave, k) => ({ wave, phase: phaseOf(k), kind: "V", name: `U${k + 1}` })),
            ...i.map((wave, k) => ({
                wave,
                phase: k < u.length ? phaseOf(k) : NEUTRAL,
                kind: "A",
                name: k < u.length ? `I${k + 1}` : "IN",
            })),
        ];
    }

    showReadout() {
        const at = this.cursor ?? 0;
        const degrees = at * this.frequency * 360;
        const item = (name, text, key) =>
            h("span", {}, key ? keyOf(key) : null, ` ${name} `, h("b", {}, text));
        const position = this.start + at * this.wave.rate_hz;
        this.readout.replaceChildren(
            item("t", `${fixed(at * 1000, 2)}\u00a0ms`),
            item("φ", amount(degrees, "deg")),
            ...this.channels().map(({ wave, phase, kind, name }) =>
                item(name, amount(between(wave, position), kind), phase),
            ),
        );
    }

    draw() {
        if (!this.wave) return;
        const ratio = window.devicePixelRatio || 1;
        const { clientWidth: width, clientHeight: height } = this.canvas;
        if (
            this.canvas.width !== Math.round(width * ratio) ||
            this.canvas.height !== Math.round(height * ratio)
        ) {
            this.canvas.width = Math.round(width * ratio);
            this.canvas.height = Math.round(height * ratio);
        }
        const pen = this.canvas.getContext("2d");
        pen.setTransform(ratio, 0, 0, ratio, 0, 0);
        pen.clearRect(0, 0, width, height);
        pen.font = `11px ${getComputedStyle(this.canvas).fontFamily}`;
        const split = (height - BOTTOM - GAP) * U_SHARE;
        const voltage = { top: 0, height: split, scale: this.scale.u, unit: "V" };
        const current = {
            top: split + GAP,
            height: height - BOTTOM - GAP - split,
            scale: this.scale.i,
            unit: "A",
        };
        this.drawTime(pen, width, height);
        for (const pane of [voltage, current]) this.drawPane(pen, pane, width);
        for (const channel of this.channels())
            this.drawWave(pen, channel, channel.kind === "V" ? voltage : current, width);
        this.drawCursor(pen, width, height);
        this.showReadout();
    }

    x(seconds, width) {
        return LEFT + (seconds / this.span) * (width - LEFT);
    }

    drawTime(pen, width, height) {
        pen.strokeStyle = cssColour("--grid");
        pen.fillStyle = cssColour("--faint");
        pen.lineWidth = 1;
        for (let ms = 0; ms <= this.span * 1000 + 1e-6; ms += 5) {
            const x = Math.round(this.x(ms / 1000, width)) + 0.5;
            pen.beginPath();
            pen.moveTo(x, 0);
            pen.lineTo(x, height - BOTTOM);
            pen.stroke();
            pen.textAlign = ms === 0 ? "left" : x > width - 24 ? "right" : "center";
            pen.fillText(`${ms} ms`, x, height - 6);
        }
    }

    drawPane(pen, pane, width) {
        pen.textAlign = "right";
        for (const part of [-1, 0, 1]) {
            const y = Math.round(pane.top + (pane.height / 2) * (1 - part)) + 0.5;
            pen.strokeStyle = cssColour(part === 0 ? "--hair" : "--grid");
            pen.beginPath();
            pen.moveTo(LEFT, y);
            pen.lineTo(width, y);
            pen.stroke();
            pen.textBaseline = part === 1 ? "top" : part === -1 ? "bottom" : "middle";
            const text = part === 0 ? "0" : fixed(part * pane.scale, pane.scale < 10 ? 1 : 0);
            pen.fillText(part === 1 ? `${text} ${pane.unit}` : text, LEFT - 6, y);
        }
        pen.textBaseline = "alphabetic";
    }

    drawWave(pen, { wave, phase, kind }, pane, width) {
        const first = Math.floor(this.start);
        const last = Math.min(
            wave.length - 1,
            Math.ceil(this.start + this.span * this.wave.rate_hz),
        );
        pen.save();
        pen.beginPath();
        pen.rect(LEFT, pane.top - 2, width - LEFT, pane.height + 4);
        pen.clip();
        pen.beginPath();
        for (let k = first; k <= last; k++)
            pen.lineTo(
                this.x((k - this.start) / this.wave.rate_hz, width),
                pane.top + (pane.height / 2) * (1 - wave[k] / pane.scale),
            );
        pen.strokeStyle = cssColour(phase.colour);
        pen.setLineDash(phase.dash);
        pen.lineWidth = kind === "V" ? 1.8 : 1.6;
        pen.lineJoin = "round";
        pen.stroke();
        pen.restore();
    }

    drawCursor(pen, width, height) {
        if (this.cursor === null) return;
        const x = Math.round(this.x(this.cursor, width)) + 0.5;
        pen.strokeStyle = cssColour("--accent");
        pen.lineWidth = 1;
        pen.beginPath();
        pen.moveTo(x, 0);
        pen.lineTo(x, height - BOTTOM);
        pen.stroke();
    }
}
