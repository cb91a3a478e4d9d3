// What only the browser can do: focus, drafts, the exchange of a ticket for a cookie, sound, countdowns.
const eportal = (() => {
  const remembered = (form, field) => `draft:${form}:${field}`;
  const inputs = (form) => [...form.elements].filter((element) => element.name);
  const named = (form) => form.getAttribute("name"); // form.name may be a field
  const byId = (id) => document.getElementById(id);

  // Values as they stand in the form: what a password manager filled in is there as well.
  function values(form) {
    const pairs = inputs(form).map((input) => [input.name, input.type === "checkbox" ? input.checked : input.value]);
    return Object.fromEntries(pairs);
  }

  // Null while the previous press is still being answered: a double click sends once.
  function submit(form) {
    if (form.dataset.busy) return null;
    form.dataset.busy = "yes";
    form.querySelector("[type=submit]").setAttribute("aria-busy", "true");
    for (const shown of form.querySelectorAll("[data-reveals][aria-pressed=true]")) reveal(shown);
    return values(form);
  }

  function ready(name) {
    const form = document.forms[name];
    if (!form) return;
    delete form.dataset.busy;
    form.querySelector("[type=submit]").removeAttribute("aria-busy");
  }

  function reveal(button) {
    const input = byId(button.dataset.reveals);
    const show = input.type === "password";
    input.type = show ? "text" : "password";
    button.setAttribute("aria-pressed", String(show));
    button.firstChild.textContent = show ? button.dataset.hide : button.dataset.show;
  }

  function focus(id) {
    // After Vue has drawn what the same answer of the server brought along.
    setTimeout(() => {
      const element = byId(id);
      if (!element) return;
      element.focus();
      element.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
    }, 60);
  }

  // The server knows what it puts there: only the draft has to follow.
  function put(id, value) {
    const input = byId(id);
    if (!input) return;
    input.value = value;
    keep({ target: input });
  }

  // Drafts outlive a reload, a restart of the server and the way Back; never a password, never the picture's answer.
  function keep(event) {
    const input = event.target;
    if (!input.form || !input.form.dataset.draft || input.dataset.secret !== undefined) return;
    sessionStorage.setItem(remembered(named(input.form), input.name), input.type === "checkbox" ? input.checked : input.value);
  }

  // A form that comes by the socket is drawn a moment after this was called.
  function restore(name, tries = 20) {
    const form = document.forms[name];
    if (!form && tries) setTimeout(restore, 50, name, tries - 1);
    for (const input of form ? inputs(form) : []) {
      const value = sessionStorage.getItem(remembered(name, input.name));
      if (value === null || input.dataset.secret !== undefined) continue;
      if (input.type === "checkbox") input.checked = value === "true";
      else if (!input.value) input.value = value;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  function forget(name) {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(`draft:${name}:`)) sessionStorage.removeItem(key);
  }

  // What was typed in one form and not used goes on into another: fields of the same name, and `words` for the rest,
  // which name the fields they tell; the first that has them all. What the person has typed or emptied here stays.
  function carry_over(from, to, same, into, words) {
    const drafted = (field) => sessionStorage.getItem(remembered(from, field)) || "";
    const told = Object.entries(words).find(([names]) => names.split(" ").every(drafted));
    const fill = (text) => text.replace(/\{(\w+)\}/g, (_, field) => drafted(field));
    const values = same.map((field) => [field, drafted(field)]).concat(told ? [[into, fill(told[1])]] : []);
    for (const [field, value] of values) {
      const input = byId(field);
      if (!value || !input || input.value || sessionStorage.getItem(remembered(to, field)) !== null) continue;
      input.value = value;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  async function post(address, body) {
    for (let tries = 0; ; tries += 1) {
      try {
        return await fetch(address, { method: "POST", body, credentials: "same-origin" });
      } catch (problem) {
        if (tries === 20) throw problem;
        await new Promise((later) => setTimeout(later, 1000));
      }
    }
  }

  async function enter(ticket, target) {
    const answer = await post("/vstop", ticket);
    if (answer.ok) return location.replace(target);
    byId("no-cookie")?.removeAttribute("hidden");
    for (const form of document.forms) ready(named(form));
  }

  async function leave(address = "/odjava", target = "/") {
    await post(address, "");
    location.replace(target);
  }

  function speak(wave) {
    const sound = new Audio(wave);
    sound.play();
  }

  // »Pošlji znova (čez 42 s)«: counts down in the browser, the server decides all the same.
  function countdown(id, seconds) {
    const button = byId(id);
    if (!button) return;
    clearInterval(Number(button.dataset.timer));
    const ends = Date.now() + seconds * 1000;
    const tick = () => {
      const left = Math.max(0, Math.ceil((ends - Date.now()) / 1000));
      const wait = left > 90 ? `${Math.ceil(left / 60)} min` : `${left} s`;
      const label = left ? button.dataset.waiting.replace("{left}", wait) : button.dataset.label;
      button.setAttribute("aria-disabled", String(left > 0));
      if (button.firstChild && button.firstChild.textContent !== label) button.firstChild.textContent = label;
      if (!left) clearInterval(Number(button.dataset.timer));
    };
    button.dataset.timer = setInterval(tick, 500);
    tick();
  }

  // Which of the staff's desks this is; the head is drawn once for all of them.
  function mark_desk() {
    for (const way of document.querySelectorAll("[data-desk]")) {
      const here = location.pathname.startsWith(way.dataset.desk);
      here ? way.setAttribute("aria-current", "page") : way.removeAttribute("aria-current");
    }
  }

  function language(code) {
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `eportal-language=${code}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
    location.reload();
  }

  // The token of a link leaves the address bar, the history and the server's logs; a reload finds it here.
  function hide_token(token, path) {
    if (token) sessionStorage.setItem(`link:${path}`, token);
    history.replaceState(history.state, "", path);
    return sessionStorage.getItem(`link:${path}`) || "";
  }

  document.addEventListener("input", keep);
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[aria-disabled=true]")) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  }, true);
  return { submit, ready, reveal, focus, put, restore, carry_over, forget, enter, leave, speak, countdown, language, mark_desk, hide_token };
})();
window.eportal = eportal;
