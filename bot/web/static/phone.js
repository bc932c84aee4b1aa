// What a volunteer's phone adds to the page: steps that stay ticked, and jobs nearby that stay true.
(() => {
  "use strict";

  const NEAR_MS = 60000; // nobody is told of what is open nearby, so an open page asks once a minute

  const jobs = () => document.querySelectorAll("#cards .card, #closed-cards .card");

  // ---- steps that are ticked: kept on this phone only, and forgotten with the job --------------------

  const key = (card) => `ticks ${card.id}`;
  const read = (card) => new Set(JSON.parse(localStorage.getItem(key(card)) ?? "[]"));

  function recall(card) {
    const boxes = card.querySelectorAll("input[data-tick]");
    if (!boxes.length) {
      localStorage.removeItem(key(card)); // finished, given back, or never mine
      return;
    }
    const ticked = read(card);
    for (const box of boxes) box.checked = ticked.has(box.dataset.tick);
  }

  document.addEventListener("change", (event) => {
    const box = event.target.closest?.("input[data-tick]");
    if (!box) return;
    const card = box.closest(".card");
    const ticked = [...card.querySelectorAll("input[data-tick]:checked")].map((each) => each.dataset.tick);
    localStorage.setItem(key(card), JSON.stringify(ticked));
  });
  document.addEventListener("suidao:placed", (event) => recall(event.target));
  jobs().forEach(recall);

  // ---- the app on the home screen, and the last page for when there is no network (sw.js) -----------

  const root = document.body.dataset.root;
  const SNAPSHOT_MS = 1000; // cards come in bursts

  if ("serviceWorker" in navigator) navigator.serviceWorker.register(`${root}/sw.js`, { scope: `${root}/` });

  /** What has changed since the page was loaded belongs to what is kept. */
  async function snapshot() {
    if (!("caches" in window) || !navigator.serviceWorker?.controller) return;
    const home = new URL(`${root}/`, location.href).href;
    const pages = await caches.open("suidao-page");
    const old = await pages.match(home);
    if (!old) return;
    const copy = document.documentElement.cloneNode(true);
    delete copy.dataset.kept;
    for (const each of copy.querySelectorAll("#toast > *, #kept > *, input[name=receipt]")) each.remove();
    for (const each of copy.querySelectorAll("#lost")) each.hidden = true;
    for (const each of copy.querySelectorAll("#stream")) { delete each.dataset.connected; delete each.dataset.heard; }
    for (const each of copy.querySelectorAll("[disabled]")) each.disabled = false;
    const headers = new Headers(old.headers);
    headers.set("Suidao-Kept", String(Date.now()));
    await pages.put(home, new Response(`<!doctype html>\n${copy.outerHTML}`, { headers }));
  }
  let snapshotTimer = 0;
  document.addEventListener("suidao:placed", () => {
    clearTimeout(snapshotTimer);
    snapshotTimer = setTimeout(snapshot, SNAPSHOT_MS);
  });

  // ---- what is open nearby ------------------------------------------------------------------------

  const near = document.getElementById("near");
  // A rest ends by itself, and may have been ended in a chat.
  const look = () => {
    if (document.hidden || !window.htmx) return;
    for (const each of [near, document.getElementById("rest")]) if (each) htmx.trigger(each, "suidao:near");
  };
  setInterval(look, NEAR_MS);
  document.addEventListener("visibilitychange", look);
})();
