// written by errata; changes are lost at the next run
// Filters and search of the start page. All that it says can be read without.
"use strict";
(() => {
  const tools = document.querySelector(".tools");
  if (!tools) return;
  const entries = [...document.querySelectorAll(".entry")].map((e) => ({ e, text: e.textContent.toLowerCase() }));
  const search = tools.querySelector("input[type=search]");
  const chapter = tools.querySelector("select");
  const boxes = [...tools.querySelectorAll("input[type=checkbox]")];
  const count = tools.querySelector("output");
  const matches = document.querySelector(".matches");
  let claims = null;

  const apply = () => {
    const wanted = new Set(boxes.filter((b) => b.checked).map((b) => b.value));
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { e, text } of entries) {
      const on =
        wanted.has(e.dataset.severity) &&
        (!chapter.value || e.dataset.chapter === chapter.value) &&
        words.every((w) => text.includes(w));
      e.classList.toggle("off", !on);
      shown += on;
    }
    for (const group of document.querySelectorAll(".group, .severity"))
      group.classList.toggle("off", !group.querySelector(".entry:not(.off)"));
    count.value = `${shown.toLocaleString("en")} of ${entries.length.toLocaleString("en")}`;
    if (words.length) list(words);
    else matches.replaceChildren();
  };

  const list = (words) => {
    if (claims === null) {
      claims = [];
      const script = document.createElement("script");
      script.src = "claims.js"; // sets window.errataClaims: a file opened from disk may load no JSON
      script.onload = () => {
        claims = window.errataClaims.claims.map((c) => [...c, `${c[1]} ${c[2]} ${c[3]} ${c[4]}`.toLowerCase()]);
        apply();
      };
      document.head.append(script);
      return;
    }
    const found = claims.filter((c) => words.every((w) => c[5].includes(w))).slice(0, 50);
    matches.replaceChildren(
      ...found.map(([page, id, verdict, where, said]) => {
        const item = document.createElement("li");
        const link = document.createElement("a");
        link.href = `${window.errataClaims.pages[page]}#${id[0]}`;
        link.textContent = [verdict, where, id[1], said].filter(Boolean).join(" · ");
        item.append(link);
        return item;
      }),
    );
  };

  tools.hidden = false;
  let soon = 0;
  search.addEventListener("input", () => {
    clearTimeout(soon);
    soon = setTimeout(apply, 120);
  });
  for (const control of [chapter, ...boxes]) control.addEventListener("change", apply);
  apply();
})();
