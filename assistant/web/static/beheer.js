/* Beheer: waits for what is being read or built, asks before what cannot be taken back, takes files that are dropped.
   Without this script everything works; a page that waits then has a link to look again. */
"use strict";
(() => {
  const EVERY = 900;
  const time = (ms) => (ms < 60_000 ? `${Math.max(1, Math.round(ms / 1000))} s` : `${Math.ceil(ms / 60_000)} min`);

  /** Asks how far it is; the page is fetched anew when it is done. */
  const watch = async (element) => {
    const left = element.querySelector("[data-left]");
    let since = null;
    const step = element.querySelector("[data-step]");
    const count = element.querySelector("[data-count]");
    const bar = element.querySelector("progress");
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, EVERY));
      let found;
      try {
        found = await (await fetch(element.dataset.wait, { headers: { Accept: "application/json" } })).json();
      } catch {
        continue; /* The server may be restarting; the next time will tell. */
      }
      if (found.ready) {
        location.reload();
        return;
      }
      if (step && step.textContent !== found.step) step.textContent = found.step;
      if (left) {
        if (since?.step !== found.step) since = { step: found.step, done: found.done, at: performance.now() };
        const spent = performance.now() - since.at;
        const speed = (found.done - since.done) / spent;
        left.textContent = speed > 0 && spent > 3000 ? left.dataset.left.replace("{time}", time((found.total - found.done) / speed)) : "";
      }
      if (count) count.textContent = found.total ? `${found.done} / ${found.total}` : "";
      if (bar && found.total) {
        bar.max = found.total;
        bar.value = found.done;
      }
    }
  };
  const waiting = document.querySelector("[data-wait]");
  if (waiting) watch(waiting);

  document.addEventListener("submit", (event) => {
    const sure = event.submitter?.dataset.sure;
    if (sure && !window.confirm(sure)) {
      event.preventDefault();
      return;
    }
    /* A second click would do it twice. The name of the button must go along, so it is not disabled before that. */
    const form = event.target;
    if (form.method === "post") {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "yes";
    }
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  const drop = document.querySelector("[data-drop]");
  const input = drop?.querySelector("input");
  if (drop && input) {
    for (const name of ["dragenter", "dragover"]) {
      drop.addEventListener(name, (event) => {
        event.preventDefault();
        drop.classList.add("over");
      });
    }
    for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("over"));
    drop.addEventListener("drop", (event) => {
      event.preventDefault();
      if (event.dataTransfer?.files.length) input.files = event.dataTransfer.files;
    });
  }

  const copied = document.querySelector("[data-copy]");
  document.querySelector("[data-copy-button]")?.addEventListener("click", () => {
    copied.select();
    navigator.clipboard?.writeText(copied.value).catch(() => {});
  });
})();
