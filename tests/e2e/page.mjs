// page.mjs: the page in a real browser, against a real meter. Run by ctest; exits with 77 where
// there is no browser. Usage: node page.mjs BLONDEL [--picture FILE]

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { canDrive, launch } from "./browser.mjs";

const SKIPPED = 77;
const [binary, option, picture] = process.argv.slice(2);
const SOURCE = ["--source", "sim:house,at=17:40,day=172,seed=4"];

class Meter {
    async start(port = 0, source = SOURCE, model = "SED302") {
        const words = ["run", model, "--http", `127.0.0.1:${port}`, ...source];
        this.process = spawn(binary, words, { stdio: ["ignore", "pipe", "inherit"] });
        const [line] = await once(this.process.stdout, "data");
        this.port = Number(/:(\d+)/.exec(String(line).split("http://")[1])[1]);
        this.url = `http://127.0.0.1:${this.port}/`;
    }

    async stop() {
        if (this.process.exitCode !== null) return;
        const gone = once(this.process, "exit");
        this.process.kill("SIGTERM");
        await gone;
    }
}

// A page that remembers everything the browser complained about.
async function open(browser, url, { width = 1280, height = 900, scheme = "light", still } = {}) {
    const page = await browser.newPage({
        viewport: { width, height },
        colorScheme: scheme,
        reducedMotion: still ? "reduce" : "no-preference",
    });
    page.setDefaultTimeout(60000);
    page.complaints = [];
    page.on("console", (message) => {
        if (["error", "warning"].includes(message.type())) page.complaints.push(message.text());
    });
    page.on("pageerror", (error) => page.complaints.push(String(error)));
    page.on("request", (request) => {
        if (!request.url().startsWith(url) && !request.url().startsWith("data:"))
            page.complaints.push(`asked elsewhere: ${request.url()}`);
    });
    await page.goto(url);
    await page.waitForSelector("#readings td .num");
    return page;
}

const number = (text) => Number(text.replaceAll("\u202f", "").replace("\u2212", "-"));

async function cell(page, row, column) {
    return number(
        await page.textContent(`#readings tr[data-name="${row}"] td:nth-of-type(${column}) .num`),
    );
}

const until = (page, test, argument, timeout = 60000) =>
    page.waitForFunction(test, argument, { timeout });

async function now({ url }) {
    const { meters } = await (await fetch(`${url}api/v1/meters`)).json();
    return (await fetch(`${url}api/v1/meters/${meters[0].id}/now`)).json();
}

// Two readings of one thing that changes: taken soon enough after each other they agree.
async function untilClose(first, second, patience = 60000) {
    const end = Date.now() + patience;
    for (;;) {
        const [a, b] = [await first(), await second()];
        if (Math.abs(a - b) < 0.5) return;
        assert.ok(Date.now() < end, `${a} and ${b}`);
        await new Promise((resume) => setTimeout(resume, 100));
    }
}

// Pixels of a canvas that are not empty.
const inked = (page, selector) =>
    page.$eval(selector, (canvas) => {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        let count = 0;
        for (let k = 3; k < data.length; k += 4) count += data[k] > 0 ? 1 : 0;
        return count;
    });

async function untilInked(page, selector, least, patience = 60000) {
    const end = Date.now() + patience;
    while ((await inked(page, selector)) <= least) {
        assert.ok(Date.now() < end, `${selector} stays empty`);
        await page.waitForTimeout(100);
    }
}

const tests = {
    async "values appear, agree with the API and change"(browser, meter) {
        const page = await open(browser, meter.url);
        await untilClose(
            () => cell(page, "u", 1),
            async () => (await now(meter)).circuits[0].values.u[0],
        );
        const before = await page.textContent("#readings tbody");
        await until(
            page,
            (old) => document.querySelector("#readings tbody").textContent !== old,
            before,
        );
        assert.match(await page.textContent("#answer"), /flows (in|out)|No power|Look/);
        assert.match(await page.textContent("#evidence"), /V on average and 50\.\d\d\u00a0Hz|Hz/);
        assert.match(await page.textContent("#status"), /live/);
        assert.match(await page.title(), /SED302/);
        assert.ok(await page.isHidden("#circuits"), "one circuit needs no list of them");
        assert.deepEqual(page.complaints, []);
        await page.close();
    },

    async "phasors stand where the angles say"(browser, meter) {
        const page = await open(browser, meter.url);
        const ends = await page.$$eval("#phasor [data-vector] line", (lines) =>
            lines.map((line) => [Number(line.getAttribute("x2")), -line.getAttribute("y2")]),
        );
        assert.equal(ends.length, 6);
        const angle = ([x, y]) => (Math.atan2(y, x) * 180) / Math.PI;
        assert.ok(Math.abs(angle(ends[0])) < 0.5, "U1 at 0 degrees");
        assert.ok(Math.abs(angle(ends[1]) + 120) < 3, "U2 at -120 degrees");
        assert.ok(Math.abs(angle(ends[2]) - 120) < 3, "U3 at 120 degrees");
        assert.match(await page.getAttribute("#phasor svg", "aria-label"), /U1 2\d\d\.\d.V at/);
        await page.close();
    },

    async "scope draws, freezes and reads with the keyboard"(browser, meter) {
        const page = await open(browser, meter.url);
        await page.$eval("#scope canvas", (canvas) => canvas.scrollIntoView());
        await until(page, () => document.querySelectorAll("#scope .readout b").length >= 8);
        await untilInked(page, "#scope canvas", 3000);
        await page.click("#scope button");
        await page.focus("#scope canvas");
        const at = () => page.textContent("#scope .readout b");
        const first = await at();
        await page.keyboard.press("ArrowRight");
        await page.keyboard.press("ArrowRight");
        assert.notEqual(await at(), first);
        const frozen = await page.textContent("#scope .readout");
        await page.waitForTimeout(2200);
        assert.equal(await page.textContent("#scope .readout"), frozen);
        assert.deepEqual(page.complaints, []);
        await page.close();
    },

    async "harmonics have bars and limits, and a table"(browser, meter) {
        const page = await open(browser, meter.url);
        await page.$eval("#harmonics", (card) => card.scrollIntoView());
        await until(page, () => document.querySelectorAll("#harmonics rect").length === 72);
        const lines = await page.$$eval(
            '#harmonics svg line[stroke="var(--warn)"]',
            (l) => l.length,
        );
        assert.equal(lines, 25, "one limit an order and the legend's");
        await page.click("#harmonics summary");
        await until(page, () => document.querySelectorAll("#harmonics tbody tr").length > 30);
        await page.click("text=Logarithmic");
        await page.click("#harmonics label >> nth=1");
        await until(page, () => document.querySelectorAll("#harmonics rect").length === 72);
        assert.deepEqual(page.complaints, []);
        await page.close();
    },

    async "power has a chart, a table and keys"(browser, meter) {
        const page = await open(browser, meter.url);
        await until(page, () => document.querySelector("#power canvas"));
        await untilInked(page, "#power canvas", 2000);
        await page.focus("#power .chart");
        await page.keyboard.press("ArrowLeft");
        await until(page, () => /W/.test(document.querySelector("#power .legend b").textContent));
        await page.click("#power summary");
        await until(page, () => document.querySelectorAll("#power tbody tr").length >= 2);
        const [file] = await Promise.all([page.waitForEvent("download"), page.click("text=CSV")]);
        assert.equal(file.suggestedFilename(), "blondel-power.csv");
        assert.deepEqual(page.complaints, []);
        await page.close();
    },

    async "energies count and the drawn meter shows them"(browser, meter) {
        const page = await open(browser, meter.url);
        const read = (code) => page.textContent(`#energies tr[data-obis="${code}"] .num`);
        assert.match(await read("1.8.0"), /^\d+\.\d{3}$/);
        await until(page, () =>
            [...document.querySelectorAll("#energies .num")].some((n) => Number(n.textContent) > 0),
        );
        const label = () => page.getAttribute("#face svg g[role=img]", "aria-label");
        const shown = await label();
        assert.match(shown, /1\.8\.0|2\.8\.0/);
        await page.focus("#face [role=button]");
        await page.keyboard.press("Space");
        assert.notEqual(await label(), shown);
        const next = await label();
        await page.click("#face [role=button]");
        assert.notEqual(await label(), next);
        assert.ok((await page.$$eval("#face .segment.on", (on) => on.length)) > 8);
        await page.close();
    },

    async "nothing scrolls sideways, in any size, light or dark"(browser, meter) {
        for (const scheme of ["light", "dark"]) {
            for (const width of [320, 390, 768, 1024, 1280, 3840]) {
                const page = await open(browser, meter.url, { width, scheme, still: true });
                await page.waitForTimeout(300);
                const wide = await page.evaluate(() => document.documentElement.scrollWidth);
                assert.equal(wide, width, `${width} px ${scheme}`);
                assert.deepEqual(page.complaints, []);
                await page.close();
            }
        }
    },

    async "every circuit is on the page"(browser) {
        const meter = new Meter();
        await meter.start(0, ["--source", "sim:house,at=12:00,day=172,aux=1"], "3CT-S");
        for (const width of [320, 1280]) {
            const page = await open(browser, meter.url, { width, still: true });
            const roof = '#circuits tr[data-name="aux"] td[data-name="p"] .num';
            await until(page, (at) => /\d/.test(document.querySelector(at)?.textContent), roof);
            assert.ok(number(await page.textContent(roof)) < -100, "the roof feeds in");
            const names = await page.$$eval("#circuits tbody th", (all) =>
                all.map((th) => th.textContent),
            );
            assert.deepEqual(names, ["grid", "aux"]);
            assert.doesNotMatch(await page.textContent("body"), /undefined|NaN/);
            const wide = await page.evaluate(() => document.documentElement.scrollWidth);
            assert.equal(wide, width);
            assert.deepEqual(page.complaints, []);
            await page.close();
        }
        await meter.stop();
    },

    async "says when the server is gone and recovers by itself"(browser) {
        const meter = new Meter();
        await meter.start();
        const page = await open(browser, meter.url);
        await meter.stop();
        await until(page, () => document.body.classList.contains("is-old"));
        assert.match(await page.textContent("#answer"), /does not answer/);
        assert.equal(await page.getAttribute("#status", "data-state"), "lost");
        await meter.start(meter.port);
        await until(page, () => !document.body.classList.contains("is-old"));
        assert.match(await page.textContent("#status"), /live/);
        const others = page.complaints.filter((text) => !/ERR_|Failed to (load|fetch)/.test(text));
        assert.deepEqual(others, []);
        await page.close();
        await meter.stop();
    },

    async "says when a recording is over and when something is wrong"(browser) {
        const meter = new Meter();
        await meter.start(0, ["--source", "sim:grid,duration=2,u2=190"]);
        const page = await open(browser, meter.url);
        await until(page, () => /recording is over/.test(document.body.textContent));
        assert.match(await page.textContent("#findings"), /Voltage on L2 is low: 190\.0/);
        assert.ok(await page.$eval("body", (body) => body.classList.contains("is-old")));
        await page.close();
        await meter.stop();
    },
};

async function takePicture(browser, meter, file) {
    const page = await open(browser, meter.url, { width: 1280, height: 1420 });
    await page.waitForTimeout(45000); // so that the chart has something to tell
    await page.screenshot({ path: file });
    await page.close();
}

async function main() {
    if (!canDrive()) {
        console.log("skipped: no Chromium, or no playwright-core (npm ci in ui/)");
        return SKIPPED;
    }
    const browser = await launch();
    const meter = new Meter();
    let failed = 0;
    await meter.start();
    try {
        if (option === "--picture") return await takePicture(browser, meter, picture);
        for (const [name, test] of Object.entries(tests)) {
            try {
                await test(browser, meter);
                console.log(`ok      ${name}`);
            } catch (error) {
                failed++;
                console.log(`FAILED  ${name}\n${error.stack}`);
            }
        }
    } finally {
        await browser.close();
        await meter.stop();
    }
    return failed ? 1 : 0;
}

process.exitCode = await main();
