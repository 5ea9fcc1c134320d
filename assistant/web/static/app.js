/* The chat in the browser: sends questions, remembers role and language, says what happens, copies.
   The server writes all HTML; Gradio carries it here. `attach` is called by Gradio for each piece of the page. */
"use strict";
(() => {
  const own = (window.opleidingsassistent ??= {});
  const make = own.make;
  const NAMES = { role: "opleidingsassistent.rol", language: "opleidingsassistent.taal" };
  // After this long without an answer the server is asked whether it is still there; after the other we give up.
  const PROBE_AFTER = 3000;
  const GIVE_UP_AFTER = 45000;
  let fire = null;
  let waiting = null;

  const field = () => document.getElementById("vraag");
  const roleNow = () => document.getElementById("rol")?.value ?? "";
  const languageNow = () => document.getElementById("stel")?.dataset.language ?? "nl";
  const lastTurn = () => document.querySelector("#gesprek .turn:last-of-type");

  // What the browser keeps; a browser that keeps nothing is fine too.
  const kept = (name) => {
    try {
      return localStorage.getItem(name);
    } catch {
      return null;
    }
  };
  const keep = (name, value) => {
    try {
      localStorage.setItem(name, value);
    } catch {
      // Storage is switched off or full: the choice holds for this page only.
    }
  };

  // From the page to the server

  const send = (event, more = {}) => fire?.(event, { role: roleNow(), language: languageNow(), ...more });

  const ask = (text) => {
    const question = text.trim();
    if (!question || waiting || !fire) return field()?.focus();
    own.closeSource?.();
    waiting = { question, before: lastTurn()?.id, since: Date.now() };
    showBusy(question);
    send("ask", { question });
    waiting.timer = setInterval(watchOver, PROBE_AFTER);
  };

  const setup = (change) => send("setup", change);

  const restart = () => {
    own.closeSource?.();
    send("restart");
    field()?.focus();
  };

  // Waiting, and what comes of it

  const busy = make("div", { id: "bezig", hidden: "" });
  const live = make("div", { class: "sr", role: "status", "aria-live": "polite" });
  const announce = (text) => {
    live.textContent = "";
    setTimeout(() => (live.textContent = text), 60);
  };

  const asked = (question) =>
    make("div", { class: "asked" }, make("h2", { class: "sr" }, own.say("You")), make("p", {}, question));

  const showBusy = (question) => {
    document.getElementById("gesprek")?.after(busy);
    busy.replaceChildren(asked(question), make("p", { class: "status" }, own.say("Searching")));
    busy.hidden = false;
    document.body.dataset.busy = "";
    announce(own.say("Searching"));
    busy.scrollIntoView({ block: "start" });
  };

  const done = () => {
    clearInterval(waiting?.timer);
    waiting = null;
    busy.hidden = true;
    busy.replaceChildren();
    delete document.body.dataset.busy;
  };

  const watchOver = async () => {
    const mine = waiting;
    const late = Date.now() - mine.since > GIVE_UP_AFTER;
    const alive = !late && (await reachable());
    if (waiting === mine && !alive) fail(mine.question);
  };

  const reachable = async () => {
    try {
      return (await fetch("/robots.txt", { cache: "no-store", method: "HEAD" })).status < 500;
    } catch {
      return false;
    }
  };

  const fail = (question) => {
    done();
    const retry = make("button", { type: "button", class: "chip", "data-ask": question }, own.say("Retry"));
    const said = make("div", { class: "said" }, make("h2", {}, own.say("Failed")), make("p", {}, own.say("Offline")), retry);
    busy.replaceChildren(asked(question), make("section", { class: "told failed", role: "alert" }, said));
    busy.hidden = false;
    document.body.dataset.busy = "";
  };

  const answered = () => {
    const turn = lastTurn();
    if (!waiting || !turn || turn.id === waiting.before) return;
    done();
    const told = turn.querySelector(".told");
    announce(told.dataset.say ?? told.querySelector("h2")?.textContent ?? "");
    turn.scrollIntoView({ block: "start" });
  };

  // The server refuses more questions at once than it can handle: that is known before the time is up.
  if (window.PerformanceObserver?.supportedEntryTypes?.includes("resource")) {
    new PerformanceObserver((list) => {
      const refused = list.getEntries().some((entry) => entry.name.includes("/queue/join") && entry.responseStatus >= 400);
      if (refused && waiting) fail(waiting.question);
    }).observe({ type: "resource" });
  }

  // The pieces of the page

  own.attach = (element, trigger, watch) => {
    if (element.querySelector("#stel")) {
      fire = trigger;
      watch("value", () => (document.documentElement.lang = languageNow()));
      begin();
    } else if (element.closest("#gesprek")) {
      watch("value", answered);
    }
  };

  /** The choices of last time; the first time the browser's language. */
  const begin = () => {
    document.body.append(live);
    const select = document.getElementById("rol");
    const role = kept(NAMES.role) ?? "";
    if (select && [...select.options].some((option) => option.value === role)) select.value = role;
    const wanted = kept(NAMES.language) ?? (navigator.language.toLowerCase().startsWith("en") ? "en" : "nl");
    if (roleNow() || wanted !== languageNow()) setup({ language: wanted });
    if (window.matchMedia("(hover: hover)").matches) field()?.focus({ preventScroll: true });
  };

  const submit = () => {
    const text = field().value;
    if (!text.trim()) return field().focus();
    if (waiting) return;
    field().value = "";
    // On a phone the keyboard goes away, so that the answer can be read.
    if (!window.matchMedia("(hover: hover)").matches) field().blur();
    ask(text);
  };

  document.addEventListener("submit", (event) => {
    if (event.target.id !== "stel") return;
    event.preventDefault();
    submit();
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.id !== "vraag" || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
  document.addEventListener("change", (event) => {
    if (event.target.id !== "rol") return;
    keep(NAMES.role, event.target.value);
    setup({});
  });
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (!button) return;
    const { ask: question, lang, copy } = button.dataset;
    if (question !== undefined) {
      ask(question);
    } else if (lang !== undefined) {
      keep(NAMES.language, lang);
      setup({ language: lang });
    } else if (copy !== undefined) {
      copyText(copy, button);
    } else if (button.dataset.restart !== undefined) {
      restart();
    }
  });

  const copyText = async (text, button) => {
    const before = button.textContent;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Without permission, or on an address that is not secure, the old way still works.
      const area = make("textarea", { class: "sr" });
      area.value = text;
      button.after(area);
      area.select();
      document.execCommand("copy");
      area.remove();
      button.focus();
    }
    button.textContent = own.say("Copied");
    announce(own.say("Copied"));
    setTimeout(() => (button.textContent = before), 2000);
  };
})();
