// stream.js: the live connection. One snapshot a second; notices silence and recovers by itself.

const SILENT_MS = 3500; // longer than this without a snapshot, and the values are old
const RETRY_MS = 2000;
const CHECK_MS = 500;

// Calls onSnapshot(now, receivedAt) and onState("connecting" | "live" | "lost", ageMs).
export class Stream {
    constructor(url, { onSnapshot, onState }) {
        Object.assign(this, { url, onSnapshot, onState });
        this.heard = 0; // performance.now() of the last snapshot
        this.state = "";
        document.addEventListener("visibilitychange", () => this.followVisibility());
        window.addEventListener("pagehide", () => this.close());
        setInterval(() => this.check(), CHECK_MS);
        this.open();
    }

    open() {
        this.close();
        this.events = new EventSource(this.url);
        this.events.onmessage = (event) => this.take(event);
        this.events.onerror = () => this.check();
        this.opened = performance.now();
    }

    close() {
        this.events?.close();
        this.events = null;
    }

    // A hidden page costs nobody anything.
    followVisibility() {
        if (document.hidden) this.close();
        else this.open();
    }

    take(event) {
        this.heard = performance.now();
        this.tell("live");
        this.onSnapshot(JSON.parse(event.data).meters[0], Date.now());
    }

    // The browser gives up for good after an answer that is no stream; then we begin again.
    check() {
        const now = performance.now();
        if (document.hidden) return;
        if (this.events?.readyState === EventSource.CLOSED && now - this.opened > RETRY_MS)
            this.open();
        if (this.heard === 0) this.tell(now - this.opened > SILENT_MS ? "lost" : "connecting");
        else if (now - this.heard > SILENT_MS) this.tell("lost");
    }

    tell(state) {
        if (state !== this.state || state === "lost")
            this.onState(state, this.heard ? performance.now() - this.heard : 0);
        this.state = state;
    }
}
