// What goes wrong in the national record, where the gateway asks one outside: a line that opens into a form.

export const RECORD_WORDS = {
  id: {
    record: "Satu Data", recordFigures: "{asked} pertanyaan · {spoilt} diganggu · {registered} terdaftar · {under_way} sedang dijawab", recordAnswer: "Jawaban setelah (ms)", recordRequests: "Permintaan", recordPercent: "Berapa dari seratus",
    recordGood: "dijawab", recordFailing: "galat 500", recordAway: "tidak ada (sambungan putus)", recordCutAfter: "dilakukan, lalu putus", recordGarbled: "dilakukan, jawaban rusak", recordStranger: "data orang lain",
  },
  en: {
    record: "Satu Data", recordFigures: "{asked} asked · {spoilt} spoilt · {registered} registered · {under_way} being answered", recordAnswer: "Answer after (ms)", recordRequests: "Requests", recordPercent: "Of a hundred",
    recordGood: "answered", recordFailing: "error 500", recordAway: "gone (connection breaks)", recordCutAfter: "done, then broken off", recordGarbled: "done, answer garbled", recordStranger: "somebody else's data",
  },
};

const REQUESTS = { good: "recordGood", failing: "recordFailing", away: "recordAway", cut_after: "recordCutAfter", garbled: "recordGarbled", stranger: "recordStranger" };

export function recordBox({ faults, figures }, open, { element, say, send }) {
  const box = element("details", { class: "centre", "data-testid": "record" });
  box.open = open;
  const summary = element("summary", {}, element("b", {}, say("record")), " ", element("span", { class: "figures" }, say("recordFigures", figures)));
  if (faults.answer_ms || (faults.requests !== "good" && faults.percent)) summary.append(" ", element("i", {}, say("faulty")));
  const change = (changed) => send({ do: "record", faults: Object.assign(faults, changed) });
  const number = (name, word, most) => {
    const input = element("input", { type: "number", min: 0, max: most, "data-testid": `record-${name}` });
    input.value = faults[name];
    input.addEventListener("change", () => { if (input.value && input.reportValidity()) change({ [name]: Number(input.value) }); });
    return element("label", {}, element("span", {}, say(word)), input);
  };
  const requests = element("select", { name: "requests", "data-testid": "record-requests" }, ...Object.entries(REQUESTS).map(([value, word]) => element("option", { value }, say(word))));
  requests.value = faults.requests;
  requests.addEventListener("change", () => change({ requests: requests.value }));
  box.append(summary, element("div", { class: "form" },
    element("label", {}, element("span", {}, say("recordRequests")), requests),
    number("percent", "recordPercent", 100), number("answer_ms", "recordAnswer", 60_000)));
  return box;
}
