// Keeps the last page and its files on the phone, for when there is no network. It decides nothing: what a tap
// did is said by the server alone. Nothing is kept once the server no longer knows who is looking.
"use strict";

const PAGE = "suidao-page";
const FILES = "suidao-files";
const KEPT_AT = "Suidao-Kept";
// A shift and its night: what is older misleads more than it helps, and a door must not lie about for ever.
const KEPT_MS = 24 * 3600 * 1000;
const MOST_FILES = 40; // two releases of all that a page needs

const home = self.registration.scope;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || !request.url.startsWith(home)) return;
  if (request.mode === "navigate") event.respondWith(navigate(request));
  else if (url.search.startsWith("?v=")) event.respondWith(file(request));
});

async function navigate(request) {
  let response;
  try {
    response = await fetch(request);
  } catch {
    return (await lastPage()) ?? nothing();
  }
  const here = new URL(response.url || request.url);
  here.hash = "";
  if (response.status === 401 || response.redirected) await caches.delete(PAGE); // another person, or nobody
  if (response.ok && here.href === home) await keep(response.clone());
  return response;
}

async function keep(response) {
  const headers = new Headers(response.headers);
  headers.set(KEPT_AT, String(Date.now()));
  headers.delete("Content-Encoding"); // the body is unpacked by now
  headers.delete("Content-Length");
  const kept = new Response(await response.text(), { headers });
  await (await caches.open(PAGE)).put(home, kept);
}

async function lastPage() {
  const kept = await (await caches.open(PAGE)).match(home);
  const at = Number(kept?.headers.get(KEPT_AT));
  if (!kept || !(Math.abs(Date.now() - at) < KEPT_MS)) {
    await caches.delete(PAGE);
    return null;
  }
  const html = (await kept.text()).replace("<html ", `<html data-kept="${at}" `);
  return new Response(html, { headers: kept.headers });
}

function nothing() {
  const html = `<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>随到 Suidao</title><h1>没有网络</h1><p>请检查网络后再打开。有生命危险，请直接拨打 120 或 110。</p>
<h1 lang="en">No connection</h1><p lang="en">Please look at your network and open the page again. If a life is in danger, ring 120 or 110.</p>`;
  return new Response(html, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } });
}

async function file(request) {
  const files = await caches.open(FILES);
  const found = await files.match(request);
  if (found) return found;
  const response = await fetch(request);
  // While a release takes over, an address may be answered by the other one's file.
  if (response.ok && response.headers.get("Cache-Control")?.includes("immutable")) {
    await files.put(request, response.clone());
    const keys = await files.keys();
    for (const old of keys.slice(0, Math.max(0, keys.length - MOST_FILES))) await files.delete(old);
  }
  return response;
}

// ---- ringing although the page is closed ---------------------------------------------------------

self.addEventListener("push", (event) => event.waitUntil(ring(event.data?.json() ?? {})));

async function ring({ title = "随到 Suidao", body = "", tag = "suidao", loud = true }) {
  const open = await self.clients.matchAll({ type: "window" });
  if (open.some((page) => page.visibilityState === "visible" && page.focused)) return; // it is being looked at
  await self.registration.showNotification(title, {
    body,
    tag, // a newer one about the same job takes the place of the older
    renotify: true,
    silent: !loud,
    requireInteraction: loud,
    icon: new URL("static/icon-192.png", home).href,
    data: { path: `#${tag}` },
  });
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(show(new URL(event.notification.data?.path ?? "", home).href));
});

async function show(url) {
  const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const page = open.find((each) => each.url.startsWith(home));
  if (page) return page.focus();
  return self.clients.openWindow(url);
}

// The browser has changed its keys by itself: what is sent to the old ones is lost, so we are told at once.
self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(event)));

async function renew(event) {
  const options = event.oldSubscription?.options;
  const fresh = event.newSubscription ?? (options && (await self.registration.pushManager.subscribe(options)));
  if (!fresh) return;
  const { endpoint, keys } = fresh.toJSON();
  const body = new URLSearchParams({ endpoint, p256dh: keys.p256dh, auth: keys.auth });
  await fetch(new URL("push", home), { method: "POST", body, credentials: "same-origin" });
}
