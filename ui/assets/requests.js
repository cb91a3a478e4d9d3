// The queue of requests: keys, the request beside the list, what is left of the time to take a deed back.
const eportalRequests = (() => {
  const OFF = "eportal-keys-off";
  const byId = (id) => document.getElementById(id);
  const rows = () => [...document.querySelectorAll("a[data-row]")];
  const typing = (element) => element.closest?.("input, textarea, select, [contenteditable=true]");
  let last = "";

  function step(by) {
    const all = rows();
    if (!all.length) return;
    const focused = all.indexOf(document.activeElement);
    const here = focused < 0 ? all.findIndex((row) => row.closest("tr").ariaCurrent === "true") : focused;
    const next = here < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(here + by, 0), all.length - 1);
    all[next].focus();
  }

  function press(event) {
    if (!byId("keys") || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (localStorage.getItem(OFF)) return;
    const arrows = event.target.matches?.("a[data-row]") ? { ArrowDown: () => step(1), ArrowUp: () => step(-1) } : {};
    const deeds = {
      ...arrows, j: () => step(1), k: () => step(-1), o: () => byId("answer")?.click(), "/": () => byId("search")?.focus(),
      "?": () => { byId("keys").open = !byId("keys").open; byId("keys").querySelector("summary").focus(); },
    };
    if (!Object.hasOwn(deeds, event.key)) return;
    event.preventDefault();
    deeds[event.key]();
  }

  function begin() {
    const box = byId("keys-on");
    if (box) box.checked = !localStorage.getItem(OFF);
  }

  function keys(on) {
    on ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "yes");
  }

  // Where there is room the request opens beside the list; elsewhere the link is followed.
  function beside(event, emit) {
    if (event.ctrlKey || event.metaKey || event.shiftKey || !matchMedia("(min-width: 961px)").matches) return;
    event.preventDefault();
    event.stopPropagation();
    emit();
  }

  const name_page = (path) => history.replaceState({ ...history.state, page: path }, "", path);

  function opened(path) {
    name_page(path);
    eportal.focus("detail");
  }

  function closed(path) {
    name_page(path);
    eportal.focus("heading");
  }

  // A list that was drawn anew took the focused row away: back to it, unless the person has gone elsewhere.
  function refocus() {
    setTimeout(() => {
      if (last && document.activeElement === document.body) byId(last)?.focus({ preventScroll: true });
    }, 80);
  }

  // The button that was in focus has gone with its time.
  function unfocused() {
    setTimeout(() => { if (document.activeElement === document.body) byId("detail")?.focus({ preventScroll: true }); }, 80);
  }

  function undoable(id, seconds) {
    const place = byId(id);
    const ends = Date.now() + seconds * 1000;
    const tick = () => {
      if (!place.isConnected) return clearInterval(timer);
      place.textContent = `${Math.max(0, Math.ceil((ends - Date.now()) / 1000))} s`;
    };
    const timer = setInterval(tick, 250);
    tick();
  }

  document.addEventListener("keydown", press);
  document.addEventListener("focusin", (event) => { last = event.target.matches("a[data-row]") ? event.target.id : ""; });
  document.addEventListener("pointerdown", () => { last = ""; });
  return { begin, keys, beside, opened, closed, refocus, unfocused, undoable };
})();
window.eportalRequests = eportalRequests;
