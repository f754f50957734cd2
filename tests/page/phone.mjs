// A phone of the simulator's page, driven as a person drives it: by its keys.

import assert from "node:assert/strict";

// What a person taps on the keypad for each letter, in letter mode.
const TAPS = { " ": "0" };
for (const [key, letters] of Object.entries({ 1: ".,'-", 2: "abc", 3: "def", 4: "ghi", 5: "jkl", 6: "mno", 7: "pqrs", 8: "tuv", 9: "wxyz" })) {
  [...letters].forEach((letter, at) => { TAPS[letter] = key.repeat(at + 1); });
}
const KEY = { "*": "star", "#": "hash" };

export class Phone {
  constructor(page, number) {
    this.page = page;
    this.slot = page.getByTestId(`phone-${number}`);
    this.screen = this.slot.getByTestId("screen");
    this.input = this.slot.getByTestId("input");
  }

  key(name) { return this.slot.getByTestId(`key-${name}`).click(); }

  state() { return this.slot.getAttribute("data-state"); }

  async press(text) { for (const key of text) await this.key(KEY[key] ?? key); }

  async mode(wanted) {
    const mode = this.slot.getByTestId("mode");
    if ((await mode.textContent()) !== wanted) await mode.click();
    assert.equal(await mode.textContent(), wanted);
  }

  // Letters by multi-tap. Two letters of one key need a pause between them, as on any old phone.
  async tapLetters(text) {
    await this.mode("abc");
    let last = "";
    for (const letter of text.toLowerCase()) {
      const taps = TAPS[letter];
      assert.ok(taps, `no key types ${letter}`);
      if (taps[0] === last) await this.page.waitForTimeout(1000);
      await this.press(taps);
      last = taps[0];
    }
  }

  // The networks that it can be on.
  networks() {
    return this.slot.locator("select.network").evaluate((select) =>
      [...select.options].map(({ value, label }) => ({ value, label })));
  }

  async choose(network) {
    await this.slot.locator("select.network").selectOption(network);
    await this.stands({ sim: `${await this.slot.locator("input.number").inputValue()} ${network}`, state: "idle" });
  }

  // Another number, which has no texts.
  async be(number) {
    await this.slot.locator("input.number").fill(number);
    await this.slot.locator("input.number").press("Tab");
    const network = await this.slot.locator("select.network").inputValue();
    await this.stands({ sim: `${number} ${network}`, texts: "0", state: "idle" });
  }

  // Waits until the page says this of the phone.
  async stands(wanted) {
    await this.page.waitForFunction(
      ([slot, wanted]) => Object.entries(wanted).every(([name, value]) => slot.dataset[name] === value),
      [await this.slot.elementHandle(), wanted]);
  }

  // Sends what stands in the line and waits for the screen that comes.
  send() { return this.wait(() => this.key("call")); }

  // Waits for the screen that something leads to. The page counts screens, because a new one may
  // read like the old.
  async wait(something) {
    const before = await this.slot.getAttribute("data-shown");
    await something();
    await this.page.waitForFunction(
      ([slot, before]) => slot.dataset.shown !== before && slot.dataset.state !== "running",
      [await this.slot.elementHandle(), before]);
    return this.text();
  }

  text() { return this.screen.evaluate((screen) => screen.textContent); }

  // Ends whatever is open.
  async rest() {
    await this.key("hangup");
    await this.stands({ state: "idle" });
  }

  async dial(code) {
    if ((await this.state()) === "ask") await this.rest();
    await this.press(code);
    return this.send();
  }

  // Writes a text to the short code and reads what comes back. Ends where it began.
  async write(words) {
    await this.rest();
    const before = await this.texts();
    await this.key("left");
    await this.key("left");
    await this.mailed("write");
    assert.equal(await this.slot.getByTestId("to").inputValue(), "1199");
    await this.slot.getByTestId("compose").fill(words);
    await this.key("call");
    await this.more(before);
    await this.key("call");
    await this.mailed("read");
    const answer = await this.slot.getByTestId("mail-text").textContent();
    await this.key("hangup");
    await this.mailed("");
    return answer;
  }

  // The newest text, once there are more than so many. Ends at rest.
  async newest(before) {
    await this.more(before);
    await this.rest();
    await this.key("left");
    await this.mailed("list");
    await this.key("call");
    await this.mailed("read");
    const words = await this.slot.getByTestId("mail-text").textContent();
    await this.rest();
    return words;
  }

  // Waits until it has more texts than so many.
  async more(before) {
    await this.page.waitForFunction(
      ([slot, before]) => Number(slot.dataset.texts) > before, [await this.slot.elementHandle(), before]);
  }

  async texts() { return Number(await this.slot.getAttribute("data-texts")); }

  // Waits until the phone shows its messages so.
  mailed(mode) { return this.stands({ mail: mode }); }

  async answer(digits) { await this.press(digits); return this.send(); }
}
