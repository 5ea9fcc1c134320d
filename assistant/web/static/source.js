/* Links with data-source open in a panel; marks with data-quote show their quote when pointed at or focused.
   Without this script they are ordinary links to the page of the source. */
"use strict";
(() => {
  const own = (window.opleidingsassistent ??= {});
  const wide = window.matchMedia("(min-width: 64rem)");
  let panel = null;
  let opener = null;
  let asked = 0;

  /** The words that the server gave along for the scripts. */
  own.say = (name) => document.querySelector("[data-say-panel]")?.dataset[`say${name}`] ?? "";

  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };
  own.make = make;

  // The quote under the pointer

  const tip = make("div", { id: "citaat", role: "tooltip", hidden: "" });
  let pointed = null;
  let fading = 0;

  const showQuote = (mark) => {
    clearTimeout(fading);
    if (pointed === mark) return;
    hideQuote();
    pointed = mark;
    const { quote, where, meaning } = mark.dataset;
    tip.replaceChildren(quote === undefined ? meaning : make("q", {}, quote), make("span", {}, where ?? ""));
    if (!tip.isConnected) document.body.append(tip);
    tip.hidden = false;
    mark.setAttribute("aria-describedby", "citaat");
    place(mark);
  };

  const place = (mark) => {
    const at = mark.getClientRects()[0];
    if (!at) return hideQuote();
    const { width, height } = tip.getBoundingClientRect();
    const left = Math.min(Math.max(8, at.left - 12), document.documentElement.clientWidth - width - 8);
    const above = at.top - height - 8;
    tip.style.left = `${left}px`;
    tip.style.top = `${above > 8 ? above : at.bottom + 8}px`;
  };

  const hideQuote = () => {
    clearTimeout(fading);
    pointed?.removeAttribute("aria-describedby");
    pointed = null;
    tip.hidden = true;
  };

  const markOf = (event) => (event.target instanceof Element ? event.target.closest("[data-quote], [data-meaning]") : null);
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    const mark = markOf(event);
    if (mark) showQuote(mark);
    else if (tip.contains(event.target)) clearTimeout(fading);
    else if (pointed && pointed !== document.activeElement) {
      clearTimeout(fading);
      fading = setTimeout(hideQuote, 200);
    }
  });
  document.addEventListener("focusin", (event) => {
    const mark = markOf(event);
    if (mark?.matches(":focus-visible, [data-meaning]")) showQuote(mark);
    else hideQuote();
  });
  window.addEventListener("scroll", hideQuote, { passive: true });

  // The panel

  const build = () => {
    const cross = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    cross.setAttribute("viewBox", "0 0 24 24");
    cross.setAttribute("aria-hidden", "true");
    const lines = document.createElementNS("http://www.w3.org/2000/svg", "path");
    lines.setAttribute("d", "M6 6l12 12M18 6 6 18");
    cross.append(lines);
    const page = make("a", { target: "_blank", class: "own-page" });
    const close = make("button", { type: "button", class: "close" }, cross);
    close.addEventListener("click", () => panel.close());
    panel = make("dialog", { id: "bron" });
    panel.append(make("div", { class: "panel-bar" }, make("span", { class: "panel-title" }), make("span", { class: "panel-page" }), page, close), make("div", { class: "panel-body source", tabindex: "0" }));
    panel.addEventListener("close", closed);
    panel.addEventListener("click", (event) => event.target === panel && panel.close());
    document.body.append(panel);
  };

  const closed = () => {
    asked += 1;
    opener?.removeAttribute("aria-expanded");
    const back = opener?.isConnected ? opener : document.getElementById("vraag");
    opener = null;
    back?.focus({ preventScroll: true });
  };

  /** Show the source at an address; `from` is the link that gets the focus back. */
  const openSource = async (address, from) => {
    if (!panel) build();
    hideQuote();
    if (!panel.contains(from)) {
      opener?.removeAttribute("aria-expanded");
      opener = from;
      opener.setAttribute("aria-expanded", "true");
    }
    panel.setAttribute("aria-label", own.say("Panel"));
    panel.querySelector(".close").setAttribute("aria-label", own.say("Close"));
    const page = panel.querySelector(".own-page");
    page.href = address;
    page.textContent = own.say("OwnPage");
    const body = panel.querySelector(".panel-body");
    if (!panel.open) {
      body.replaceChildren(make("p", { class: "status", role: "status" }, own.say("LoadingSource")));
      if (wide.matches) panel.show();
      else panel.showModal();
    }
    const mine = (asked += 1);
    const html = await fetchPart(address);
    if (mine === asked) fill(body, html);
  };

  const fetchPart = async (address) => {
    try {
      const url = new URL(address, location.href);
      url.searchParams.set("deel", "1");
      const response = await fetch(url, { headers: { Accept: "text/html" } });
      const html = await response.text();
      // A source that has changed or gone comes with a page that says so.
      return (response.headers.get("content-type") ?? "").startsWith("text/html") ? html : null;
    } catch {
      return null;
    }
  };

  const fill = (body, html) => {
    if (html === null) {
      body.replaceChildren(make("p", { class: "notice", role: "alert" }, own.say("Offline")));
      return;
    }
    body.innerHTML = html; // from our own server, which escapes what documents hold
    body.scrollTop = 0;
    // The passage may be far below the title: which document and page it is stands in the bar.
    panel.querySelector(".panel-title").textContent = body.querySelector("h2")?.textContent ?? "";
    panel.querySelector(".panel-page").textContent = body.querySelector("[data-page]")?.dataset.page ?? "";
    body.querySelector("[tabindex='-1']")?.focus({ preventScroll: true });
    const mark = body.querySelector("mark");
    if (!mark) return;
    const top = mark.getBoundingClientRect().top - body.getBoundingClientRect().top;
    if (top > body.clientHeight * 0.6) body.scrollTop += top - body.clientHeight * 0.3;
  };

  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[data-source]") : null;
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    openSource(link.getAttribute("href"), link);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (!tip.hidden) hideQuote();
    else if (panel?.open && wide.matches) panel.close();
  });
  own.closeSource = () => panel?.open && panel.close();
})();
