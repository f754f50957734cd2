// The chat phone of the simulator's page, driven as a person drives it.

import assert from "node:assert/strict";

export class Chat {
  constructor(page) {
    this.page = page;
    this.slot = page.getByTestId("chat");
    this.input = this.slot.getByTestId("chat-input");
  }

  // How many bubbles there are, of both sides.
  async count() { return Number(await this.slot.getAttribute("data-count")); }

  // Does something and waits for the service's answer to it; gives its words.
  async answered(act) {
    const theirs = this.slot.locator(".bubble[data-author=service]");
    const before = await theirs.count();
    await act();
    await this.page.waitForFunction(
      ([slot, before]) => slot.querySelectorAll(".bubble[data-author=service]").length > before,
      [await this.slot.elementHandle(), before],
    );
    return this.last();
  }

  // The last words of the service; a document's are its caption.
  async last() {
    const words = this.slot.locator(".bubble[data-author=service]").last().getByTestId("words");
    return (await words.count()) ? words.last().textContent() : "";
  }

  write(text) {
    return this.answered(async () => {
      await this.input.fill(text);
      await this.input.press("Enter");
    });
  }

  // What the last message offers: its buttons, or the rows of its list.
  async choices() {
    const last = this.slot.locator(".said.theirs").last();
    const shown = await last.getByTestId("choice").allTextContents();
    if (shown.length !== 1 || !shown[0].startsWith("☰")) return shown;
    await this.open();
    const rows = await this.slot.getByTestId("row").locator("b").allTextContents();
    await this.slot.getByTestId("sheet-close").click();
    return rows;
  }

  async open() {
    await this.slot.locator(".said.theirs").last().getByTestId("choice").click();
    await this.slot.getByTestId("chat-sheet").waitFor();
  }

  // Taps the button, or opens the list and chooses the row, that has this title.
  pick(title) {
    return this.answered(async () => {
      const button = this.slot.locator(".said.theirs").last().getByTestId("choice").filter({ hasText: title });
      if (await button.count()) { await button.first().click(); return; }
      await this.open();
      await this.slot.getByTestId("row").filter({ hasText: title }).first().click();
    });
  }

  // The octets of the last document.
  async document() {
    const href = await this.slot.getByTestId("document").last().getAttribute("href");
    const answer = await this.page.request.get(new URL(href, this.page.url()).href);
    assert.equal(answer.status(), 200, href);
    return answer.body();
  }

  // Another number, on the same page.
  async be(number) {
    const field = this.slot.getByTestId("chat-number");
    if ((await field.inputValue()) === number) return;
    const id = this.slot.getByTestId("chat-id");
    const before = await id.textContent();
    await field.fill(number);
    await field.press("Tab");
    await this.page.waitForFunction(([id, before]) => id.textContent !== before, [await id.elementHandle(), before]);
  }
}
