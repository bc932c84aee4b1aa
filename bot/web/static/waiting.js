// Looks every ten seconds whether somebody who has reported in was let in, and then opens the page anew, which
// is theirs by then. Without scripts the page loads itself again.
"use strict";
(() => {
  const EVERY_MS = 10000;
  async function look() {
    try {
      const answer = await fetch(location.href, { redirect: "manual", cache: "no-store" });
      const decided = answer.type === "opaqueredirect" || (answer.ok && answer.headers.get("Suidao-Waiting") !== "1");
      if (decided) {
        location.reload();
        return;
      }
    } catch {
      // No connection: the next look may have one.
    }
    setTimeout(look, EVERY_MS);
  }
  setTimeout(look, EVERY_MS);
})();
