/* Conversations kept in the reader's own browser: found again, renamed, deleted, saved as a file.
   Kept are the questions and the answers as they were given, each as data with a seal of the server's: what comes back
   with another seal is not shown but asked anew. */
"use strict";
(() => {
  const own = window.opleidingsassistent;
  const make = own.make;
  const ALL = "opleidingsassistent.gesprekken";
  const CURRENT = "opleidingsassistent.gesprek";
  const MOST = 100;
  let dialog = null;

  const load = () => {
    try {
      const found = JSON.parse(own.kept(ALL) ?? "[]");
      return Array.isArray(found) ? found.filter((talk) => talk && Array.isArray(talk.turns)) : [];
    } catch {
      return []; // someone else wrote there: begin anew
    }
  };

  const withoutAnswers = (talk) => ({ ...talk, turns: talk.turns.map(({ given, seal, ...asked }) => asked) });
  const hasAnswers = (talk) => talk.turns.some((turn) => turn.given);

  /** Store all conversations; when the browser's room is full the answers of the oldest go, then the oldest. */
  const store = (talks) => {
    let kept = talks.slice(0, MOST);
    while (!own.keep(ALL, JSON.stringify(kept)) && kept.length) {
      const oldest = kept.findLastIndex(hasAnswers);
      kept = oldest > 0 ? kept.with(oldest, withoutAnswers(kept[oldest])) : kept.slice(0, -1);
    }
  };

  const currentId = () => own.kept(CURRENT, "sessionStorage");
  const turnsOnPage = () =>
    [...document.querySelectorAll("#gesprek .turn")].map((turn) => JSON.parse(turn.dataset.keep));

  own.currentTurns = () => load().find((talk) => talk.id === currentId())?.turns ?? [];
  own.leaveConversation = () => own.keep(CURRENT, null, "sessionStorage");

  own.conversationChanged = () => {
    const turns = turnsOnPage();
    if (!turns.length) return;
    const talks = load();
    let talk = talks.find((one) => one.id === currentId());
    if (!talk) {
      talk = { id: `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`, title: turns[0].question };
      own.keep(CURRENT, talk.id, "sessionStorage");
    } else if (JSON.stringify(talk.turns) === JSON.stringify(turns)) {
      return;
    }
    Object.assign(talk, { turns, at: new Date().toISOString() });
    store([talk, ...talks.filter((one) => one.id !== talk.id)]);
  };

  // The list

  const button = (label, act, look = "quiet") => {
    const made = make("button", { type: "button", class: look }, label);
    made.addEventListener("click", act);
    return made;
  };

  const open = (talk) => {
    own.keep(CURRENT, talk.id, "sessionStorage");
    dialog.close();
    own.send("restore", { turns: talk.turns });
  };

  const rename = (talk, row) => {
    const input = make("input", { type: "text", maxlength: "200", "aria-label": own.say("Rename") });
    input.value = talk.title;
    const form = make("form", { class: "rename" }, input, make("button", { type: "submit", class: "quiet" }, own.say("Save")));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      event.stopPropagation();
      const title = input.value.trim() || talk.title;
      store(load().map((one) => (one.id === talk.id ? { ...one, title } : one)));
      list();
    });
    row.replaceChildren(form);
    input.focus();
    input.select();
  };

  const remove = (talk) => {
    store(load().filter((one) => one.id !== talk.id));
    if (talk.id === currentId()) own.leaveConversation();
    list();
    dialog.querySelector("input")?.focus();
  };

  const rowOf = (talk) => {
    const row = make("li", {});
    const when = new Date(talk.at).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
    const names = (label) => ({ "aria-label": `${label}: ${talk.title}` });
    const again = button(own.say("Rename"), () => rename(talk, row));
    const away = button(own.say("Delete"), () => remove(talk));
    for (const [made, label] of [[again, own.say("Rename")], [away, own.say("Delete")]]) {
      for (const [name, value] of Object.entries(names(label))) made.setAttribute(name, value);
    }
    row.append(button(talk.title, () => open(talk), "title"), make("span", { class: "facts" }, when), again, away);
    return row;
  };

  const list = () => {
    const sought = dialog.querySelector("input[type=search]").value.trim().toLowerCase();
    const holds = (talk) => [talk.title, ...talk.turns.map((turn) => turn.question)].join(" ").toLowerCase().includes(sought);
    const talks = load();
    const rows = talks.filter(holds).map(rowOf);
    dialog.querySelector("ul").replaceChildren(...rows);
    dialog.querySelector(".where").textContent = own.say(talks.length ? "HistoryWhere" : "HistoryEmpty");
    dialog.querySelector(".export").hidden = !turnsOnPage().length;
  };

  // The file

  const save = async (format, made) => {
    const turns = turnsOnPage();
    const note = dialog.querySelector(".trouble");
    note.textContent = "";
    made.setAttribute("aria-busy", "true");
    try {
      const body = JSON.stringify({ format, turns, language: document.documentElement.lang });
      const response = await fetch("/uitvoer", { method: "POST", headers: { "Content-Type": "application/json" }, body });
      if (!response.ok) throw new Error(String(response.status));
      const name = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") ?? "")?.[1] ?? `gesprek.${format}`;
      const address = URL.createObjectURL(await response.blob());
      make("a", { href: address, download: name }).click();
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
    } catch {
      note.textContent = own.say("ExportFailed");
    }
    made.removeAttribute("aria-busy");
  };

  const show = () => {
    dialog?.remove();
    const sought = make("input", { type: "search", "aria-label": own.say("HistorySearch"), placeholder: own.say("HistorySearch") });
    sought.addEventListener("input", list);
    const files = [["docx", "Word"], ["pdf", "PDF"], ["md", "Markdown"]].map(([format, label]) => {
      const made = button(label, () => save(format, made), "chip");
      return made;
    });
    const head = make("div", { class: "panel-bar" }, make("h2", {}, own.say("History")), button(own.say("Close"), () => dialog.close()));
    const out = make("div", { class: "export" }, make("span", { class: "label" }, own.say("Export")), ...files);
    const body = make("div", { class: "panel-body" }, out, make("p", { class: "trouble", role: "alert" }), sought);
    body.append(make("ul", {}), make("p", { class: "facts where" }));
    dialog = make("dialog", { id: "gesprekken", "aria-label": own.say("History") }, head, body);
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    document.body.append(dialog);
    list();
    dialog.showModal();
  };

  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-history]")) show();
  });
})();
