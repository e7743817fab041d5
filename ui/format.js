// format.js: figures as a class 1 meter shows them: fixed places, unit beside the figure.

import { t } from "./text.js";

export const THIN = "\u202f"; // narrow, and no line breaks there
export const MINUS = "\u2212";
export const UNKNOWN = "\u2014";

// Places after the point and the printed unit, by kind of value.
export const KINDS = {
    V: { places: 1, unit: "V" },
    A: { places: 2, unit: "A" },
    W: { places: 0, unit: "W" },
    var: { places: 0, unit: "var" },
    VA: { places: 0, unit: "VA" },
    pf: { places: 2, unit: "" },
    deg: { places: 1, unit: "°" },
    percent: { places: 1, unit: "%" },
    Hz: { places: 2, unit: "Hz" },
    kWh: { places: 3, unit: "kWh" },
    kvarh: { places: 3, unit: "kvarh" },
    kVAh: { places: 3, unit: "kVAh" },
};

export const isKnown = (value) => typeof value === "number" && Number.isFinite(value);

export function fixed(value, places) {
    if (!isKnown(value)) return UNKNOWN;
    const text = Math.abs(value).toFixed(places);
    const [whole, part] = text.split(".");
    const grouped = whole.replace(/\B(?=(\d{3})+$)/g, THIN);
    const sign = value < 0 && Number(text) !== 0 ? MINUS : "";
    return sign + grouped + (part ? `.${part}` : "");
}

export const figure = (value, kind) => fixed(value, KINDS[kind].places);

// "230.4 V"; the degree sign stands close.
export function amount(value, kind) {
    const { unit } = KINDS[kind];
    const gap = unit === "" || unit === "°" ? "" : "\u00a0";
    return isKnown(value) ? figure(value, kind) + gap + unit : t("unknown");
}

// Power in a sentence: W below 1 kW, then kW with as many digits as the class carries.
export function power(value) {
    const size = Math.abs(value);
    return size < 999.5 ? `${fixed(size, 0)}\u00a0W` : `${fixed(size / 1000, 2)}\u00a0kW`;
}

export function age(ms) {
    const seconds = Math.round(ms / 1000);
    if (seconds < 120) return `${seconds}\u00a0s`;
    const minutes = Math.round(seconds / 60);
    return minutes < 120 ? `${minutes}\u00a0min` : `${Math.round(minutes / 60)}\u00a0h`;
}

const clock = new Intl.DateTimeFormat(undefined, {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hour12: false,
});
export const timeOfDay = (ms) => clock.format(new Date(ms));
