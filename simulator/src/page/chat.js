// The chat phone on the page: bubbles, buttons, lists, documents, and what goes wrong in the cloud.
// Draws what it is told and sends what is tapped; all rules live on the other side.

export const CHAT_WORDS = {
  id: {
    chatPhone: "Ponsel WhatsApp", chatNumber: "Nomor", chatName: "Setara", chatOnline: "akun layanan", chatTyping: "sedang mengetik…", chatWrite: "Ketik pesan", chatSend: "Kirim", chatMore: "Lampirkan", chatBegin: "Tulis apa saja untuk memulai, misalnya “Halo”.",
    chatClose: "Tutup", chatOpen: "Buka dokumen", chatDocument: "Dokumen", chatPicture: "Gambar", chatLocation: "Lokasi", chat_image: "Gambar", chat_audio: "Pesan suara", chat_sticker: "Stiker", chat_contact: "Kontak", chat_unsupported: "Jenis lain", chat_video: "Video", chat_contacts: "Kontak", chat_system: "Nomor berganti", chat_gone: "Pilihan itu sudah tidak ada.",
    chatSent: "terkirim", chatDelivered: "sampai", chatRead: "dibaca", chatTemplate: "templat", chatMessages: "Percakapan",
    wa_event: "WhatsApp dari ponsel", wa_message: "WhatsApp ke ponsel", wa_again: "tidak diterima gateway, diulang", cloudStatuses: "Status pesan", cloudAll: "semua", cloudNoDelivered: "tanpa “sampai”", cloudFailures: "gagal saja", cloudRefusing: "Penolakan", cloudByStatus: "lewat status", cloudAtOnce: "langsung",
    cloud: "WhatsApp", cloudFigures: "{taken} masuk · {refused} ditolak · {acknowledged} kabar · {waiting} menunggu", cloudEvents: "Kabar", cloudOnce: "sekali", cloudTwice: "dua kali", cloudOrder: "Urutan", cloudKept: "tetap", cloudMixed: "acak", cloudToken: "Token", cloudGood: "baik", cloudExpired: "kedaluwarsa", cloudRequests: "Permintaan", cloudFailing: "galat 500", cloudUnavailable: "galat 503", cloudCutAfter: "terputus setelah diterima", cloudAnswer: "Jawaban setelah (ms)", cloudTogether: "Kabar sekali kirim",
    cloudShows: "Pengguna tampak", cloudBoth: "nomor dan id", cloudUserId: "id saja", cloudNumber: "nomor saja", cloudMember: "Di WhatsApp", cloudIs: "ya", cloudIsNot: "tidak", cloudIdentity: "Perangkat", cloudKnown: "sama", cloudChanged: "berganti", cloudOffers: "Promosi", cloudWanted: "boleh", cloudRefused: "berhenti", cloudHeldBack: "ditahan", cloudAdvance: "Majukan jam", cloudHours: "+{n} jam", cloudDays: "+{n} hari", cloudRefusals: "Ditolak terakhir",
  },
  en: {
    chatPhone: "WhatsApp phone", chatNumber: "Number", chatName: "Setara", chatOnline: "business account", chatTyping: "typing…", chatWrite: "Message", chatSend: "Send", chatMore: "Attach", chatBegin: "Write anything to begin, such as “Hello”.",
    chatClose: "Close", chatOpen: "Open document", chatDocument: "Document", chatPicture: "Picture", chatLocation: "Location", chat_image: "Picture", chat_audio: "Voice message", chat_sticker: "Sticker", chat_contact: "Contact", chat_unsupported: "Another kind", chat_video: "Video", chat_contacts: "Contact", chat_system: "Number changed", chat_gone: "That choice is gone.",
    chatSent: "sent", chatDelivered: "delivered", chatRead: "read", chatTemplate: "template", chatMessages: "Conversation",
    wa_event: "WhatsApp of the phone", wa_message: "WhatsApp to the phone", wa_again: "not acknowledged, comes again", cloudStatuses: "Statuses", cloudAll: "all", cloudNoDelivered: "no “delivered”", cloudFailures: "failures only", cloudRefusing: "Refusals", cloudByStatus: "by status", cloudAtOnce: "at once",
    cloud: "WhatsApp", cloudFigures: "{taken} in · {refused} refused · {acknowledged} events · {waiting} waiting", cloudEvents: "Events", cloudOnce: "once", cloudTwice: "twice", cloudOrder: "Order", cloudKept: "kept", cloudMixed: "mixed", cloudToken: "Token", cloudGood: "good", cloudExpired: "expired", cloudRequests: "Requests", cloudFailing: "error 500", cloudUnavailable: "error 503", cloudCutAfter: "cut after taking", cloudAnswer: "Answer after (ms)", cloudTogether: "Events in one body",
    cloudShows: "The user shows", cloudBoth: "number and id", cloudUserId: "id only", cloudNumber: "number only", cloudMember: "On WhatsApp", cloudIs: "yes", cloudIsNot: "no", cloudIdentity: "Device", cloudKnown: "the same", cloudChanged: "changed", cloudOffers: "Offers", cloudWanted: "wanted", cloudRefused: "stopped", cloudHeldBack: "held back", cloudAdvance: "Move the clock", cloudHours: "+{n} hours", cloudDays: "+{n} days", cloudRefusals: "Refused lately",
  },
};

const ATTACH = ["location", "image", "audio", "sticker", "contact", "unsupported"];
const MARKS = { "*": "strong", _: "em", "~": "s" };
const hour = (at) => new Date(at).toLocaleTimeString("id-ID", { hour: "2-digit", minute: "2-digit" });

// Bold, italic and struck out as the app shows them; nothing else of a text is markup.
function marked(text, element) {
  const parts = text.split(/(\*[^*\n]+\*|(?<![\w])_[^_\n]+_(?![\w])|~[^~\n]+~)/);
  return parts.filter(Boolean).map((part) => (part.length > 2 && MARKS[part[0]] && part.at(-1) === part[0] ? element(MARKS[part[0]], {}, part.slice(1, -1)) : part));
}

export class ChatPhone {
  constructor({ one, element, say, send, toast }) {
    Object.assign(this, { one, element, say, toast });
    this.send = (message) => send({ do: "chat", ...message });
    this.view = { number: "", bubbles: [], typing: false, profile: {} };
    this.drawn = new Map();
    this.build();
  }

  build() {
    const { element } = this;
    this.number = element("input", { class: "number", name: "chat-number", inputmode: "tel", autocomplete: "off", spellcheck: "false", maxlength: "20", "data-testid": "chat-number" });
    this.who = element("span", { class: "chat-id", "data-testid": "chat-id" });
    this.state = element("small", { class: "chat-state", "data-testid": "chat-state", role: "status" });
    this.name = element("b", {});
    this.log = element("div", { class: "chat-log", role: "log", "aria-live": "polite", tabindex: "0", "data-testid": "chat-log" });
    this.sheet = element("div", { class: "sheet", role: "dialog", "aria-modal": "true", hidden: "", "data-testid": "chat-sheet" });
    this.input = element("textarea", { class: "chat-input", rows: "1", maxlength: "4096", "data-testid": "chat-input" });
    this.more = element("button", { type: "button", class: "chat-round", "data-testid": "chat-more", "aria-haspopup": "dialog" }, "+");
    this.go = element("button", { type: "submit", class: "chat-round go", "data-testid": "chat-send" }, "➤");
    this.form = element("form", { class: "chat-form" }, this.more, this.input, this.go);
    const head = element("div", { class: "chat-head" }, element("span", { class: "avatar", "aria-hidden": "true" }, "S"), element("span", { class: "chat-who" }, this.name, this.state));
    const glass = element("div", { class: "chat-glass" }, head, this.log, this.form, this.sheet);
    this.slot = element("section", { class: "slot chat", "data-testid": "chat" }, element("div", { class: "sim" }, this.number, this.who), element("div", { class: "chat-body" }, glass));
    this.number.addEventListener("change", () => this.send({ act: "number", number: this.number.value }));
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.write(); });
    this.input.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); this.write(); } });
    this.more.addEventListener("click", () => this.attach());
    this.sheet.addEventListener("keydown", (event) => this.walk(event));
    this.label();
  }

  label() {
    const { say } = this;
    this.slot.setAttribute("aria-label", say("chatPhone"));
    this.number.setAttribute("aria-label", say("chatNumber"));
    this.log.setAttribute("aria-label", say("chatMessages"));
    this.input.setAttribute("aria-label", say("chatWrite"));
    this.input.placeholder = say("chatWrite");
    this.more.setAttribute("aria-label", say("chatMore"));
    this.go.setAttribute("aria-label", say("chatSend"));
    this.name.textContent = say("chatName");
    this.drawn.clear();
    this.draw();
  }

  write() {
    const text = this.input.value;
    if (!text.trim()) return;
    this.send({ act: "write", text });
    this.input.value = "";
  }

  // A value of the card "try this" goes into the line.
  put(value) { this.input.value = this.input.value ? `${this.input.value} ${value}` : value; this.input.focus(); }

  hear(view) { this.view = view; this.draw(); }

  draw() {
    const { view, say, element } = this;
    if (document.activeElement !== this.number) this.number.value = view.number;
    this.who.textContent = view.user_id ?? "";
    this.who.title = view.user_id ?? "";
    this.state.textContent = say(view.typing ? "chatTyping" : "chatOnline");
    this.slot.dataset.typing = view.typing ? "yes" : "no";
    this.slot.dataset.count = view.bubbles.length;
    const last = view.bubbles.at(-1)?.serial;
    // A bubble that has not changed stays, so that nothing loses the focus.
    const bubbles = view.bubbles.map((bubble) => {
      const key = `${bubble.id} ${bubble.state} ${bubble.reaction}`;
      const kept = this.drawn.get(bubble.id);
      if (kept?.key === key) return kept.made;
      const made = this.bubble(bubble);
      this.drawn.set(bubble.id, { key, made });
      return made;
    });
    const typing = element("div", { class: "bubble theirs dots", "aria-hidden": "true" }, element("i"), element("i"), element("i"));
    const shown = bubbles.length ? bubbles : [element("p", { class: "chat-begin" }, say("chatBegin"))];
    if (view.typing) shown.push(typing);
    const here = [...this.log.children];
    if (here.length !== shown.length || here.some((child, at) => child !== shown[at])) {
      const focused = document.activeElement;
      const keep = this.log.contains(focused) && shown.some((made) => made.contains(focused));
      this.log.replaceChildren(...shown);
      if (keep) focused.focus({ preventScroll: true });
    }
    if (this.seen !== last || view.typing) this.log.scrollTop = this.log.scrollHeight;
    this.seen = last;
  }

  bubble(bubble) {
    const { element, say } = this;
    const mine = bubble.author === "user";
    const { content } = bubble;
    const box = element("div", { class: `bubble ${mine ? "mine" : "theirs"}`, "data-kind": content.kind, "data-testid": "bubble" });
    box.dataset.author = bubble.author;
    if (content.header) box.append(element("b", { class: "head" }, content.header));
    box.append(...this.inside(content));
    if (content.footer) box.append(element("small", { class: "foot" }, content.footer));
    const meta = element("span", { class: "meta" }, hour(bubble.at));
    if (content.kind === "template") meta.prepend(`${say("chatTemplate")} · `);
    if (mine) {
      const ticks = element("i", { "data-state": bubble.state, title: say(bubble.state === "read" ? "chatRead" : "chatSent") }, bubble.state === "sent" ? "✓" : "✓✓");
      meta.append(" ", ticks);
    }
    box.append(meta);
    if (bubble.reaction) box.append(element("span", { class: "reaction" }, bubble.reaction));
    const wrap = element("div", { class: `said ${mine ? "mine" : "theirs"}` }, box);
    if (content.kind === "buttons") wrap.append(...content.buttons.map((choice) => this.choice(choice.title, () => this.pick(bubble.id, choice.id))));
    if (content.kind === "list") wrap.append(this.choice(`☰ ${content.button}`, (event) => this.open(bubble, event.currentTarget)));
    return wrap;
  }

  inside(content) {
    const { element, say } = this;
    const words = (text) => element("span", { class: "words", "data-testid": "words" }, ...marked(text, element));
    if (content.kind === "document") {
      const card = element("a", { class: "file", href: `/document/${encodeURIComponent(content.media)}`, target: "_blank", rel: "noopener", "data-testid": "document" }, element("span", { class: "sheet-icon", "aria-hidden": "true" }, "PDF"), element("span", {}, element("b", {}, content.filename || say("chatDocument")), element("small", {}, say("chatOpen"))));
      return content.caption ? [card, words(content.caption)] : [card];
    }
    if (content.kind === "image") {
      const picture = element("img", { src: `/document/${encodeURIComponent(content.media)}`, alt: say("chatPicture"), class: "picture" });
      return content.caption ? [picture, words(content.caption)] : [picture];
    }
    if (content.kind === "location") return [element("span", { class: "place" }, "📍 ", element("span", {}, content.name || say("chatLocation"), element("small", {}, `${content.latitude}, ${content.longitude}`)))];
    if (content.kind === "other") return [element("span", { class: "words odd" }, say(`chat_${content.what}`))];
    return [words(content.kind === "template" ? content.text : content.body)];
  }

  choice(title, act) {
    const button = this.element("button", { type: "button", class: "choice", "data-testid": "choice" }, title);
    button.addEventListener("click", act);
    return button;
  }

  pick(message, id) { this.send({ act: "pick", message, id }); this.input.focus({ preventScroll: true }); }

  // The rows of a list, over the conversation.
  open(bubble, from) {
    const { element, content = bubble.content } = this;
    const rows = content.sections.flatMap(({ title, rows: inside }) => [
      title ? element("h3", {}, title) : "",
      ...inside.map(({ id, title: row, description }) => {
        const button = element("button", { type: "button", class: "row", "data-testid": "row" }, element("b", {}, row), description ? element("small", {}, description) : "");
        button.addEventListener("click", () => { this.close(); this.pick(bubble.id, id); });
        return button;
      }),
    ]);
    this.show(content.button, rows.filter(Boolean), from);
  }

  attach() {
    const rows = ATTACH.map((what) => {
      const word = what === "location" ? "chatLocation" : `chat_${what}`;
      const button = this.element("button", { type: "button", class: "row", "data-testid": `attach-${what}` }, this.element("b", {}, this.say(word)));
      button.addEventListener("click", () => { this.close(); this.send(what === "location" ? { act: "location" } : { act: "send", what }); });
      return button;
    });
    this.show(this.say("chatMore"), rows, this.more);
  }

  show(title, rows, from) {
    const close = this.element("button", { type: "button", class: "quiet", "data-testid": "sheet-close" }, this.say("chatClose"));
    close.addEventListener("click", () => this.close());
    this.opener = from;
    this.sheet.setAttribute("aria-label", title);
    this.sheet.replaceChildren(this.element("div", { class: "sheet-head" }, this.element("b", {}, title), close), this.element("div", { class: "rows" }, ...rows));
    this.sheet.hidden = false;
    this.one(".row", this.sheet)?.focus();
  }

  close() {
    if (this.sheet.hidden) return;
    this.sheet.hidden = true;
    this.sheet.replaceChildren();
    if (this.opener?.isConnected) this.opener.focus({ preventScroll: true });
  }

  // Arrow keys walk through the rows, Tab stays among them, Escape closes.
  walk(event) {
    const stops = [...this.sheet.querySelectorAll("button")];
    const at = stops.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Tab: event.shiftKey ? at - 1 : at + 1, Home: 1, End: stops.length - 1 }[event.key];
    if (event.key === "Escape") { event.preventDefault(); this.close(); return; }
    if (to === undefined) return;
    event.preventDefault();
    stops[(to + stops.length) % stops.length]?.focus();
  }
}

const FAULTLESS = { events: "once", order: "kept", together: 1, token: "good", answer_ms: 0, requests: "good", statuses: "all" };
const PROFILE = { shows: "both", membership: "member", identity: "known", offers: "wanted" };
const CHOICES = {
  events: ["cloudEvents", { once: "cloudOnce", twice: "cloudTwice" }],
  order: ["cloudOrder", { kept: "cloudKept", mixed: "cloudMixed" }],
  token: ["cloudToken", { good: "cloudGood", expired: "cloudExpired" }],
  requests: ["cloudRequests", { good: "cloudGood", failing: "cloudFailing", unavailable: "cloudUnavailable", cut_after: "cloudCutAfter" }],
  statuses: ["cloudStatuses", { all: "cloudAll", no_delivered: "cloudNoDelivered", failures: "cloudFailures" }],
  refusals: ["cloudRefusing", { by_status: "cloudByStatus", at_once: "cloudAtOnce" }],
  shows: ["cloudShows", { both: "cloudBoth", user_id: "cloudUserId", number: "cloudNumber" }],
  membership: ["cloudMember", { member: "cloudIs", gone: "cloudIsNot" }],
  identity: ["cloudIdentity", { known: "cloudKnown", changed: "cloudChanged" }],
  offers: ["cloudOffers", { wanted: "cloudWanted", refused: "cloudRefused", held_back: "cloudHeldBack" }],
};

// What goes wrong in the cloud and with its user: a line that opens into a form.
export function cloudBox(cloud, profile, open, { element, say, send }) {
  const act = (message) => send({ do: "chat", ...message });
  const { faults, figures, today } = cloud;
  const box = element("details", { class: "centre", "data-testid": "cloud" });
  box.open = open;
  const off = (now, good) => Object.entries(good).some(([name, value]) => now?.[name] !== undefined && now[name] !== value);
  const summary = element("summary", {}, element("b", {}, say("cloud")), " ", element("span", { class: "figures" }, say("cloudFigures", figures)));
  if (off(faults, FAULTLESS) || off(profile, PROFILE)) summary.append(" ", element("i", {}, say("faulty")));
  const choice = (name, from, changed) => {
    const [word, words] = CHOICES[name];
    const select = element("select", { name, "data-testid": `cloud-${name}` }, ...Object.entries(words).map(([value, shown]) => element("option", { value }, say(shown))));
    select.value = from?.[name] ?? Object.keys(words)[0];
    select.addEventListener("change", () => changed({ [name]: select.value }));
    return element("label", {}, element("span", {}, say(word)), select);
  };
  const number = (name, word, least, most) => {
    const input = element("input", { type: "number", min: least, max: most, "data-testid": `cloud-${name}` });
    input.value = faults[name];
    input.addEventListener("change", () => { if (input.value && input.reportValidity()) fault({ [name]: Number(input.value) }); });
    return element("label", {}, element("span", {}, say(word)), input);
  };
  const fault = (changed) => act({ act: "faults", faults: { ...faults, ...Object.assign(faults, changed) } });
  const make = (changed) => act({ act: "profile", profile: { ...profile, ...changed } });
  const later = (hours, word, n) => {
    const button = element("button", { type: "button", class: "quiet", "data-testid": `cloud-advance-${hours}` }, say(word, { n }));
    button.addEventListener("click", () => act({ act: "advance", hours }));
    return button;
  };
  const clock = element("div", { class: "cloud-clock" }, element("span", {}, `${say("cloudAdvance")} · ${new Date(today).toLocaleDateString("id-ID")}`), later(6, "cloudHours", 6), later(25, "cloudHours", 25), later(168, "cloudDays", 7));
  box.append(summary, element("div", { class: "form" },
    ...["events", "order", "token", "requests", "statuses", "refusals"].map((name) => choice(name, faults, fault)),
    number("answer_ms", "cloudAnswer", 0, 60_000), number("together", "cloudTogether", 1, 100),
    ...["shows", "membership", "identity", "offers"].map((name) => choice(name, profile, make)), clock));
  if (figures.refusals.length) {
    box.append(element("p", { class: "refusals", "data-testid": "cloud-refusals" }, element("b", {}, say("cloudRefusals")), ...figures.refusals.map(({ code, details }) => element("span", {}, `${code} ${details}`))));
  }
  return box;
}
