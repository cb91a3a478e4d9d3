// Files for the import: chosen or dropped, sent one by one as they are, each with a bar of its own.
const eportalImport = (() => {
  const words = (zone, status) => zone.dataset[{ 413: "tooBig", 400: "empty", 409: "busy" }[status] || "failed"];

  function line(zone, name) {
    const item = document.createElement("li");
    const title = document.createElement("span");
    const bar = document.createElement("progress");
    const note = document.createElement("span");
    title.textContent = name;
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", name);
    note.className = "hint";
    item.append(title, bar, note);
    zone.querySelector("[data-sending]").append(item);
    return { item, bar, note };
  }

  function send(zone, file) {
    const { item, bar, note } = line(zone, file.name);
    return new Promise((done) => {
      const request = new XMLHttpRequest();
      request.open("POST", zone.dataset.address);
      request.setRequestHeader("X-File-Name", encodeURIComponent(file.name));
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.upload.onprogress = (event) => {
        bar.value = event.total ? (100 * event.loaded) / event.total : 0;
        note.textContent = `${Math.floor(bar.value)} %`;
      };
      request.onloadend = () => {
        if (request.status === 204) item.remove();
        else {
          bar.remove();
          note.className = "error";
          note.textContent = words(zone, request.status);
        }
        zone.dispatchEvent(new CustomEvent("arrived"));
        done();
      };
      request.send(file);
    });
  }

  async function take(zone, files) {
    for (const old of zone.querySelectorAll("[data-sending] li")) if (old.querySelector(".error")) old.remove();
    const most = Number(zone.dataset.most);
    for (const file of files) {
      if (file.size > most) {
        const { bar, note } = line(zone, file.name);
        bar.remove();
        note.className = "error";
        note.textContent = zone.dataset.tooBig;
      } else await send(zone, file);
    }
  }

  const zoneOf = (event) => event.target.closest?.("[data-drop]");
  document.addEventListener("change", async (event) => {
    const zone = zoneOf(event);
    if (!zone || event.target.type !== "file") return;
    const files = [...event.target.files];
    event.target.value = ""; // so that the same file can be chosen again
    await take(zone, files);
  });
  for (const kind of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      const zone = zoneOf(event);
      for (const other of document.querySelectorAll("[data-drop]")) other.classList.toggle("over", other === zone && kind === "dragover");
      if (kind === "dragleave" || !document.querySelector("[data-drop]")) return;
      event.preventDefault(); // a file dropped beside it must not replace the page
      if (zone && kind === "drop") take(zone, [...event.dataTransfer.files]);
    });
  }
  return { take };
})();
window.eportalImport = eportalImport;
