// Drives the simulator's page in Chromium: `node page.mjs URL OUTDIR GATEWAY TOKEN`.
// Dials, answers with keys, letters and the computer's keyboard, loses the network, hangs up, and
// leaves screenshots in OUTDIR. CHROMIUM names another browser than /usr/bin/chromium.

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { chromium } from "playwright-core";
import { registerOnBoth } from "./both.mjs";
import { Phone } from "./phone.mjs";

// What networks speak over SMPP. The others are aggregators: nothing can be pushed over them.
const DIALECTS = ["plain", "its", "sixdee", "mica", "p2", "huawei"];
const [url, out, gateway, token] = process.argv.slice(2);
if (!token) throw new Error("usage: node page.mjs URL OUTDIR GATEWAY TOKEN");
await mkdir(out, { recursive: true });

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: "id-ID", timezoneId: "Asia/Jakarta" });
  page.setDefaultTimeout(15_000);
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (line) => { if (line.type() === "error") errors.push(line.text()); });
  await page.goto(url);
  await page.waitForSelector("body[data-ready=yes]");
  await fitsWithoutScrolling(page);
  // Without the shade behind the page pictures are a third of the size.
  await page.evaluate(() => { document.body.style.background = "var(--paper)"; });
  await story(page);
  await registerOnBoth(page, shot);
  await new Phone(page, 2).be("081290000010");
  await texts(page);
  await everyNetwork(page);
  await textsOnEveryNetwork(page);
  await page.emulateMedia({ colorScheme: "dark" });
  await shot(page, "dark");
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 390, height: 844 });
  await shot(page, "narrow");
  assert.deepEqual(errors, [], "the page reported errors");
} finally {
  await browser.close();
}

async function story(page) {
  const one = new Phone(page, 1);
  await one.rest();
  await shot(page, "idle");

  // A code that nobody knows, by the keypad.
  assert.equal(await one.dial("*120#"), "Kode tidak dikenal.");
  assert.equal(await one.state(), "ended");

  // The service. Its first digit closes the old screen.
  const home = await one.dial("*119#");
  assert.match(home, /\n1/);
  assert.equal(await one.state(), "ask");
  await shot(page, "home");

  // The second choice by the computer's keyboard, then back.
  await page.keyboard.press("2");
  const second = await one.send();
  assert.notEqual(second, home);
  await one.answer("0");
  assert.equal(await one.text(), home);

  // Names are typed letter by letter, digits and letters look different.
  await one.tapLetters("siti aminah");
  assert.equal(await one.input.inputValue(), "Siti Aminah");
  await shot(page, "letters");
  for (let n = 0; n < "Siti Aminah".length; n += 1) await one.key("right");
  assert.equal(await one.input.inputValue(), "");

  // The network is lost in mid-session; the phone finds it again and dials anew.
  await signal(one, "no_signal");
  await shot(page, "no-signal");
  await signal(one, "idle");
  await one.dial("*119#");
  await one.rest();
  assert.equal(await one.text(), "");

  // The log of the air masks every number.
  const log = await page.getByTestId("log").textContent();
  assert.match(log, /0812\*{4}0001/);
  assert.doesNotMatch(log, /081290000001/);
}

// The same service by text: by the card, by the keys, and with an operator at fault.
async function texts(page) {
  const phone = new Phone(page, 1);
  await phone.rest();
  await phone.slot.getByTestId("key-left").click();
  await phone.mailed("list");
  await page.getByTestId("text-chip").click();
  await phone.mailed("write");
  assert.equal(await phone.slot.getByTestId("compose").inputValue(), "VAKSIN");
  // The number of the registration has come by SMS, to keep.
  await phone.more(0);
  const before = await phone.texts();
  await phone.key("call");
  await phone.more(before);
  await shot(page, "messages");
  assert.equal(await phone.slot.getByTestId("badge").textContent(), "2");
  await phone.key("call");
  await phone.mailed("read");
  assert.equal(await phone.slot.getByTestId("badge").textContent(), "1");
  assert.match(await phone.slot.getByTestId("mail-text").textContent(), /1 Daftar vaksin/);
  await shot(page, "message");

  // Answered by the keys, letter by letter.
  await phone.key("left");
  await phone.mailed("write");
  await phone.tapLetters("ba");
  await phone.key("right");
  await phone.key("right");
  await phone.mode("123");
  await phone.press("2");
  assert.equal(await phone.slot.getByTestId("compose").inputValue(), "2");
  await shot(page, "compose");
  const answered = await phone.texts();
  await phone.key("call");
  await phone.mailed("list");
  await phone.more(answered);
  await phone.rest();

  // An operator that loses receipts, answers late and delivers twice is still answered once.
  const form = page.getByTestId("sms-0");
  await form.locator("summary").click();
  await page.getByTestId("receipts-0").selectOption("missing");
  await page.getByTestId("answer-0").fill("300");
  await page.getByTestId("answer-0").press("Tab");
  await page.getByTestId("twice-0").check();
  await shot(page, "faults");
  const sent = await phone.texts();
  assert.match(await phone.write("0"), /1 Daftar vaksin/);
  await page.waitForTimeout(1000);
  assert.equal(await phone.texts(), sent + 1);
  await page.getByTestId("receipts-0").selectOption("good");
  await page.getByTestId("twice-0").uncheck();
  await form.locator("summary").click();
}

// Every network in turn, whatever it speaks: the phone dials, and the service speaks first.
async function everyNetwork(page) {
  const phone = new Phone(page, 2);
  const networks = await phone.networks();
  const spoken = networks.map(({ label }) => label.split(" · ")[1]);
  assert.deepEqual(DIALECTS.filter((dialect) => !spoken.includes(dialect)), []);
  for (const { value, label } of networks) {
    const [name, speaks] = label.toLowerCase().split(" · ");
    await phone.choose(value);
    assert.match(await phone.dial("*119#"), /\n1 Daftar vaksin/, label);
    await phone.rest();
    if (!DIALECTS.includes(speaks)) continue;
    const invited = await phone.wait(() => push(name, "081290000010", "invite"));
    assert.match(invited, /mendaftar vaksin sekarang/, label);
    assert.equal(await phone.state(), "ask");
    assert.match(await phone.answer("2"), /kapan saja/, label);
    const notice = await phone.wait(() => push(name, "081290000010", "notice"));
    assert.match(notice, /Tidak mendesak/, label);
    assert.equal(await phone.state(), "notice");
    if (value === "0") await shot(page, "notice");
    await phone.rest();
  }
}

// Every operator in turn: texts both ways, whatever its ids, receipts and parts look like.
async function textsOnEveryNetwork(page) {
  const phone = new Phone(page, 2);
  for (const { value, label } of await phone.networks()) {
    if (!DIALECTS.includes(label.toLowerCase().split(" · ")[1])) continue;
    await phone.choose(value);
    // A number stays with its network, and has no texts yet.
    await phone.be(`08129100000${value}`);
    assert.match(await phone.write("VAKSIN"), /1 Daftar vaksin/, label);
  }
}

// The ministry pushes a screen; it is taken as soon as nothing else is open.
async function push(operator, to, screen) {
  const body = JSON.stringify({ to, operator, service: "pedulilindungi", screen });
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  for (;;) {
    const answer = await fetch(new URL("/admin/push", gateway), { method: "POST", headers, body });
    const { outcome, error } = await answer.json();
    if (outcome !== "busy") { assert.equal(outcome, "accepted", `${operator}: ${error}`); return; }
  }
}

async function signal(phone, state) {
  await phone.slot.getByTestId("signal").locator("xpath=..").click();
  await phone.stands({ state });
}

async function fitsWithoutScrolling(page) {
  const [wide, high] = await page.evaluate(() => [document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]);
  assert.ok(wide <= 0 && high <= 0, `the page is ${wide} × ${high} larger than 1280 × 800`);
}

// A picture of the page, or of a part of it.
function shot(page, name, part) {
  return (part ? page.locator(part) : page).screenshot({ path: `${out}/${name}.png`, animations: "disabled" });
}
