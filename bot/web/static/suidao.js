// What htmx alone cannot do for this page: put a card in its place by rank and never over a newer one, keep
// what somebody is typing, turn the page red, and say honestly when the connection is gone.
(() => {
  "use strict";

  // The server says "beat" every 2 s (news.py). After LOST_MS without a sign the page says so; after
  // STALE_MS the connection is taken for dead (no error reaches a phone that lost its network) and replaced.
  const LOST_MS = 5000;
  const STALE_MS = 8000;
  const TOAST_MS = 10000; // long enough to be read twice by slow eyes

  if (!window.htmx) return; // an old browser: the page's forms do everything by themselves
  document.documentElement.classList.add("js");
  const byId = (id) => document.getElementById(id);
  const stream = byId("stream");
  const title = document.title.replace("(!) ", "");
  const cardsIn = (list) => [...(list?.querySelectorAll(":scope > .card") ?? [])];

  // ---- cards -------------------------------------------------------------------------------------

  /** Carry open folds, typed words and the cursor over to the card that replaces an old one. */
  function carry(old, fresh) {
    for (const fold of old.querySelectorAll("details[data-fold][open]")) {
      const same = fresh.querySelector(`details[data-fold="${CSS.escape(fold.dataset.fold)}"]`);
      if (!same) continue;
      same.open = true;
      for (const field of fold.querySelectorAll("[data-keep]")) {
        if (field.closest("details[data-fold]") !== fold) continue;
        const twin = same.querySelector(`[data-keep][name="${CSS.escape(field.name)}"]`);
        if (!twin) continue;
        if (field.type === "file") twin.files = field.files;
        else twin.value = field.value;
        if (field === document.activeElement) focused = [twin, field.selectionStart, field.selectionEnd];
      }
    }
  }
  let focused = null;

  function refocus() {
    if (!focused) return;
    const [field, start, end] = focused;
    focused = null;
    field.focus({ preventScroll: true });
    if (start != null) field.setSelectionRange?.(start, end);
  }

  /** Put one card where it belongs; returns it when the page changed. */
  function place(card) {
    const old = byId(card.id);
    if (old) {
      if (Number(old.dataset.version) > Number(card.dataset.version)) return null; // overtaken on the way
      if (old.dataset.state === card.dataset.state) return null;
      carry(old, card);
    }
    const closed = card.hasAttribute("data-closed");
    const list = byId(closed ? "closed-cards" : card.hasAttribute("data-near") ? "near-cards" : "cards");
    if (!list) return null; // a page from before this kind of card
    if (old && old.parentElement === list && old.dataset.rank === card.dataset.rank) {
      old.replaceWith(card);
    } else {
      old?.remove();
      const rank = Number(card.dataset.rank);
      const next = closed ? list.firstElementChild : cardsIn(list).find((one) => Number(one.dataset.rank) > rank);
      list.insertBefore(card, next ?? null);
    }
    refocus();
    card.dispatchEvent(new CustomEvent("suidao:placed", { bubbles: true }));
    return card;
  }

  /** The server's whole list: what is not on it is no longer this reader's. */
  function reconcile(feed) {
    const cards = cardsIn(feed);
    const wanted = new Set(cards.map((card) => card.id));
    for (const old of [...cardsIn(byId("cards")), ...cardsIn(byId("near-cards")), ...cardsIn(byId("closed-cards"))]) {
      if (!wanted.has(old.id)) old.remove();
    }
    byId("duty").textContent = feed.dataset.duty;
    byId("duty").hidden = !feed.dataset.duty;
    if (feed.dataset.quiet) byId("quiet").textContent = feed.dataset.quiet;
    const placed = cards.map(place).filter(Boolean);
    settle(feed.dataset.quiet !== "");
    stream.dataset.connected = ""; // from here on nothing is missed
    return placed;
  }

  /** What is open nearby now; a card that stands elsewhere on the page already stays there. */
  function nearby(feed) {
    const cards = cardsIn(feed).filter((card) => byId(card.id)?.parentElement?.id !== "cards");
    const wanted = new Set(cards.map((card) => card.id));
    for (const old of cardsIn(byId("near-cards"))) if (!wanted.has(old.id)) old.remove();
    const placed = cards.map(place).filter(Boolean);
    settle();
    return placed;
  }

  /** Make everything around the cards agree with them. */
  function settle(quiet) {
    const cards = cardsIn(byId("cards"));
    const alarm = cards.some((card) => card.dataset.tone === "alarm");
    document.body.classList.toggle("alarmed", alarm);
    byId("alarm").hidden = !alarm;
    byId("quiet").hidden = !(quiet ?? !cards.some((card) => card.hasAttribute("data-asks")));
    if (byId("near")) byId("near").hidden = cardsIn(byId("near-cards")).length === 0;
    byId("closed").hidden = cardsIn(byId("closed-cards")).length === 0;
    signal();
  }

  function signal() {
    const alarm = document.body.classList.contains("alarmed");
    const marked = alarm && !document.title.startsWith("(!) ");
    document.title = (marked ? "(!) " : "") + title;
  }

  // ---- forms -------------------------------------------------------------------------------------

  /** A form whose words arrived is emptied; a new nonce makes the next post a new job. */
  function done(form, response) {
    if (response?.headers.get("Suidao-Ok") !== "1") return;
    form.dispatchEvent(new CustomEvent("suidao:done", { bubbles: true }));
    form.reset();
    if (form.closest("#post") && document.body.classList.contains("alarmed")) scrollTo(0, 0); // what calls stands there
    for (const fold of [form.closest("details.act"), form.closest("details.kind")]) if (fold) fold.open = false;
    const nonce = response.headers.get("Suidao-Nonce");
    if (nonce) for (const field of document.querySelectorAll("input[name=nonce]")) field.value = nonce;
  }

  // What was understood belongs to the words in the box: it goes with them, and an answer on its way as well.
  document.addEventListener("reset", (event) => {
    const preview = event.target.querySelector?.("#preview");
    if (!preview) return;
    htmx.trigger(event.target.querySelector("#message"), "htmx:abort");
    preview.replaceChildren();
  });

  let toastTimer = 0;
  function say(text) {
    const said = document.createElement("p");
    said.className = "said bad";
    said.textContent = text;
    byId("toast").replaceChildren(said);
    fade();
  }
  function fade() {
    clearTimeout(toastTimer);
    toastTimer = setTimeout(() => byId("toast").replaceChildren(), TOAST_MS);
  }
  document.addEventListener("click", (event) => {
    if (event.target.closest("#toast")) byId("toast").replaceChildren();
  });

  // ---- htmx --------------------------------------------------------------------------------------

  htmx.registerExtension("suidao", {
    htmx_before_swap: (_element, { ctx, tasks }) => {
      if (ctx.sourceElement?.matches?.("form")) done(ctx.sourceElement, ctx.response);
      if (tasks.some((task) => task.target?.id === "toast")) fade();
    },
    handle_swap: (style, _target, fragment) => {
      if (style !== "card") return false;
      const feed = fragment.querySelector("[data-feed]");
      if (feed) return reconcile(feed);
      const near = fragment.querySelector("[data-near-feed]");
      if (near) return nearby(near);
      const placed = [...fragment.querySelectorAll(".card[id]")].map(place).filter(Boolean);
      if (placed.length) settle();
      return placed;
    },
  });

  // Whose page this is: another person's link may have been opened in this browser since (bot/web/pages.py).
  document.addEventListener("htmx:config:request", (event) => {
    const { request } = event.detail.ctx;
    const me = document.querySelector("main")?.dataset.me;
    if (me && request.method === "POST" && request.form?.enctype !== "multipart/form-data") request.body.set("me", me);
  });
  function unanswered(form) {
    if (!form.matches?.("form")) return;
    const unsent = new CustomEvent("suidao:unsent", { bubbles: true, cancelable: true });
    if (form.dispatchEvent(unsent)) say(document.body.dataset.unsent); // nobody kept it (kept.js)
  }
  document.addEventListener("htmx:error", (event) => unanswered(event.target));
  // The answer to a tap that was sent later (kept.js).
  document.addEventListener("suidao:answer", (event) => {
    const placed = [...event.detail.querySelectorAll(".card[id]")].map(place).filter(Boolean);
    placed.forEach((card) => htmx.process(card));
    if (placed.length) settle();
  });
  document.addEventListener("htmx:response:error", (event) => {
    const { ctx } = event.detail;
    if (ctx.response.status === 401) location.reload(); // the link was replaced meanwhile
    if (ctx.response.status < 502 || ctx.response.headers.has("Content-Security-Policy")) return;
    // Not this program's word: what it asks has died or is being replaced, says the web server before it.
    ctx.swap = "none";
    unanswered(event.target);
  });

  // ---- the connection ----------------------------------------------------------------------------

  let connection = null;
  const kept = Number(document.documentElement.dataset.kept) || 0; // when this page was kept (sw.js)
  let lastSign = kept || Date.now();

  const alive = () => {
    lastSign = Date.now();
    if (byId("lost").hidden && stream.dataset.heard) return;
    byId("lost").hidden = true;
    stream.dataset.heard = "";
    document.dispatchEvent(new CustomEvent("suidao:alive"));
  };
  stream.addEventListener("beat", alive);
  stream.addEventListener("htmx:sse:after:message", alive);
  stream.addEventListener("htmx:sse:after:connection", (event) => {
    connection = event.detail.connection;
    if (event.detail.connection.status === 200) alive();
  });
  stream.addEventListener("htmx:sse:error", (event) => {
    if (event.detail.status === 401) location.reload();
  });
  stream.addEventListener("htmx:sse:close", () => { connection = null; });

  function renew() {
    if (connection?.reader) connection.reader.cancel(); // htmx then connects again by itself
    else if (!connection) htmx.trigger(stream, "suidao:connect");
    else connection.delayCanceller?.();
  }

  let renewedAt = 0;
  function watch() {
    const silent = Date.now() - lastSign;
    const unheard = kept && !("heard" in stream.dataset); // a page from the phone itself
    if (silent > LOST_MS || unheard) {
      const time = new Date(lastSign).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false });
      const text = document.body.dataset.lost.replace("{time}", time);
      if (byId("lost").textContent !== text) byId("lost").textContent = text;
      byId("lost").hidden = false;
      delete stream.dataset.heard;
    }
    if (silent > STALE_MS && Date.now() - renewedAt > LOST_MS) {
      renewedAt = Date.now();
      renew();
    }
    signal();
  }
  setInterval(watch, 1000);
  if (kept) watch();
  window.addEventListener("online", watch);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) watch(); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  if (byId("toast").childElementCount) fade();
})();
