// An aggregator in Node alone: `fetch`, `URLSearchParams` and `node:crypto`, and nothing of ours.
// Arguments: URL, secret, number, and what is typed, one answer each. A line for every response.
import { createHmac, randomUUID } from "node:crypto";

const [url, secret, number, ...typed] = process.argv.slice(2);
const sessionId = `ATUid_${randomUUID()}`;

function signed(body, { key = secret, age = 0 } = {}) {
  const time = Math.floor(Date.now() / 1000) - age;
  const nonce = randomUUID();
  const said = `${time}\n${nonce}\nPOST\n${new URL(url).pathname}\n${body}`;
  return {
    "x-setara-timestamp": `${time}`,
    "x-setara-nonce": nonce,
    "x-setara-signature": createHmac("sha256", key).update(said).digest("hex"),
  };
}

async function post(word, fields, headers) {
  const body = new URLSearchParams({
    sessionId, serviceCode: "*119#", phoneNumber: `+62${number.slice(1)}`, networkCode: "51011", ...fields,
  }).toString();
  const kind = { "content-type": "application/x-www-form-urlencoded" };
  const proof = headers ?? signed(body);
  const response = await fetch(url, { method: "POST", body, headers: { ...kind, ...(typeof proof === "function" ? proof(body) : proof) } });
  const text = (await response.text()).split("\n")[0];
  console.log(`${word}${response.status} ${text}`);
  return proof;
}

let text = "";
for (const [at, answer] of typed.entries()) {
  text = at < 2 ? answer : `${text}*${answer}`;
  await post("", { text });
}
await post("again ", { text });
await post("forged ", { text }, (body) => signed(body, { key: "a guess" }));
let kept;
const once = (body) => (kept ??= signed(body));
// Sent for the first time where nobody looks at the answer, then again.
const body = new URLSearchParams({
  sessionId, serviceCode: "*119#", phoneNumber: `+62${number.slice(1)}`, networkCode: "51011", text,
}).toString();
await fetch(url, { method: "POST", body, headers: { "content-type": "application/x-www-form-urlencoded", ...once(body) } });
await post("replayed ", { text }, once);
await post("stale ", { text }, (sent) => signed(sent, { age: 301 }));
await post("unsigned ", { text }, {});
await post("ended ", { status: "Incomplete", durationInMillis: "9200", hopsCount: "7", lastAppResponse: "CON …", errorMessage: "" });
