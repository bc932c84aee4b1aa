// Asks the browser to ring when the page is closed, and says honestly whether it does.
(() => {
  "use strict";

  const section = document.getElementById("ring");
  if (!section) return;
  const root = document.body.dataset.root;
  const able = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));

  function show(state) {
    for (const part of section.querySelectorAll("[data-ring]")) part.hidden = !part.dataset.ring.split(" ").includes(state);
    section.dataset.state = state;
    section.hidden = false;
  }

  async function tell(path, fields) {
    const response = await fetch(`${root}${path}`, { method: "POST", body: new URLSearchParams(fields), credentials: "same-origin" });
    if (!response.ok) throw new Error(String(response.status));
  }

  async function offer(subscription) {
    const { endpoint, keys } = subscription.toJSON();
    await tell("/push", { endpoint, p256dh: keys.p256dh, auth: keys.auth });
  }

  async function look() {
    if (!able) return show("unable");
    if (Notification.permission === "denied") return show("blocked");
    const worker = await navigator.serviceWorker.ready;
    const subscription = await worker.pushManager.getSubscription();
    if (!subscription || Notification.permission !== "granted") return show("off");
    // Told anew each time: the server may have let go of it, or another person was here before.
    await offer(subscription);
    show("on");
  }

  async function start() {
    if ((await Notification.requestPermission()) !== "granted") return look();
    const worker = await navigator.serviceWorker.ready;
    const subscription = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(section.dataset.key) });
    await offer(subscription);
    show("on");
  }

  async function stop() {
    const worker = await navigator.serviceWorker.ready;
    const subscription = await worker.pushManager.getSubscription();
    if (subscription) {
      await tell("/push/stop", { endpoint: subscription.endpoint });
      await subscription.unsubscribe();
    }
    show("off");
  }

  section.addEventListener("click", async (event) => {
    const act = event.target.closest("[data-act]")?.dataset.act;
    if (!act) return;
    event.target.disabled = true;
    try {
      await (act === "start" ? start() : stop());
    } catch {
      show("failed");
    } finally {
      event.target.disabled = false;
    }
  });
  look().catch(() => show("failed"));
})();
