// browser.mjs: Debian's Chromium under playwright-core, quiet and without a network of its own.

import { createRequire } from "node:module";
import { existsSync } from "node:fs";

export const CHROMIUM = "/usr/bin/chromium";
const MODULES = new URL("../../ui/node_modules/", import.meta.url).pathname;

export const canDrive = () => existsSync(CHROMIUM) && existsSync(`${MODULES}playwright-core`);

export function launch() {
    const { chromium } = createRequire(MODULES)("playwright-core");
    return chromium.launch({
        executablePath: CHROMIUM,
        args: [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ],
    });
}
