// Texts on the page: the inbox and the composer of a phone, and what goes wrong at an operator's
// SMS centre. Draws what it is told and sends what keys do; rules live on the other side.

export const SMS_WORDS = {
  id: {
    messages: "Pesan", message: "Pesan ({n} belum dibaca)", write: "Tulis", open: "Buka", back: "Kembali", reply: "Balas", sendText: "Kirim", to: "Ke", compose: "Isi pesan", nobody: "Kotak masuk kosong",
    cannotReply: "Tidak dapat dibalas. Tulis ke {code}.", textSent: "Terkirim ke {to}.", newText: "{n} pesan baru", startText: "Atau kirim pesan", pressText: "Kata ini, sebagai SMS ke {code}",
    sms: "SMS ke ponsel", text: "SMS dari ponsel", receipt: "laporan terima", expired: "kedaluwarsa", no_texts: "Jaringan ini tidak membawa SMS.", not_answered: "Tidak ada yang menerima pesan di sana.",
    smsOf: "SMS {name}", smsFigures: "{reached} masuk · {texts} keluar · {duplicates} ganda · {last_10_s}/10 s", faulty: "terganggu", smsReceipts: "Laporan terima",
    good: "baik", late: "terlambat", missing: "hilang", before_response: "sebelum jawaban", hex_ids: "nomor heksa", duplicated: "dua kali", lateBy: "Terlambat (detik)", perSecond: "Batas per detik", unlimited: "tanpa batas",
    above: "Di atas batas", throttled: "terlalu cepat", queue_full: "antrean penuh", answerMs: "Jawaban setelah (ms)", twice: "Antar SMS ponsel dua kali", outage: "Putus (detik)", outageGo: "Putuskan",
  },
  en: {
    messages: "Messages", message: "Messages ({n} unread)", write: "Write", open: "Open", back: "Back", reply: "Reply", sendText: "Send", to: "To", compose: "Message", nobody: "The inbox is empty",
    cannotReply: "Cannot be answered. Write to {code}.", textSent: "Sent to {to}.", newText: "{n} new", startText: "Or send a text", pressText: "This word, as a text to {code}",
    sms: "text to the phone", text: "text of the phone", receipt: "receipt", expired: "expired", no_texts: "This network carries no texts.", not_answered: "Nobody takes texts there.",
    smsOf: "SMS {name}", smsFigures: "{reached} in · {texts} out · {duplicates} twice · {last_10_s}/10 s", faulty: "at fault", smsReceipts: "Receipts",
    good: "good", late: "late", missing: "missing", before_response: "before the response", hex_ids: "hex ids", duplicated: "twice", lateBy: "Late by (seconds)", perSecond: "Limit per second", unlimited: "no limit",
    above: "Above the limit", throttled: "throttled", queue_full: "queue full", answerMs: "Answer after (ms)", twice: "Deliver phones' texts twice", outage: "Outage (seconds)", outageGo: "Cut",
  },
};

// The messages of one phone. `mode` is empty while the phone shows something else.
export class Mail {
  constructor(phone, { one, element, say, send, toast, code }) {
    Object.assign(this, { phone, one, element, say, send, toast, code });
    this.texts = [];
    this.sent = [];
    this.seen = new Set();
    this.mode = "";
    this.at = 0;
    const slot = phone.slot;
    this.view = one(".mail", slot);
    this.compose = one(".compose", slot);
    this.to = one(".to", slot);
    this.envelope = one(".envelope", slot);
    this.envelope.addEventListener("click", () => { if (this.mode) this.close(); else this.open(); phone.focus(); });
    this.compose.addEventListener("input", () => phone.drawSoft());
  }

  // All texts of the number that the phone has now.
  fill(texts) {
    this.texts = texts;
    this.phone.slot.dataset.sim = this.phone.sim;
    this.sent = [];
    this.seen = new Set(JSON.parse(sessionStorage.getItem(this.name()) ?? "[]"));
    this.close();
    this.draw();
  }

  arrive(text) {
    // Networks count their texts each for itself.
    if (this.texts.some(({ serial, at }) => serial === text.serial && at === text.at)) return;
    this.texts.push(text);
    const { slot } = this.phone;
    slot.dataset.ring = "no";
    requestAnimationFrame(() => { slot.dataset.ring = "yes"; });
    slot.dataset.texts = this.texts.length;
    this.draw();
  }

  // What was read is remembered in this browser, by number and time of arrival.
  name() { return `read ${this.one(".number", this.phone.slot).value}`; }

  isNew(text) { return !text.sent && !this.seen.has(text.at); }

  unread() { return this.texts.filter((text) => this.isNew(text)).length; }

  // What the list shows, the newest first.
  items() {
    return [...this.texts, ...this.sent].sort((one, other) => other.at - one.at || other.serial - one.serial);
  }

  open() {
    if (this.phone.state === "ended") this.phone.close();
    if (!["idle", "no_signal"].includes(this.phone.state)) return;
    this.at = 0;
    this.show("list");
  }

  close() { if (this.mode) this.show(""); }

  show(mode) {
    this.mode = mode;
    if (mode !== "write") this.compose.value = "";
    this.draw();
    this.phone.draw();
  }

  write(to) {
    this.show("write");
    this.to.value = to;
    this.phone.focus();
  }

  read(at) {
    this.at = at;
    const text = this.items()[at];
    if (!text) return;
    this.seen.add(text.at);
    this.phone.slot.dataset.ring = "no";
    sessionStorage.setItem(this.name(), JSON.stringify([...this.seen]));
    this.show("read");
  }

  current() { return this.items()[this.at]; }

  canReply() { const text = this.current(); return text && (text.sent || text.from.kind === "short_code"); }

  // A key of the phone while messages are shown. True if it was for them.
  press(key) {
    const enter = key === "call" || key === "left";
    if (this.mode === "list") {
      if (key === "up" || key === "down") this.move(key === "up" ? -1 : 1);
      else if (key === "left") this.write(this.code());
      else if (key === "call") { if (this.items().length) this.read(this.at); else this.write(this.code()); }
      else if (key === "right" || key === "hangup") this.close();
      return true;
    }
    if (this.mode === "read") {
      if (key === "up" || key === "down") this.view.scrollBy({ top: key === "up" ? -66 : 66, behavior: "smooth" });
      else if (enter && this.canReply()) this.write(this.code());
      else if (enter) this.toast(this.say("cannotReply", { code: this.code() }));
      else if (key === "right") this.show("list");
      else if (key === "hangup") this.close();
      return true;
    }
    if (key === "hangup") this.close();
    else if (enter) this.go();
    else if (key === "right") { if (this.compose.value) this.phone.erase(); else this.show("list"); }
    else return key === "up" || key === "down";
    return true;
  }

  move(way) {
    const last = this.items().length - 1;
    this.at = Math.min(Math.max(this.at + way, 0), Math.max(last, 0));
    this.draw();
    this.one("[aria-current=true]", this.view)?.scrollIntoView({ block: "nearest" });
  }

  go() {
    this.phone.settleTap();
    const [to, text] = [this.to.value.trim(), this.compose.value];
    if (!to || !text) return;
    this.send({ do: "text", phone: this.phone.index, to, text });
    this.sent.push({ sent: true, serial: 0, at: Date.now(), text, from: { kind: "short_code", name: to } });
    this.at = 0;
    this.show("list");
    this.toast(this.say("textSent", { to }));
    this.phone.focus();
  }

  soft() {
    return {
      list: [this.say("write"), this.say("back")],
      read: [this.canReply() ? this.say("reply") : "", this.say("back")],
      write: [this.say("sendText"), this.compose.value ? this.say("erase") : this.say("cancel")],
    }[this.mode];
  }

  draw() {
    const { phone, say } = this;
    const unread = this.unread();
    phone.slot.dataset.mail = this.mode;
    phone.slot.dataset.unread = unread;
    phone.slot.dataset.texts = this.texts.length;
    this.envelope.setAttribute("aria-label", say("message", { n: unread }));
    this.one("b", this.envelope).textContent = unread || "";
    this.one(".letters", phone.slot).textContent = unread ? `✉ ${say("newText", { n: unread })}` : "";
    if (this.mode === "list") this.drawList();
    else if (this.mode === "read") this.drawText();
    else this.view.replaceChildren();
    this.one(".to-label", phone.slot).textContent = say("to");
    this.compose.setAttribute("aria-label", say("compose"));
  }

  drawList() {
    const rows = this.items().map((text, at) => {
      const row = this.element("button", { type: "button", class: "mail-item", "data-testid": "mail-item", "aria-current": String(at === this.at), tabindex: "-1" });
      row.dataset.unread = this.isNew(text) ? "yes" : "no";
      row.append(this.element("b", {}, `${text.sent ? "→ " : ""}${text.from.name}`), this.element("time", {}, clock(text.at)), this.element("span", {}, text.text));
      row.addEventListener("click", () => { this.read(at); this.phone.focus(); });
      return row;
    });
    this.view.replaceChildren(...(rows.length ? rows : [this.element("p", { class: "mail-empty" }, this.say("nobody"))]));
  }

  drawText() {
    const text = this.current();
    if (!text) { this.show("list"); return; }
    const head = this.element("div", { class: "mail-head" }, this.element("b", {}, `${text.sent ? "→ " : ""}${text.from.name}`), this.element("time", {}, clock(text.at)));
    const parts = [head, this.element("p", { class: "mail-text", "data-testid": "mail-text" }, text.text)];
    // Above the text, or a long one would hide it.
    if (!this.canReply()) parts.splice(1, 0, this.element("p", { class: "mail-note", "data-testid": "mail-note" }, this.say("cannotReply", { code: this.code() })));
    this.view.replaceChildren(...parts);
    this.view.scrollTop = 0;
  }
}

const clock = (at) => new Date(at).toLocaleTimeString("id-ID", { hour: "2-digit", minute: "2-digit" });

const RECEIPTS = ["good", "late", "missing", "before_response", "hex_ids", "duplicated"];
const FAULTLESS = { receipts: "good", late_s: 30, limit: null, says: "throttled", answer_ms: 0, inbound: "once" };

// What goes wrong at one operator's SMS centre: a line that opens into a form.
export function centre(network, at, { element, say, send }) {
  const faults = network.faults ?? FAULTLESS;
  const change = (changed) => { network.faults = { ...faults, ...network.faults, ...changed }; send({ do: "faults", network: at, faults: network.faults }); };
  const box = element("details", { class: "centre", "data-testid": `sms-${at}` });
  box.open = network.open ?? false;
  box.addEventListener("toggle", () => { network.open = box.open; });
  const faulty = JSON.stringify({ ...faults, late_s: 0 }) !== JSON.stringify({ ...FAULTLESS, late_s: 0 });
  const summary = element("summary", {}, element("b", {}, say("smsOf", { name: network.name })), " ", element("span", { class: "figures" }, say("smsFigures", network.figures ?? { reached: 0, texts: 0, duplicates: 0, last_10_s: 0 })));
  if (faulty) summary.append(" ", element("i", {}, say("faulty")));
  const field = (word, input) => element("label", {}, element("span", {}, say(word)), input);
  const number = (name, value, least, most, changed) => {
    const input = element("input", { type: "number", min: least, max: most, name, "data-testid": `${name}-${at}` });
    input.value = value ?? "";
    input.addEventListener("change", () => { if (input.reportValidity()) changed(input.value === "" ? null : Number(input.value)); });
    return input;
  };
  const choice = (name, words, value, changed) => {
    const select = element("select", { name, "data-testid": `${name}-${at}` }, ...words.map((word) => element("option", { value: word }, say(word))));
    select.value = value;
    select.addEventListener("change", () => changed(select.value));
    return select;
  };
  const limit = number("limit", faults.limit, 1, 1_000_000, (value) => change({ limit: value }));
  limit.placeholder = say("unlimited");
  const twice = element("input", { type: "checkbox", "data-testid": `twice-${at}` });
  twice.checked = faults.inbound === "twice";
  twice.addEventListener("change", () => change({ inbound: twice.checked ? "twice" : "once" }));
  const seconds = number("outage", network.outage ?? 10, 1, 3600, (value) => { network.outage = value ?? 10; });
  const cut = element("button", { type: "button", class: "quiet", "data-testid": `outage-go-${at}` }, say("outageGo"));
  cut.addEventListener("click", () => send({ do: "outage", network: at, seconds: Number(seconds.value) || 10 }));
  box.append(summary, element("div", { class: "form" },
    field("smsReceipts", choice("receipts", RECEIPTS, faults.receipts, (receipts) => change({ receipts }))),
    field("lateBy", number("late", faults.late_s, 0, 3600, (value) => change({ late_s: value ?? 0 }))),
    field("perSecond", limit),
    field("above", choice("says", ["throttled", "queue_full"], faults.says, (says) => change({ says }))),
    field("answerMs", number("answer", faults.answer_ms, 0, 60_000, (value) => change({ answer_ms: value ?? 0 }))),
    element("label", { class: "outage" }, element("span", {}, say("outage")), seconds, cut),
    element("label", { class: "tick" }, twice, element("span", {}, say("twice"))),
  ));
  return box;
}
