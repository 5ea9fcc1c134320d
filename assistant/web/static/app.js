/* The chat in the browser: sends questions, remembers role and language, says what happens, copies.
   The server writes all HTML; Gradio carries it here. `attach` is called by Gradio for each piece of the page,
   again when the connection was lost and came back. */
"use strict";
(() => {
  const own = (window.opleidingsassistent ??= {});
  const make = own.make;
  const NAMES = {
    role: "opleidingsassistent.rol",
    language: "opleidingsassistent.taal",
    plain: "opleidingsassistent.eenvoudig",
    unanswered: "opleidingsassistent.onbeantwoord",
  };
  // While an answer takes longer than the first, the server is asked whether it is still there.
  const PROBE_EVERY = 3000;
  const GIVE_UP_AFTER = { restore: 45000, other: 5000 };
  let fire = null;
  let editing = null;

  const field = () => document.getElementById("vraag");
  const roleNow = () => document.getElementById("rol")?.value ?? "";
  // What was chosen, also while the page is still on its way to speak it.
  let language = null;
  const languageShown = () => document.getElementById("stel")?.dataset.language ?? "nl";
  const languageNow = () => language ?? languageShown();
  // Where no language model is configured there is nothing to put in plain language.
  const plainBox = () => document.getElementById("eenvoudig");
  const plainNow = () => Boolean(plainBox()) && own.kept(NAMES.plain) === "1";
  const lastTurn = () => [...document.querySelectorAll("#gesprek .turn")].at(-1);

  // What the browser keeps; a browser that keeps nothing is fine too.
  own.kept = (name, store = "localStorage") => {
    try {
      return window[store].getItem(name);
    } catch {
      return null;
    }
  };
  own.keep = (name, value, store = "localStorage") => {
    try {
      if (value === null) window[store].removeItem(name);
      else window[store].setItem(name, value);
      return true;
    } catch {
      return false; // storage is switched off or full
    }
  };

  // One event at a time: each has the conversation that the one before it left.

  const queue = [];
  let current = null;

  own.send = (event, data = {}) => {
    queue.push({ event, data, before: undefined });
    next();
  };

  const next = () => {
    if (current || !queue.length || !fire) return;
    current = queue.shift();
    current.before = lastTurn()?.dataset.made;
    current.since = Date.now();
    current.timer = setInterval(watchOver, PROBE_EVERY);
    fire(current.event, { role: roleNow(), chosen: roleNow(), language: languageNow(), plain: plainNow(), ...current.data });
  };

  const finish = () => {
    clearInterval(current?.timer);
    current = null;
    next();
  };

  /** A piece of the page has new content: is that what was waited for? */
  const updated = () => {
    if (current && (current.event !== "ask" || lastTurn()?.dataset.made !== current.before)) {
      const { event } = current;
      if (event === "ask") answered();
      if (event === "judge") announce(lastTurn()?.querySelector(".thanks")?.textContent ?? "");
      finish();
    }
    document.documentElement.lang = languageShown();
    if (plainBox()) plainBox().checked = plainNow();
    keepOpen();
    own.conversationChanged?.();
  };

  // What the reader unfolded stays so when the server writes the conversation anew.
  const unfolded = new Map();
  const folding = () => [...document.querySelectorAll("#gesprek .turn details")];
  const keyOf = (details) => `${details.closest(".turn").dataset.made} ${details.className}`;
  const keepOpen = () => {
    for (const details of folding()) details.open = unfolded.get(keyOf(details)) ?? false;
  };
  document.addEventListener("click", (event) => {
    const details = event.target instanceof Element ? event.target.closest("#gesprek summary")?.parentElement : null;
    if (details) unfolded.set(keyOf(details), !details.open);
  });

  const watchOver = async () => {
    const mine = current;
    const late = Date.now() - mine.since > patience(mine.event);
    const alive = !late && (await reachable());
    if (current !== mine || alive) return;
    if (mine.event === "ask") fail();
    finish();
  };

  const patience = (event) => {
    if (event === "ask") return 1000 * Number(document.getElementById("stel")?.dataset.patience ?? 45);
    return GIVE_UP_AFTER[event] ?? GIVE_UP_AFTER.other;
  };

  const reachable = async () => {
    try {
      return (await fetch("/robots.txt", { cache: "no-store", method: "HEAD" })).status < 500;
    } catch {
      return false;
    }
  };

  // The server refuses more questions at once than it can handle: that is known before the time is up.
  if (window.PerformanceObserver?.supportedEntryTypes?.includes("resource")) {
    new PerformanceObserver((list) => {
      const refused = list.getEntries().some((entry) => /\/queue\/join/.test(entry.name) && entry.responseStatus >= 400);
      if (!refused || !current) return;
      if (current.event === "ask") fail();
      finish();
    }).observe({ type: "resource" });
  }

  // Asking, and what comes of it

  /** Ask a question; `more` says in which role, in the place of which turn, or that it stands by itself. */
  own.ask = (text, more = {}) => {
    const question = text.trim();
    if (!question || current?.event === "ask") return field()?.focus();
    own.closeSource?.();
    stopEditing();
    // Gradio reloads the page when the connection comes back: the question is not lost then.
    own.keep(NAMES.unanswered, JSON.stringify({ question, more }), "sessionStorage");
    const token = own.newToken();
    showBusy(question, token, more.at);
    own.send("ask", { question, token, ...more });
  };

  const live = make("div", { class: "sr", role: "status", "aria-live": "polite" });
  const announce = (text) => {
    live.textContent = "";
    setTimeout(() => (live.textContent = text), 60);
  };
  own.announce = announce;

  const showBusy = (question, token, at) => {
    own.working(question, token, () => {
      if (current?.data.token === token) current.since = Date.now();
    });
    // What is asked again stays in its place until the new answer is there.
    for (const turn of document.querySelectorAll("#gesprek .turn")) {
      turn.classList.toggle("leaving", at !== undefined && Number(turn.id.replace("beurt-", "")) >= at);
    }
    announce(own.say("Searching"));
    own.showWorking();
  };

  const unanswered = () => {
    try {
      const found = JSON.parse(own.kept(NAMES.unanswered, "sessionStorage"));
      return typeof found?.question === "string" ? found : null;
    } catch {
      return null;
    }
  };

  const fail = () => {
    const { question, token, ...more } = current.data;
    const again = { type: "button", class: "chip", "data-ask": question };
    for (const [name, value] of Object.entries(more)) again[`data-${name}`] = String(value);
    const retry = make("button", again, own.say("Retry"));
    own.stopWorking(token);
    own.failedWorking(question, retry);
  };

  const answered = () => {
    own.keep(NAMES.unanswered, null, "sessionStorage");
    const { reading, focused } = own.doneWorking();
    const turn = lastTurn();
    const told = turn.querySelector(".told");
    announce(told.dataset.say ?? told.querySelector("h2")?.textContent ?? "");
    // Who is reading already is not moved.
    if (!reading) turn.scrollIntoView({ block: "start" });
    own.focusMark(turn, focused);
  };

  const startEditing = (button) => {
    editing = Number(button.dataset.edit);
    document.body.dataset.editing = "";
    field().value = button.dataset.question;
    field().focus();
    field().select();
  };

  const stopEditing = () => {
    editing = null;
    delete document.body.dataset.editing;
  };

  // The pieces of the page

  own.attach = (element, trigger, watch) => {
    watch("value", updated);
    if (element.querySelector("#stel")) {
      fire = trigger;
      queue.length = 0;
      clearInterval(current?.timer);
      current = null;
      begin();
    }
  };

  /** The choices and the conversation of last time, the first time the browser's language; then what waits to be asked. */
  const begin = () => {
    document.body.append(live);
    const select = document.getElementById("rol");
    const role = own.kept(NAMES.role) ?? "";
    if (select && [...select.options].some((option) => option.value === role)) select.value = role;
    const wanted = own.kept(NAMES.language) ?? (navigator.language.toLowerCase().startsWith("en") ? "en" : "nl");
    const link = new URLSearchParams(location.search);
    const turns = link.has("q") ? [] : (own.currentTurns?.() ?? []);
    language = wanted;
    if (roleNow() || wanted !== languageShown() || turns.length) own.send("restore", { turns });
    if (link.has("q")) {
      history.replaceState(null, "", "/");
      own.leaveConversation?.();
      own.ask(link.get("q"), link.has("rol") ? { role: link.get("rol") } : {});
    } else if (unanswered()) {
      own.ask(unanswered().question, unanswered().more);
    }
    if (window.matchMedia("(hover: hover)").matches) field()?.focus({ preventScroll: true });
  };

  const submit = () => {
    const text = field().value;
    if (!text.trim() || current?.event === "ask") return field().focus();
    field().value = "";
    // On a phone the keyboard goes away, so that the answer can be read.
    if (!window.matchMedia("(hover: hover)").matches) field().blur();
    own.ask(text, editing === null ? {} : { at: editing });
  };

  const judgeMore = (form) => {
    const data = new FormData(form);
    const turn = Number(form.dataset.reasons);
    own.send("judge", { turn, verdict: "down", reasons: data.getAll("reason"), remark: data.get("remark") });
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.id !== "stel" && form.dataset.reasons === undefined) return;
    event.preventDefault();
    if (form.id === "stel") submit();
    else judgeMore(form);
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.id !== "vraag") return;
    if (event.key === "Escape" && editing !== null) stopEditing();
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
  document.addEventListener("change", (event) => {
    if (event.target.id === "eenvoudig") own.keep(NAMES.plain, event.target.checked ? "1" : null);
    if (event.target.id !== "rol") return;
    own.keep(NAMES.role, event.target.value);
    own.send("setup");
  });
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (button) act(button, button.dataset);
  });

  const act = (button, data) => {
    if (data.ask !== undefined) {
      const plain = data.plain && data.plain === "true";
      const more = { role: data.role, at: data.at && Number(data.at), alone: data.alone && true, plain };
      own.ask(data.ask, Object.fromEntries(Object.entries(more).filter(([, value]) => value !== undefined)));
    } else if (data.lang !== undefined) {
      own.keep(NAMES.language, data.lang);
      language = data.lang;
      own.send("setup");
    } else if (data.copy !== undefined) {
      copyText(data.copy, button);
    } else if (data.link !== undefined) {
      copyText(location.origin + data.link, button);
    } else if (data.edit !== undefined) {
      startEditing(button);
    } else if (data.cancel !== undefined) {
      field().value = "";
      stopEditing();
    } else if (data.judge !== undefined) {
      own.send("judge", { turn: Number(data.turn), verdict: data.judge });
    } else if (data.answer !== undefined) {
      lastTurn()?.querySelector(".told").focus();
    } else if (data.restart !== undefined) {
      own.closeSource?.();
      own.leaveConversation?.();
      own.keep(NAMES.unanswered, null, "sessionStorage");
      if (current?.event === "ask") own.stopWorking(current.data.token);
      own.doneWorking();
      stopEditing();
      own.send("restart");
      field()?.focus();
    }
  };

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
