// A tap without a connection is kept on this phone, sent when there is one again, and what became of it is said.
// Each tap carries a receipt of its own, so one that did arrive, though nobody heard, moves nothing twice.
(() => {
  "use strict";

  const AGAIN_MS = 15000;
  const SOON_MS = 2000; // a web server before the pages may have asked one that died: the next one may answer
  const HOUR_MS = 3600 * 1000;
  // Whoever offered to go ten minutes ago may be asleep by now: then they must say so anew. How far somebody was,
  // or that help is needed, stays worth knowing for a shift.
  const OLD_MS = { claim: HOUR_MS / 6, acknowledge: HOUR_MS / 6 };
  const OLD_ELSE_MS = 12 * HOUR_MS;
  const MOST = 30;

  const panel = document.getElementById("kept");
  if (!panel || !window.indexedDB) return;
  const words = panel.dataset;

  // ---- the receipt of a tap ----------------------------------------------------------------------

  const random = () => [...crypto.getRandomValues(new Uint32Array(4))].map((each) => each.toString(36)).join("");
  const isTap = (form) => form?.matches?.("form[hx-post$='/act']");

  window.addEventListener("submit", (event) => {
    const form = event.target;
    if (!isTap(form) || form.elements.receipt) return;
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: "receipt", value: random() });
    form.append(field);
  }, true); // before htmx reads the form
  document.addEventListener("suidao:done", (event) => event.target.elements?.receipt?.remove());

  // ---- what is kept ------------------------------------------------------------------------------

  const opened = new Promise((resolve, reject) => {
    const asked = indexedDB.open("suidao", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("taps", { autoIncrement: true });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });

  const inside = async (mode, work) => {
    const base = await opened;
    return new Promise((resolve, reject) => {
      const asked = work(base.transaction("taps", mode).objectStore("taps"));
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
  };
  const drop = (id) => inside("readwrite", (taps) => taps.delete(id));

  async function all() {
    const [ids, taps] = await Promise.all([
      inside("readonly", (kept) => kept.getAllKeys()),
      inside("readonly", (kept) => kept.getAll()),
    ]);
    return taps.map((tap, at) => ({ id: ids[at], ...tap }));
  }

  async function keep(form) {
    const body = new URLSearchParams(new FormData(form));
    body.set("me", document.querySelector("main").dataset.me); // another person's link may be opened before it is sent
    const button = form.querySelector("button[type=submit]");
    const kept = await all();
    const receipt = body.get("receipt");
    if (kept.length >= MOST || kept.some((tap) => new URLSearchParams(tap.body).get("receipt") === receipt)) return;
    await inside("readwrite", (taps) => taps.add({
      url: form.getAttribute("hx-post"),
      body: body.toString(),
      verb: body.get("verb"),
      label: button.textContent.trim(),
      at: Date.now(),
    }));
    form.elements.receipt?.remove(); // another tap is another one
    await show();
    setTimeout(send, SOON_MS);
  }

  document.addEventListener("suidao:unsent", (event) => {
    if (!isTap(event.target)) return;
    event.preventDefault();
    keep(event.target);
  });

  // ---- what is said ------------------------------------------------------------------------------

  const clock = (at) => new Date(at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false });
  const told = (text, tap) => text.replace("{tap}", tap.label).replace("{time}", clock(tap.at));

  function line(name, text, button) {
    const said = document.createElement("div");
    said.className = `said ${name}`;
    said.append(Object.assign(document.createElement("p"), { textContent: text }));
    if (button) said.append(button);
    return said;
  }

  function close(label, act) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "plain", textContent: label });
    button.addEventListener("click", act);
    return button;
  }

  async function show() {
    for (const old of panel.querySelectorAll(".waiting")) old.remove();
    for (const tap of await all()) {
      panel.append(line("waiting", told(words.waiting, tap), close(words.drop, async () => { await drop(tap.id); await show(); })));
    }
  }

  function outcome(good, text) {
    const said = line(good ? "good" : "bad", text, close(words.close, () => said.remove()));
    panel.prepend(said);
  }

  // ---- sending -----------------------------------------------------------------------------------

  let sending = false;
  const sendAll = async () => {
    for (const tap of await all()) if (!(await sendOne(tap))) break;
  };
  async function send() {
    if (sending) return;
    sending = true;
    try {
      // Another tab of this phone may be sending them: it tells what became of them, this one then finds none.
      await (navigator.locks ? navigator.locks.request("suidao-kept", sendAll) : sendAll());
    } finally {
      sending = false;
      await show();
    }
  }

  /** False when there is no use in trying the next one now. */
  async function sendOne(tap) {
    const age = Math.abs(Date.now() - tap.at);
    if (age > (OLD_MS[tap.verb] ?? OLD_ELSE_MS)) {
      await drop(tap.id);
      outcome(false, told(words.old, tap));
      return true;
    }
    let response;
    try {
      response = await fetch(tap.url, { method: "POST", body: new URLSearchParams(tap.body), headers: { "HX-Request": "true" }, credentials: "same-origin" });
    } catch {
      return false;
    }
    if (response.status === 401) {
      location.reload();
      return false;
    }
    if (response.status >= 500 || response.status === 429) return false;
    await drop(tap.id);
    const answer = document.createElement("template");
    answer.innerHTML = await response.text();
    const text = answer.content.querySelector("#toast")?.textContent.trim() ?? "";
    outcome(response.headers.get("Suidao-Ok") === "1", `${told(words.sent, tap)} ${text}`);
    document.dispatchEvent(new CustomEvent("suidao:answer", { detail: answer.content }));
    return true;
  }

  window.addEventListener("online", send);
  document.addEventListener("suidao:alive", send);
  setInterval(async () => { if ((await all()).length) send(); }, AGAIN_MS);
  show().then(send);
})();
