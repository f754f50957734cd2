// The page's side of the simulated country: draws phones, sends what their keys do over one
// WebSocket, and shows what comes back. All rules of the network live on the other side.

import { CHAT_WORDS, ChatPhone, cloudBox } from "./chat.js";
import { RECORD_WORDS, recordBox } from "./record.js";
import { Mail, SMS_WORDS, centre } from "./sms.js";

const WORDS = {
  id: {
    title: "Setara · negeri dalam kotak", tagline: "Satu layanan, setiap ponsel.", skip: "Langsung ke ponsel", language: "Bahasa halaman",
    try: "Coba ini", "try-hint": "Klik sebuah nilai: langsung tertulis di ponsel yang terakhir dipakai.", air: "Di udara", clear: "Bersihkan",
    number: "Nomor", network: "Jaringan", running: "USSD berjalan…", signal: "Sinyal", redial: "Panggil ulang", mischief: "Gangguan",
    read: "Tutup", incoming: "PESAN DARI LAYANAN", networks: "{n} jaringan", "network-abort": "Jaringan memutus sesi", repeat: "Kirim ulang pesan terakhir",
    call: "Panggil", answer: "Kirim", erase: "Hapus", close: "Tutup", cancel: "Batal", menu: "Panggil", ended: "SESI SELESAI", dropped: "SESI TERPUTUS",
    noSignal: "Tidak ada sinyal", dialHint: "ketik {code} lalu tekan tombol hijau", start: "Mulai di sini", press: "Ketik kode ini, lalu tombol hijau",
    bound: "terhubung", unbound: "gateway belum terhubung", lost: "Sambungan ke simulator terputus. Mencoba lagi…",
    empty: "Belum ada apa-apa di udara. Ketik {code} di ponsel, lalu tekan tombol hijau.", phone: "Ponsel {n}", screen: "Layar ponsel {n}", input: "Ketikan ponsel {n}",
    typing: "Ganti angka atau huruf", badNumber: "Nomor harus berbentuk 08…", up: "Gulir ke atas", down: "Gulir ke bawah", hangup: "Akhiri", left: "Tombol kiri", right: "Tombol kanan",
    star: "bintang", hash: "pagar", no_signal: "Ponsel ini tidak punya sinyal.", no_session: "Tidak ada sesi yang terbuka.", still_running: "Layanan belum menjawab.", network_full: "Jaringan penuh.", not_repeated: "Jaringan ini hanya mengulang yang tidak sampai.", retries: "Ulangi tiap langkah", too_long: "Terlalu panjang untuk satu pesan.",
    begin: "mulai", push: "layanan bertanya", notice: "layanan memberi tahu", readAir: "dibaca", ask: "tanya", answerAir: "jawab", end: "tutup", abort: "putus", redelivered: "dikirim ulang", refused: "ditolak: {why}", lostAir: "sinyal hilang, gateway tidak diberi tahu", time_out: "sesi terlalu lama", no_reply: "gateway tidak menjawab",
  },
  en: {
    title: "Setara · a country in a box", tagline: "One service, every phone.", skip: "Skip to the phones", language: "Language of this page",
    try: "Try this", "try-hint": "Click a value: it is typed into the phone you used last.", air: "On the air", clear: "Clear",
    number: "Number", network: "Network", running: "USSD running…", signal: "Signal", redial: "Redial", mischief: "Mischief",
    read: "Close", incoming: "FROM THE SERVICE", networks: "{n} networks", "network-abort": "Network breaks the session", repeat: "Deliver the last message again",
    call: "Call", answer: "Send", erase: "Erase", close: "Close", cancel: "Cancel", menu: "Call", ended: "SESSION ENDED", dropped: "SESSION LOST",
    noSignal: "No signal", dialHint: "type {code} and press the green key", start: "Start here", press: "Type this code, then the green key",
    bound: "connected", unbound: "no gateway yet", lost: "Lost the simulator. Trying again…",
    empty: "Nothing on the air yet. Type {code} on a phone and press the green key.", phone: "Phone {n}", screen: "Screen of phone {n}", input: "Typing of phone {n}",
    typing: "Digits or letters", badNumber: "A number looks like 08…", up: "Scroll up", down: "Scroll down", hangup: "Hang up", left: "Left soft key", right: "Right soft key",
    star: "star", hash: "hash", no_signal: "This phone has no signal.", no_session: "No session is open.", still_running: "The service has not answered yet.", network_full: "The network is full.", not_repeated: "This network repeats only what did not arrive.", retries: "Repeat every step", too_long: "Too long for one message.",
    begin: "begin", push: "service asks", notice: "service tells", readAir: "read", ask: "ask", answerAir: "answer", end: "end", abort: "abort", redelivered: "delivered again", refused: "refused: {why}", lostAir: "signal lost, gateway not told", time_out: "session too old", no_reply: "gateway did not reply",
  },
};
for (const more of [SMS_WORDS, CHAT_WORDS, RECORD_WORDS]) for (const [spoken, words] of Object.entries(more)) Object.assign(WORDS[spoken], words);
// What each key types in turn in letter mode; the digit itself comes last.
const TAPS = { 1: ".,'-1", 2: "abc2", 3: "def3", 4: "ghi4", 5: "jkl5", 6: "mno6", 7: "pqrs7", 8: "tuv8", 9: "wxyz9", 0: " 0", star: ".,'-/*" };
const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "star", "0", "hash"];
const FACE = { star: "*", hash: "#" };
const TAP_PAUSE_MS = 900;
const LONG_PRESS_MS = 550;
const LOG_LINES = 200;

const one = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const element = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
};

let language = localStorage.getItem("language") === "en" ? "en" : "id";
const say = (word, values = {}) =>
  (WORDS[language][word] ?? word).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

let socket;
let country = { networks: [], phones: [], people: [], codes: ["*119#"], short_code: "1199" };
let phones = [];
let active = 0;
let chat = null;
let cloud = null;
let record = null;
const send = (message) => socket?.readyState === WebSocket.OPEN && socket.send(JSON.stringify(message));

class Phone {
  constructor(index) {
    this.index = index;
    this.state = "idle";
    this.by = "";
    this.letters = false;
    this.tap = null;
    this.lastDialled = "";
    this.shown = 0;
    this.slot = one("#phone").content.firstElementChild.cloneNode(true);
    this.slot.id = this.slot.dataset.testid = `phone-${index + 1}`;
    this.body = one(".body", this.slot);
    this.screen = one(".screen", this.slot);
    this.input = one(".input", this.slot);
    this.mail = new Mail(this, { one, element, say, send, toast, code: () => country.short_code });
    this.addKeys();
    this.listen();
  }

  addKeys() {
    const keys = one(".keys", this.slot);
    for (const key of KEYS) {
      const button = element("button", { type: "button", class: "key digit", "data-key": key, "data-testid": `key-${key}` });
      const letters = key === "0" ? "␣" : key === "hash" ? "abc" : key === "star" ? "" : key === "1" ? ".,'" : TAPS[key].slice(0, -1);
      button.append(element("b", {}, FACE[key] ?? key), element("small", { "aria-hidden": "true" }, letters));
      keys.append(button);
    }
    // The phone is one stop of the Tab key; its keys follow the keyboard instead.
    for (const button of all(".key", this.slot)) button.tabIndex = -1;
  }

  listen() {
    for (const button of all(".key", this.slot)) {
      button.addEventListener("pointerdown", (event) => { event.preventDefault(); this.hold(button.dataset.key); this.focus(); });
      button.addEventListener("pointerup", () => clearTimeout(this.held));
      button.addEventListener("pointerleave", () => clearTimeout(this.held));
      // `click` also serves assistive technology and tests, which send no pointer events.
      button.addEventListener("click", () => { if (this.wasLong) this.wasLong = false; else this.press(button.dataset.key); });
    }
    this.body.addEventListener("keydown", (event) => this.type(event));
    this.slot.addEventListener("focusin", () => { active = this.index; });
    this.slot.addEventListener("pointerdown", () => { active = this.index; });
    this.input.addEventListener("input", () => this.drawSoft());
    this.screen.addEventListener("scroll", () => this.drawArrows());
    one(".mode", this.slot).addEventListener("click", () => { this.switchLetters(); this.focus(); });
    one(".signal", this.slot).addEventListener("change", (event) => send({ do: "signal", phone: this.index, on: event.target.checked ? "yes" : "no" }));
    one(".redial", this.slot).addEventListener("click", () => { this.mail.close(); this.dial(this.lastDialled || country.codes[0]); this.focus(); });
    for (const [name, act] of [["abort", "network_abort"], ["repeat", "repeat_last"]]) {
      one(`.${name}`, this.slot).addEventListener("click", () => { send({ do: act, phone: this.index }); one(".mischief", this.slot).open = false; });
    }
    for (const field of all(".sim input, .sim select", this.slot)) field.addEventListener("change", () => this.changeSim());
  }

  // The line has the focus while it takes text, so that it shows its caret.
  focus() { (this.typing() ? this.line() : this.body).focus({ preventScroll: true }); active = this.index; }

  // What keys type into.
  line() { return this.mail.mode === "write" ? this.mail.compose : this.input; }

  changeSim() {
    const number = one(".number", this.slot);
    const good = /^(\+?62|0)?8\d{8,11}$/.test(number.value.replace(/[\s.-]/g, ""));
    number.setAttribute("aria-invalid", good ? "false" : "true");
    if (!good) return toast(say("badNumber"));
    send({ do: "sim", phone: this.index, number: number.value, network: Number(one(".network", this.slot).value) });
  }

  // A key held down types its digit at once; a held # switches between digits and letters.
  hold(key) {
    clearTimeout(this.held);
    this.wasLong = false;
    this.held = setTimeout(() => {
      if (key === "hash") { this.wasLong = true; this.switchLetters(); }
      else if (/^\d$/.test(key) && this.letters && this.typing()) { this.wasLong = true; this.settleTap(); this.insert(key); }
    }, LONG_PRESS_MS);
  }

  press(key) {
    this.flash(key);
    if (this.mail.mode && this.mail.press(key)) return undefined;
    if (key === "left" && this.state === "idle" && !this.input.value) return this.mail.open();
    if (this.state === "notice" && ["call", "hangup", "left", "right"].includes(key)) return this.read();
    if (key === "call" || (key === "left" && this.state !== "ended")) return this.go();
    if (key === "hangup") return this.hangUp();
    if (key === "left") return this.close();
    if (key === "right") return this.right();
    if (key === "up" || key === "down") return this.scroll(key === "up" ? -1 : 1);
    if (this.state === "ended") this.close();
    if (!this.typing()) return undefined;
    if (key === "hash" && this.letters) return this.switchLetters();
    if (this.letters && TAPS[key]) return this.multiTap(key);
    return this.insert(FACE[key] ?? key);
  }

  // The computer's keyboard, when the phone or its line has the focus.
  type(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest(".mode, .envelope, .mail-item, .to")) return;
    const keys = { Enter: "call", Escape: "hangup", ArrowUp: "up", ArrowDown: "down" };
    if (keys[event.key]) { event.preventDefault(); this.press(keys[event.key]); return; }
    if (event.key.length === 1 && this.state === "ended") this.close();
    if (!this.typing()) return;
    if (event.key.length === 1) this.flash({ "*": "star", "#": "hash" }[event.key] ?? event.key);
    if (event.target === this.line()) { this.tap = null; return; }
    if (event.key === "Backspace") { event.preventDefault(); this.erase(); }
    else if (event.key.length === 1) { event.preventDefault(); this.settleTap(); this.insert(event.key); }
  }

  typing() { return this.mail.mode ? this.mail.mode === "write" : this.state === "idle" || this.state === "ask"; }

  multiTap(key) {
    const turn = TAPS[key];
    const again = this.tap?.key === key;
    const at = again ? (this.tap.at + 1) % turn.length : 0;
    if (again) this.line().value = this.line().value.slice(0, -1);
    clearTimeout(this.tap?.timer);
    // Names begin with a capital.
    const start = /(^|[\s'.-])$/.test(this.line().value);
    this.tap = { key, at, timer: setTimeout(() => this.settleTap(), TAP_PAUSE_MS) };
    this.insert(start ? turn[at].toUpperCase() : turn[at]);
  }

  settleTap() { clearTimeout(this.tap?.timer); this.tap = null; }

  insert(text) {
    const line = this.line();
    if (line.value.length + text.length > line.maxLength) return;
    line.value += text;
    [line.scrollLeft, line.scrollTop] = [line.scrollWidth, line.scrollHeight];
    this.drawSoft();
  }

  erase() { this.settleTap(); this.line().value = this.line().value.slice(0, -1); this.drawSoft(); }

  switchLetters(letters = !this.letters) {
    this.settleTap();
    this.letters = letters;
    const mode = one(".mode", this.slot);
    mode.textContent = letters ? "abc" : "123";
    this.slot.dataset.mode = letters ? "abc" : "123";
  }

  go() {
    this.settleTap();
    const text = this.input.value;
    if (this.state === "ask") { if (text) this.answer(text); return; }
    if (this.state === "idle" || this.state === "ended") {
      if (text) this.dial(text);
      else this.insertRedial();
    }
  }

  // An empty line and the green key bring the last number back, as on every old phone.
  insertRedial() { if (this.state === "ended") this.close(); this.insert(this.lastDialled || country.codes[0]); }

  dial(text) { this.lastDialled = text; this.input.value = ""; send({ do: "dial", phone: this.index, text }); }

  answer(text) { this.input.value = ""; send({ do: "answer", phone: this.index, text }); }

  // Whichever key closes a notice, it was read.
  read() { send({ do: "read", phone: this.index }); }

  hangUp() {
    this.settleTap();
    if (this.state === "ask" || this.state === "running") send({ do: "hang_up", phone: this.index });
    this.input.value = "";
    if (this.state === "ended") this.close(); else this.drawSoft();
  }

  right() {
    if (this.state === "running") return this.hangUp();
    if (this.input.value) return this.erase();
    if (this.state === "ask") return this.hangUp();
    if (this.state === "ended") return this.close();
    return undefined;
  }

  close() { if (this.state === "ended") this.show({ state: "idle", text: "", by: "" }); }

  scroll(way) { this.screen.scrollBy({ top: way * 66, behavior: "smooth" }); }

  flash(key) {
    const button = one(`[data-key="${CSS.escape(String(key).toLowerCase())}"]`, this.slot);
    button?.classList.add("down");
    setTimeout(() => button?.classList.remove("down"), 110);
  }

  show({ state, text, by }) {
    // A session that left no words behind leaves an empty phone.
    const gone = state === "ended" && !text;
    const focused = this.body.contains(document.activeElement);
    // A question that follows nothing the phone did.
    const incoming = state === "notice" || (state === "ask" && this.state !== "running");
    this.slot.dataset.incoming = incoming ? "yes" : "no";
    this.state = gone ? "idle" : state;
    // What the network shows goes before messages.
    if (!["idle", "no_signal"].includes(this.state)) this.mail.close();
    this.by = by ?? "";
    if (state === "ask") { this.input.value = ""; }
    if (this.state !== "ask") this.switchLetters(false);
    this.screen.textContent = this.state === "running" ? "" : text ?? "";
    this.screen.scrollTop = 0;
    // A new screen may read like the old one: whoever waits for it can count.
    if (state !== "running") this.slot.dataset.shown = ++this.shown;
    this.draw();
    if (focused) this.focus();
  }

  draw() {
    const { slot } = this;
    const network = country.networks[Number(one(".network", slot).value)];
    slot.dataset.state = this.state;
    slot.dataset.by = this.by;
    slot.dataset.signal = this.state === "no_signal" ? "off" : "on";
    one(".signal", slot).checked = this.state !== "no_signal";
    one(".carrier", slot).textContent = this.state === "no_signal" ? say("noSignal") : network?.name ?? "";
    one(".from", slot).textContent = say("incoming");
    one(".done", slot).textContent = say(this.by === "service" || this.by === "unknown_code" ? "ended" : "dropped");
    this.drawClock();
    this.drawSoft();
    requestAnimationFrame(() => this.drawArrows());
  }

  drawClock() {
    const now = new Date();
    const time = now.toLocaleTimeString("id-ID", { hour: "2-digit", minute: "2-digit" });
    one(".clock", this.slot).textContent = this.state === "idle" || this.state === "no_signal" ? "" : time;
    one(".big", this.slot).textContent = time;
    one(".day", this.slot).textContent = now.toLocaleDateString(language === "id" ? "id-ID" : "en-GB", { weekday: "long", day: "numeric", month: "long" });
  }

  drawSoft() {
    const text = this.input.value;
    const [left, right] = this.mail.soft() ?? {
      idle: [say(text ? "call" : "messages"), text ? say("erase") : ""],
      ask: [say("answer"), text ? say("erase") : say("cancel")],
      running: ["", say("cancel")],
      ended: [say("close"), ""],
      notice: [say("read"), ""],
      no_signal: ["", ""],
    }[this.state];
    one(".soft-left", this.slot).textContent = left;
    one(".soft-right", this.slot).textContent = right;
    this.input.placeholder = "";
  }

  drawArrows() {
    const { scrollTop, scrollHeight, clientHeight } = this.screen;
    this.slot.dataset.up = scrollTop > 2 ? "yes" : "no";
    this.slot.dataset.down = scrollTop + clientHeight < scrollHeight - 2 ? "yes" : "no";
  }

  label() {
    const n = this.index + 1;
    this.body.setAttribute("aria-label", say("phone", { n }));
    this.screen.setAttribute("aria-label", say("screen", { n }));
    this.input.setAttribute("aria-label", say("input", { n }));
    one(".number", this.slot).setAttribute("aria-label", say("number"));
    one(".network", this.slot).setAttribute("aria-label", say("network"));
    one(".mode", this.slot).setAttribute("aria-label", say("typing"));
    this.mail.draw();
    for (const key of ["call", "hangup", "up", "down", "left", "right", "star", "hash"]) one(`[data-key="${key}"]`, this.slot).setAttribute("aria-label", say(key));
  }

  setSim({ number, network }) {
    const select = one(".network", this.slot);
    select.replaceChildren(...country.networks.map(({ name, dialect }, at) => element("option", { value: at }, `${name} · ${dialect}`)));
    select.value = network;
    one(".number", this.slot).value = number;
    this.sim = `${number} ${network}`;
    this.draw();
  }
}

const clickable = (value, kind) => {
  const chip = element("button", { type: "button", class: `chip ${kind}`, title: value }, value);
  chip.dataset.value = value;
  chip.addEventListener("click", () => {
    if (chat?.active) { chat.put(value); return; }
    const target = phones[active];
    if (target.state === "ended") target.close();
    if (["list", "read"].includes(target.mail.mode)) target.mail.close();
    if (!target.typing()) return;
    target.settleTap();
    // A message is written word by word, a line holds one value.
    const line = target.line();
    line.value = line === target.input || !line.value ? value : `${line.value}${/[\s#]$/.test(line.value) ? "" : " "}${value}`;
    target.drawSoft();
    target.focus();
  });
  return chip;
};

// The number of a person: the phone used last gets it.
const callable = (number) => {
  const chip = element("button", { type: "button", class: "chip phone", title: say("number") }, number);
  chip.addEventListener("click", () => {
    one(".number", phones[active].slot).value = number;
    phones[active].changeSim();
  });
  return chip;
};

// A word to begin a conversation by text with: the phone used last writes it to the short code.
const texted = (word) => {
  const chip = element("button", { type: "button", class: "chip code", "data-testid": "text-chip" }, `${word} → ${country.short_code}`);
  chip.addEventListener("click", () => {
    const target = phones[active];
    target.mail.open();
    if (!target.mail.mode) return;
    target.mail.write(country.short_code);
    target.mail.compose.value = word;
    target.drawSoft();
  });
  return chip;
};

const heading = (title, expect) => element("h3", {}, title, " ", element("small", {}, expect));

function drawPeople() {
  const begin = element("article", { class: "person" });
  begin.append(heading(say("start"), say("press")), element("div", { class: "chips" }, ...country.codes.map((code) => clickable(code, "code")), texted("VAKSIN")));
  const people = country.people.map((person) => {
    const row = element("article", { class: "person", "data-testid": "person" });
    const chips = element("div", { class: "chips" }, ...[person.nik, person.name, person.birth_date].filter(Boolean).map((value) => clickable(value, "")));
    if (person.phone) chips.append(callable(person.phone));
    row.append(heading(person.title[language], person.expect[language]), chips);
    return row;
  });
  one("#people").replaceChildren(begin, ...people);
}

// A pill for all networks that are connected, and one for those that are not.
function drawNetworks() {
  const pills = [["yes", "bound"], ["no", "unbound"]].map(([up, state]) => {
    const those = country.networks.filter(({ links }) => (links.length ? "yes" : "no") === up);
    const names = those.length > 2 ? say("networks", { n: those.length }) : those.map(({ name }) => name).join(", ");
    const pill = element("span", { class: "pill", "data-up": up, title: those.map(({ name }) => name).join(", ") }, element("i"), names);
    pill.append(element("small", {}, say(state)));
    return those.length ? pill : "";
  });
  one("#links").replaceChildren(...pills.filter(Boolean));
  // Above the log stand those that a phone is on.
  const used = new Set(phones.map((phone) => Number(one(".network", phone.slot).value)));
  one("#networks").replaceChildren(...country.networks.map((network, at) => ({ ...network, at })).filter(({ at }) => used.has(at)).map(({ name, dialect, kind, address, links, at }) => {
    if (kind === "http") return aggregator(name, dialect, at);
    const kinds = links.map(({ system_id, kind }) => `${system_id} (${kind})`).join(", ") || "–";
    return element("span", {}, element("b", {}, name), ` ${dialect} · `, element("code", {}, address), ` · ${kinds}`);
  }));
  one("#centres").replaceChildren(...country.networks.map((network, at) => ({ network, at })).filter(({ network, at }) => network.kind === "smpp" && used.has(at)).map(({ network, at }) => centre(network, at, { element, say, send })));
  drawCloud();
  drawRecord();
}

// What was counted comes every second; a form that somebody fills in is left alone.
function drawCentre(at) {
  const box = one(`[data-testid="sms-${at}"]`);
  if (!box || box.contains(document.activeElement)) { const shown = box && one(".figures", box); if (shown) shown.textContent = say("smsFigures", country.networks[at].figures); return; }
  box.replaceWith(centre(country.networks[at], at, { element, say, send }));
}

// The chat phone stands beside the others where there is a cloud.
function showChat() {
  if (chat) one("#phones").append(chat.slot);
  if (!country.chat || chat) return;
  chat = new ChatPhone({ one, element, say, send, toast });
  for (const event of ["focusin", "pointerdown"]) document.addEventListener(event, ({ target }) => { if (target.closest?.(".slot")) chat.active = chat.slot.contains(target); });
  one("#phones").append(chat.slot);
  document.body.dataset.chat = "yes";
}

function drawCloud() {
  if (!chat || !cloud) return;
  const box = one('[data-testid="cloud"]');
  if (box?.contains(document.activeElement) && box.open) { one(".figures", box).textContent = say("cloudFigures", cloud.figures); return; }
  const made = cloudBox(cloud, chat.view.profile, box?.open ?? false, { element, say, send });
  if (box) box.replaceWith(made); else one("#centres").append(made);
}

function drawRecord() {
  if (!record) return;
  const box = one('[data-testid="record"]');
  if (box?.contains(document.activeElement) && box.open) { one(".figures", box).textContent = say("recordFigures", record.figures); return; }
  const made = recordBox(record, box?.open ?? false, { element, say, send });
  if (box) box.replaceWith(made); else one("#centres").append(made);
}

// An aggregator over HTTP, and whether it sends every step twice.
function aggregator(name, provider, at) {
  const box = element("input", { type: "checkbox", "data-testid": `retries-${at}` });
  box.checked = country.networks[at].retries ?? false;
  box.addEventListener("change", () => {
    country.networks[at].retries = box.checked;
    send({ do: "retries", network: at, on: box.checked ? "yes" : "no" });
  });
  return element("span", {}, element("b", {}, name), ` ${provider} · `, element("label", {}, box, ` ${say("retries")}`));
}

const TONES = { wa_event: ["▲", "up"], wa_message: ["▼", "down"], begin: ["▲", "up"], answer: ["▲", "up"], read: ["▲", "up"], text: ["▲", "up"], receipt: ["▲", "up"], sms: ["▼", "down"], push: ["▼", "down"], notice: ["▼", "down"], abort: ["▲", "up"], redelivered: ["▲", "up"], ask: ["▼", "down"], end: ["▼", "down"] };
function logLine({ at, number, network, kind, code, size, why }) {
  const log = one("#log");
  one(".empty", log)?.remove();
  const [way, tone] = TONES[kind] ?? ["✕", "bad"];
  const word = { answer: "answerAir", lost: "lostAir", read: "readAir" }[kind] ?? kind;
  const what = `${say(word, { why })}${code ? ` · ${code}` : ""}`;
  const line = element("li", { "data-tone": tone, "data-kind": kind, title: country.networks[network]?.name ?? network });
  line.append(
    element("time", {}, new Date(at).toLocaleTimeString("id-ID", { hour12: false })), element("span", { class: "who" }, number),
    element("span", { class: "way", "aria-hidden": "true" }, way), element("span", { class: "what" }, what), element("span", { class: "size" }, size || ""),
  );
  const atEnd = log.scrollTop + log.clientHeight > log.scrollHeight - 30;
  log.append(line);
  while (log.children.length > LOG_LINES) log.firstElementChild.remove();
  if (atEnd) log.scrollTop = log.scrollHeight;
}

const clearLog = () => one("#log").replaceChildren(element("li", { class: "empty" }, say("empty", { code: country.codes[0] })));

function speak() {
  document.documentElement.lang = language;
  document.title = say("title");
  for (const found of all("[data-say]")) found.textContent = say(found.dataset.say);
  for (const found of all("[data-say-label]")) found.setAttribute("aria-label", say(found.dataset.sayLabel));
  for (const button of all("[data-language]")) button.setAttribute("aria-pressed", String(button.dataset.language === language));
  if (one("#log .empty") || !one("#log").children.length) clearLog();
  for (const phone of phones) { phone.label(); phone.draw(); }
  chat?.label();
  drawPeople();
  drawNetworks();
}

let toastTimer;
function toast(text, stays = false) {
  const shown = one("#toast");
  shown.textContent = text;
  shown.hidden = !text;
  clearTimeout(toastTimer);
  if (!stays) toastTimer = setTimeout(() => { shown.hidden = true; }, 2600);
}

const HEAR = {
  hello(message) {
    country = message;
    toast("");
    if (phones.length !== country.phones.length) {
      phones = country.phones.map((_, index) => new Phone(index));
      one("#phones").replaceChildren(...phones.map((phone) => phone.slot));
    }
    showChat();
    country.phones.forEach((sim, index) => phones[index].setSim(sim));
    speak();
    document.body.dataset.ready = "yes";
  },
  sim(message) { phones[message.phone]?.setSim(message); drawNetworks(); },
  face(message) { phones[message.phone]?.show(message); },
  air: logLine,
  links({ network, links }) { country.networks[network].links = links; drawNetworks(); },
  not_now({ why }) { toast(say(why)); },
  inbox({ phone, texts }) { phones[phone]?.mail.fill(texts); },
  text({ phone, text }) { phones[phone]?.mail.arrive(text); },
  chat(view) { chat?.hear(view); drawCloud(); },
  cloud(view) { cloud = view; drawCloud(); },
  record(view) { record = view; drawRecord(); },
  chat_air(line) { logLine({ ...line, network: "WhatsApp" }); },
  sms({ network, faults, figures }) { Object.assign(country.networks[network], { faults, figures }); drawCentre(network); },
};

function connect() {
  socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`);
  socket.addEventListener("message", ({ data }) => { const message = JSON.parse(data); HEAR[message.is]?.(message); });
  socket.addEventListener("close", () => { toast(say("lost"), true); setTimeout(connect, 1000); });
}

for (const button of all("[data-language]")) {
  button.addEventListener("click", () => { language = button.dataset.language; localStorage.setItem("language", language); speak(); });
}
one("#clear").addEventListener("click", clearLog);
document.addEventListener("pointerdown", ({ target }) => {
  for (const open of all(".mischief[open]")) if (!open.contains(target)) open.open = false;
});
setInterval(() => phones.forEach((phone) => phone.drawClock()), 10_000);
speak();
connect();
