/* The row of pages is scrolled to the one that is open; the ticks of a checklist stay in this browser, and are counted.
   Without this script everything can be read, and a checklist can be ticked and exported. */
"use strict";
(() => {
  const here = document.querySelector("nav.pages [aria-current]");
  const row = here?.closest("nav");
  if (row && row.scrollWidth > row.clientWidth) row.scrollLeft = here.offsetLeft - row.clientWidth / 3;

  const form = document.querySelector("form[data-checklist]");
  if (!form) return;
  const key = `opleidingsassistent.vinkjes.${form.dataset.checklist}`;
  const boxes = [...form.querySelectorAll('input[name="vink"]')];
  const progress = form.querySelector("[data-progress]");
  const clear = form.querySelector("[data-clear]");

  /** All ticks of this document, those of other lists too. Storage may be full, forbidden or filled by someone else. */
  const kept = () => {
    try {
      const read = JSON.parse(localStorage.getItem(key) ?? "[]");
      return new Set(Array.isArray(read) ? read.filter((mark) => typeof mark === "string") : []);
    } catch {
      return new Set();
    }
  };

  const keep = (ticks) => {
    try {
      localStorage.setItem(key, JSON.stringify([...ticks]));
    } catch {
      /* The ticks on the page still hold, and can be exported. */
    }
  };

  const tell = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    progress.textContent = progress.dataset.progress.replace("{n}", ticked).replace("{all}", boxes.length);
    clear.hidden = ticked === 0;
  };

  const show = () => {
    const ticks = kept();
    for (const box of boxes) box.checked = ticks.has(box.value);
    tell();
  };

  form.addEventListener("change", (event) => {
    if (event.target.name !== "vink") return;
    const ticks = kept();
    if (event.target.checked) ticks.add(event.target.value);
    else ticks.delete(event.target.value);
    keep(ticks);
    tell();
  });
  clear.addEventListener("click", () => {
    if (!window.confirm(clear.dataset.clear)) return;
    const ticks = kept();
    for (const box of boxes) ticks.delete(box.value);
    keep(ticks);
    show();
    boxes[0]?.focus();
  });
  window.addEventListener("storage", (event) => event.key === key && show());
  window.addEventListener("pageshow", show);
})();
