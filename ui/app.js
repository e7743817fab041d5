// app.js: joins the live stream to the parts of the page.

import { Circuits } from "./circuits.js";
import { byId, setText } from "./dom.js";
import { Energies } from "./energies.js";
import { Face } from "./face.js";
import { age, fixed, timeOfDay } from "./format.js";
import { Harmonics } from "./harmonics.js";
import { showOverview } from "./overview.js";
import { Phasor } from "./phasor.js";
import { Power } from "./power.js";
import { Readings } from "./readings.js";
import { Scope } from "./scope.js";
import { Stream } from "./stream.js";
import { placeTexts, t } from "./text.js";

const API = "api/v1";

const page = { meter: null, now: null, link: { state: "connecting", age: 0 }, parts: null };

async function get(path) {
    const answer = await fetch(`${API}/${path}`, { cache: "no-store" });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.json();
}

const ofMeter = (path) => get(`meters/${encodeURIComponent(page.meter.id)}/${path}`);

function showIdentity(meter) {
    const speed =
        meter.speed === 1
            ? ""
            : meter.speed === 0
              ? t("foot.max")
              : t("foot.speed", { speed: meter.speed });
    setText(
        byId("device"),
        t("device", { model: meter.model, serial: meter.serial.split("-").at(-1) }),
    );
    setText(
        byId("foot"),
        t("foot", { source: meter.source, speed, rate: fixed(meter.rate_hz, 0) }),
    );
    document.title = `${meter.model} · Blondel`;
}

function buildParts(meter, circuits) {
    const phases = circuits[0].elements;
    return {
        face: new Face(meter),
        power: new Power(phases),
        readings: new Readings(phases),
        phasor: new Phasor(phases),
        scope: new Scope(),
        harmonics: new Harmonics(phases),
        energies: new Energies(),
        circuits: new Circuits(circuits),
    };
}

function showStatus() {
    const { link, now } = page;
    const state = link.state === "live" && now?.old ? "old" : link.state;
    const status = byId("status");
    const time = now?.time ? timeOfDay(Date.parse(now.time)) : "";
    const words = {
        live: time ? `${t("status.live")} · ${time}` : t("status.live"),
        old: t("status.old"),
        connecting: t("status.connecting"),
        lost: link.age
            ? `${t("status.lost")} · ${t("status.age", { age: age(link.age) })}`
            : t("status.lost"),
    };
    status.dataset.state = state;
    setText(status, words[state]);
    document.body.classList.toggle("is-old", state === "old" || state === "lost");
}

function showAll() {
    const { now, parts, meter, link } = page;
    if (!now || !parts) return;
    const circuit = now.circuits[0];
    const isOld = now.old || link.state === "lost";
    showOverview(now, meter.nameplate, link);
    parts.face.show(circuit, isOld);
    parts.readings.show(circuit);
    parts.phasor.show(circuit);
    parts.energies.show(circuit);
    parts.circuits.show(now.circuits);
}

// Pictures are fetched only while somebody can see them, one at a time.
async function fetchPictures() {
    const { scope, harmonics } = page.parts;
    if (page.fetching) return;
    page.fetching = true;
    try {
        if (scope.wants()) scope.show(await ofMeter("waveform"), page.now.circuits[0].values?.f);
        if (harmonics.wants()) harmonics.show(await ofMeter("harmonics"));
    } catch {
        // The stream notices a lost server and says so; the next snapshot tries again.
    } finally {
        page.fetching = false;
    }
}

// The first snapshot of a server, new or come back: what is it, and what does it remember?
async function meet(id) {
    const meter = await get(`meters/${encodeURIComponent(id)}`);
    page.meter = meter;
    showIdentity(meter);
    page.parts ??= buildParts(meter, page.now.circuits);
    page.parts.power.load((await ofMeter("trend")).rows);
}

async function onSnapshot(now) {
    const returned = page.link.state !== "live";
    page.now = now;
    page.link = { state: "live", age: 0 };
    try {
        if (!page.meter || returned) await meet(now.meter);
    } catch {
        page.link.state = "connecting";
        return;
    }
    page.parts.power.show(now);
    showStatus();
    showAll();
    fetchPictures();
}

function onState(state, ageMs) {
    if (state !== "live") {
        page.link = { state, age: ageMs };
        if (state === "lost" && !page.now)
            setText(byId("answer"), t("lost", { age: t("unknown") }));
        showAll();
    }
    showStatus();
}

placeTexts(document);
setText(byId("answer"), t("starting"));
new Stream(`${API}/stream`, { onSnapshot, onState });
