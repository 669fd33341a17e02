// Draws a page anew whenever the server says that it changed. Without this file there is the link "Load again".
"use strict";

const main = document.querySelector("main");
const standing = document.querySelector("#live");
const source = new EventSource(main.dataset.live);

source.addEventListener("open", () => { standing.textContent = "kept up to date"; });
source.addEventListener("error", () => { standing.textContent = "not connected, trying again"; });
source.addEventListener("message", (event) => {
  const { title, html, as_of: asOf } = JSON.parse(event.data);
  const isOpen = [...main.querySelectorAll("details")].map((one) => one.open);
  main.innerHTML = html;
  main.querySelectorAll("details").forEach((one, at) => { one.open = isOpen[at] ?? one.open; });
  document.querySelector("#as-of").innerHTML = asOf;
  document.querySelector("#title").textContent = title;
  document.title = `${title} · Lockkeeper`;
});
