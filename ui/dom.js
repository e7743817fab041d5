// dom.js: small helpers. Nothing here or above ever parses a string as markup.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes || {})) {
        if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
        else if (value !== null && value !== undefined && value !== false)
            node.setAttribute(name, value === true ? "" : value);
    }
    node.append(
        ...children.flat(Infinity).filter((child) => child !== null && child !== undefined),
    );
    return node;
}

export function h(tag, attributes, ...children) {
    return fill(document.createElement(tag), attributes, children);
}

export function s(tag, attributes, ...children) {
    return fill(document.createElementNS(SVG, tag), attributes, children);
}

// Writes only what changed: a screen reader and the layout stay at rest otherwise.
export function setText(node, text) {
    if (node.textContent !== text) node.textContent = text;
}

export function setAttributes(node, attributes) {
    for (const [name, value] of Object.entries(attributes)) {
        const text = String(value);
        if (node.getAttribute(name) !== text) node.setAttribute(name, text);
    }
}

export const byId = (id) => document.getElementById(id);

// The value of a custom property, for canvases.
export function cssColour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

export const prefersDark = window.matchMedia("(prefers-color-scheme: dark)");
export const prefersStill = window.matchMedia("(prefers-reduced-motion: reduce)");
