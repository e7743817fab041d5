// segments.js: seven-segment digits; a segment that is off is faintly there, as on glass.

import { s } from "./dom.js";

const LETTERS = {
    0: "abcdef",
    1: "bc",
    2: "abged",
    3: "abgcd",
    4: "fgbc",
    5: "afgcd",
    6: "afgedc",
    7: "abc",
    8: "abcdefg",
    9: "abcdfg",
    "-": "g",
    " ": "",
};

// Of a digit 10 wide and 18 high, upright; the slant is put on by the caller.
const SHAPES = {
    a: "M1.6 0H8.4L7 2H3Z",
    g: "M2 9L3.2 8H6.8L8 9L6.8 10H3.2Z",
    d: "M3 16H7L8.4 18H1.6Z",
    f: "M.9.9L2.6 3V7.7L.9 8.6Z",
    b: "M9.1.9V8.6L7.4 7.7V3Z",
    e: "M.9 9.4L2.6 10.3V15L.9 17.1Z",
    c: "M9.1 9.4V17.1L7.4 15V10.3Z",
};

export class Digit {
    constructor(x, y, scale) {
        this.parts = Object.entries(SHAPES).map(([name, d]) => [
            name,
            s("path", { d, class: "segment" }),
        ]);
        this.point = s("circle", { cx: 11.1, cy: 17.2, r: 1.15, class: "segment" });
        this.node = s(
            "g",
            { transform: `translate(${x} ${y}) scale(${scale}) skewX(-5)` },
            this.parts.map(([, path]) => path),
            this.point,
        );
    }

    show(character, hasPoint) {
        const lit = LETTERS[character] ?? "";
        for (const [name, path] of this.parts) path.classList.toggle("on", lit.includes(name));
        this.point.classList.toggle("on", hasPoint);
    }
}

export class DigitRow {
    constructor(count, x, y, scale, pitch) {
        this.digits = Array.from({ length: count }, (_, k) => new Digit(x + k * pitch, y, scale));
        this.node = s(
            "g",
            {},
            this.digits.map((digit) => digit.node),
        );
    }

    // Right-aligned; a point belongs to the digit before it. Too long a text shows dashes, as
    // meters do.
    show(text) {
        const cells = [];
        for (const c of text) {
            if (c === "." && cells.length) cells.at(-1).point = true;
            else cells.push({ c, point: false });
        }
        const fits = cells.length <= this.digits.length;
        this.digits.forEach((digit, k) => {
            const cell = fits
                ? cells[k - this.digits.length + cells.length]
                : { c: "-", point: false };
            digit.show(cell ? cell.c : " ", cell ? cell.point : false);
        });
    }
}
