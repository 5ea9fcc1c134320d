/* What is shown while an answer is being made: its steps, its sentences as they are proven, a way to stop, a failure.
   The final answer comes by the page's own event; what is shown here gives way to it. */
"use strict";
(() => {
  const own = (window.opleidingsassistent ??= {});
  const make = own.make;
  // An answer that is there sooner shows no progress.
  const SOON = 200;
  const box = make("div", { id: "bezig", hidden: "" });
  let run = null;

  const form = () => document.getElementById("stel");
  const writes = () => form()?.dataset.writes !== undefined;
  const steps = () => ["Understand", "Search", "Proof", ...(writes() ? ["Write"] : [])];

  own.newToken = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

  const asked = (question) =>
    make("div", { class: "asked" }, make("h2", { class: "sr" }, own.say("You")), make("p", {}, question), noButton());
  // Takes the room of the button that the answer comes with, so that nothing moves then.
  const noButton = () => make("span", { class: "quiet", "aria-hidden": "true" }, own.say("Edit"));

  const stepsOf = (now) => {
    const names = steps();
    const place = names.findIndex((name) => name.toLowerCase() === now);
    const items = names.map((name, n) => {
      const item = make("li", n === place ? { "aria-current": "step" } : n < place ? { class: "done" } : {});
      item.textContent = own.say(`Step${name}`);
      return item;
    });
    if (now === "wait") items.unshift(make("li", { "aria-current": "step" }, own.say("StepWait")));
    return items;
  };

  /** Show that a question is being answered; `heard` is called for each sign of life. */
  own.working = (question, token, heard) => {
    own.doneWorking();
    const list = make("ol", { class: "steps", "aria-label": own.say("Steps") }, ...stepsOf("understand"));
    const row = make("div", { class: "status" }, list);
    const words = make("div", { class: "partial" });
    if (writes()) row.append(stopButton(token));
    box.replaceChildren(asked(question), make("section", { class: "told" }, make("div", { class: "said" }, words, row)));
    document.getElementById("gesprek")?.after(box);
    box.hidden = false;
    document.body.dataset.busy = "";
    run = { list, words, html: "", timer: setTimeout(() => follow(token, heard), SOON) };
  };

  const stopButton = (token) => {
    const button = make("button", { type: "button", class: "chip small stop" }, own.say("Stop"));
    button.addEventListener("click", () => {
      button.setAttribute("aria-disabled", "true");
      button.textContent = own.say("Stopping");
      own.stopWorking(token);
    });
    return button;
  };

  /** Nobody waits for the language model any more. Without a line this does nothing: then the answer fails by itself. */
  own.stopWorking = (token) => fetch(`/gesprek/${token}/stop`, { method: "POST" }).catch(() => {});

  const follow = (token, heard) => {
    const mine = run;
    mine.source = new EventSource(`/gesprek/${token}/voortgang`);
    mine.source.addEventListener("over", () => mine.source.close());
    mine.source.addEventListener("message", (event) => {
      if (run !== mine) return;
      heard();
      const { step, html } = JSON.parse(event.data);
      if (step !== mine.step && step === "write") own.announce(own.say("StepWrite"));
      mine.step = step;
      mine.list.replaceChildren(...stepsOf(step));
      if (html !== mine.html) grow(mine, html);
    });
  };

  const grow = (mine, html) => {
    const focused = own.markWithFocus(mine.words);
    mine.html = html;
    mine.words.innerHTML = html; // from our own server, which escapes what models and documents hold
    own.focusMark(mine.words, focused);
  };

  /** The address of the mark in an element that has the focus, to give it back when the element is written anew. */
  own.markWithFocus = (element) => (element.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null);
  own.focusMark = (element, href) => {
    if (href) [...element.querySelectorAll("a.cite")].find((mark) => mark.getAttribute("href") === href)?.focus({ preventScroll: true });
  };

  /** Show a failure in the place of the answer, with a button that asks again. */
  own.failedWorking = (question, retry) => {
    stopFollowing();
    const said = make("div", { class: "said" }, make("h2", {}, own.say("Failed")), make("p", {}, own.say("Offline")), retry);
    box.replaceChildren(asked(question), make("section", { class: "told failed", role: "alert" }, said));
  };

  const stopFollowing = () => {
    clearTimeout(run?.timer);
    run?.source?.close();
    run = null;
  };

  /** Show nothing any more; tells whether the reader was already reading, and which mark had the focus. */
  own.doneWorking = () => {
    const reading = Boolean(run?.html);
    const focused = run ? own.markWithFocus(box) : null;
    stopFollowing();
    box.hidden = true;
    box.replaceChildren();
    delete document.body.dataset.busy;
    return { reading, focused };
  };

  own.showWorking = () => box.scrollIntoView({ block: "start" });
})();
