// The board: puts what the server says into its panels, draws the plan and the curve, lets the clocks run, and says
// honestly when the connection is gone. Nothing here is remembered but the choice of light or dark.
(() => {
  "use strict";

  // The server says something every 2 s (news.py); as on the other pages, 5 s of silence are called lost, and after
  // 8 s the connection is taken for dead and replaced.
  const LOST_MS = 5000;
  const STALE_MS = 8000;
  const RETRY_MS = 1000;

  const root = document.documentElement;
  const body = document.body;
  const byId = (id) => document.getElementById(id);
  const panels = byId("panels");
  const locale = root.lang;
  let ahead = 0; // what the server's clock is ahead of this screen's, in ms

  // ---- light and dark ----------------------------------------------------------------------------
  const stored = (() => { try { return localStorage.getItem("board-theme"); } catch { return null; } })();
  root.dataset.theme = stored === "light" ? "light" : "dark";
  byId("theme").addEventListener("click", () => {
    root.dataset.theme = root.dataset.theme === "light" ? "dark" : "light";
    try { localStorage.setItem("board-theme", root.dataset.theme); } catch { /* it holds until the page is closed */ }
    draw();
  });

  // ---- clocks ------------------------------------------------------------------------------------
  const two = (number) => String(number).padStart(2, "0");
  function length(ms) {
    const seconds = Math.max(0, Math.floor(ms / 1000));
    const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
    return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
  }
  const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: body.dataset.zone });
  function tick() {
    const now = Date.now() + ahead;
    for (const time of document.querySelectorAll("[data-since]")) time.textContent = length(now - Number(time.dataset.since));
    for (const time of document.querySelectorAll("[data-until]")) time.textContent = length(Number(time.dataset.until) - now);
    for (const time of document.querySelectorAll("[data-clock]")) time.textContent = clock.format(now);
  }

  // ---- the plan ----------------------------------------------------------------------------------
  const houses = new Map();
  let marks = {};
  let statuses = {};
  let layer = null;
  let map = null;

  function lay(ground) {
    const bounds = [[0, 0], ground.size];
    map = L.map("plan", {
      crs: L.CRS.Simple, minZoom: -6, zoomSnap: 0, attributionControl: false, zoomControl: false,
      keyboard: false, zoomAnimation: false, fadeAnimation: false,
    });
    if (ground.image) L.imageOverlay(ground.image, bounds).addTo(map);
    for (const building of ground.buildings) {
      const shape = L.polygon(building.corners, { className: "house", interactive: false }).addTo(map);
      const label = L.divIcon({ className: "name", html: text(building.name), iconSize: [120, 24], iconAnchor: [60, 12] });
      const name = L.marker(building.middle, { icon: label, interactive: false, keyboard: false }).addTo(map);
      const over = L.polygon(building.corners, { className: "cover", interactive: false }).addTo(map);
      const word = L.divIcon({ className: "status", html: text(""), iconSize: [0, 0] });
      const status = L.marker(building.middle, { icon: word, interactive: false, keyboard: false }).addTo(map);
      houses.set(building.key, { shape, name, over, status, middle: building.middle });
    }
    layer = L.layerGroup().addTo(map);
    const fit = () => { map.invalidateSize({ animate: false }); map.fitBounds(bounds, { animate: false, padding: [4, 4] }); };
    fit();
    new ResizeObserver(fit).observe(byId("plan"));
    mark();
    cover();
    tick(); // the news may have come first: ages stand on the plan from its first moment
  }

  function text(words, tag = "span") {
    const element = document.createElement(tag);
    element.textContent = words;
    return element;
  }

  /** Each building's jobs on it: the first two by icon and age, and how many more. */
  function mark() {
    if (!layer) return;
    layer.clearLayers();
    for (const [key, house] of houses) {
      const jobs = marks[key] ?? [];
      const path = house.shape.getElement();
      const most = jobs[0];
      path.setAttribute("class", `house leaflet-path ${most ? most.tone : ""} ${most && jobs.every((job) => job.held) ? "held" : ""}`.trim());
      house.name.setOpacity(most ? 0 : 1);
      if (!most) continue;
      const row = document.createElement("div");
      for (const job of jobs.slice(0, 2)) {
        const pill = text("", "span");
        pill.className = `${job.tone}${job.held ? " held" : ""}`;
        pill.append(text(job.icon));
        const age = text("", "time");
        age.dataset.since = job.since;
        pill.append(job.held ? text("✓") : age);
        row.append(pill);
      }
      if (jobs.length > 2) row.append(text(`+${jobs.length - 2}`));
      const icon = L.divIcon({ className: "mark-at", html: row, iconSize: [0, 0] });
      row.className = "mark";
      L.marker(house.middle, { icon, interactive: false, keyboard: false }).addTo(layer);
    }
  }

  /** Buildings that are not open: a pattern over each and its status in a word. */
  function cover() {
    for (const [key, house] of houses) {
      const known = statuses[key];
      house.over.getElement().setAttribute("fill", known ? `url(#hatch-${known.status})` : "none");
      const word = house.status.getElement();
      word.firstElementChild.textContent = known ? known.badge : "";
      word.firstElementChild.className = known ? known.status : "";
    }
  }

  // ---- the curve ---------------------------------------------------------------------------------
  const SPAN_S = 900; // at least: two claims in one second would be spread over a thousand days
  let waits = [[], []];
  let curve = null;
  function draw() {
    const place = byId("curve");
    curve?.destroy();
    curve = null;
    if (waits[0].length < 2 || place.clientWidth < 50) return;
    const style = getComputedStyle(root);
    const colour = (name) => style.getPropertyValue(name).trim();
    const size = parseFloat(style.fontSize);
    const axis = { stroke: colour("--soft"), font: `${Math.round(size * 0.62)}px system-ui`, grid: { show: false }, ticks: { show: false } };
    curve = new uPlot({
      width: place.clientWidth, height: place.clientHeight, legend: { show: false }, cursor: { show: false },
      scales: { x: { time: true, range: () => [Math.min(waits[0][0], waits[0].at(-1) - SPAN_S), waits[0].at(-1)] }, y: { range: (_plot, _low, high) => [0, Math.max(60, high)] } },
      axes: [
        { ...axis, size: size * 0.9, values: (_plot, splits) => splits.map((at) => clock.format(at * 1000)) },
        { ...axis, size: size * 2.2, space: size * 1.4, values: (_plot, splits) => splits.map((wait) => length(wait * 1000)) },
      ],
      series: [{}, { stroke: colour("--done"), width: 3, points: { show: true, size: 7, fill: colour("--done") } }],
    }, waits, place);
  }
  new ResizeObserver(draw).observe(byId("curve"));

  // ---- news --------------------------------------------------------------------------------------
  let heard = Date.now();
  let source = null;

  function hear() {
    heard = Date.now();
    byId("lost").hidden = true;
    body.classList.remove("lost");
  }

  function show(board) {
    ahead = board.now - Date.now();
    panels.innerHTML = board.html; // our own template's, in which every word was escaped
    marks = board.marks;
    statuses = board.statuses;
    waits = board.waits;
    mark();
    cover();
    draw();
    tick();
    body.dataset.connected = "";
  }

  function connect() {
    source?.close();
    heard = Date.now();
    const address = new URL(body.dataset.events, location.href);
    address.searchParams.set("language", body.dataset.language);
    source = new EventSource(address);
    source.onmessage = (event) => { hear(); show(JSON.parse(event.data)); };
    source.addEventListener("beat", hear);
  }

  function watch() {
    const silent = Date.now() - heard;
    if (silent > LOST_MS || source.readyState === EventSource.CLOSED) {
      byId("lost").textContent = body.dataset.lost;
      byId("lost").hidden = false;
      body.classList.add("lost");
    }
    if (silent > STALE_MS || source.readyState === EventSource.CLOSED) connect();
  }

  ahead = Number(panels.querySelector(".head").dataset.now) - Date.now();
  tick();
  setInterval(tick, 1000);
  connect();
  setInterval(watch, RETRY_MS);
  fetch(body.dataset.plan).then((answer) => answer.json()).then(lay).catch(() => { byId("plan").hidden = true; });
})();
