// One registration on two phones, step by step: by *119# on the feature phone, and on the chat. Two
// sisters in the record, the same choices by the same words; then each is looked up on the other phone.

import assert from "node:assert/strict";
import { Chat } from "./chat.mjs";
import { Phone } from "./phone.mjs";

const SITI = { number: "081290000001", nik: "3173014502900001", name: "Siti Aminah", birth: "05021990", masked: "S*** A****" };
const DEWI = { number: "081290000002", nik: "3173014502900002", name: "Dewi Lestari", birth: "05021990", masked: "D*** L****" };

// What both are asked, and what both answer.
const STEPS = [
  { asks: "PeduliLindungi", choose: "Daftar vaksin" },
  { asks: "Setuju?", choose: "Setuju" },
  { asks: "Ketik 16 angka NIK", type: "nik" },
  { asks: "Ketik nama lengkap seperti di KTP:", type: "name" },
  { asks: "Tanggal lahir?", type: "birth" },
  { asks: "Anda tinggal di Jakarta Barat?", choose: "Ya" },
  { asks: "Apakah Anda sedang demam", choose: "Tidak ada" },
];

// Leaves pictures of both at the same step. The second feature phone has the SIM of the chat.
export async function registerOnBoth(page, shot) {
  const [keys, sim, chat] = [new Phone(page, 1), new Phone(page, 2), new Chat(page)];
  await sim.be(DEWI.number);
  let bubble = await letIn(chat, DEWI, sim);
  let screen = await keys.dial("*119#");
  for (const { asks, choose, type } of STEPS) {
    assert.ok(screen.includes(asks), `*119# asks\n${screen}\nnot ${asks}`);
    assert.ok(bubble.includes(asks), `the chat asks\n${bubble}\nnot ${asks}`);
    await sameRows(screen, chat);
    if (choose === "Tidak ada") await shot(page, "page");
    if (choose) {
      [screen, bubble] = [await keys.answer(digit(screen, choose)), await chat.pick(choose)];
    } else {
      [screen, bubble] = [await typed(keys, SITI[type]), await chat.write(DEWI[type])];
    }
  }
  await shot(page, "both", ".phones");
  const siti = numberIn(screen);
  const dewi = numberIn(bubble);
  assert.notEqual(siti, dewi, "each has a number of her own");
  assert.equal(await keys.state(), "ended");
  assert.deepEqual(await chat.choices(), [], "a last screen asks nothing");

  // What the chat did stands on the feature phone with its SIM, and the other way round.
  assert.ok((await sim.dial("*119*2#")).includes(registered(DEWI, dewi)), await sim.text());
  await shot(page, "status");
  await sim.rest();
  await letIn(chat, SITI, keys);
  const status = await chat.pick("Status vaksinasi");
  // The chat has room for a word more; a star there would be a mark for bold.
  assert.ok(status.replaceAll("∗", "*").includes(registered(SITI, siti)), status);
  assert.ok((await keys.dial("*119*2#")).includes(registered(SITI, siti)), await keys.text());
  await shot(page, "both-status");
  await keys.rest();
}

// A chat speaks for the phone that the code came to; then it shows what was written for.
async function letIn(chat, { number }, phone) {
  await chat.be(number);
  assert.match(await chat.write("Halo"), /nomor HP mana/);
  const before = await phone.texts();
  assert.match(await chat.pick(`Pakai ${number}`), /Kode 6 angka/);
  const code = /\b\d{6}\b/.exec(await phone.newest(before))?.[0];
  assert.ok(code, "a code of six digits");
  return chat.write(code);
}

// Every row of the keypad's screen is one of the chat's, by the same words.
async function sameRows(screen, chat) {
  const rows = [...screen.matchAll(/^[1-8] (.*)$/gm)].map(([, row]) => row);
  if (!rows.length) return;
  const offered = await chat.choices();
  assert.deepEqual(rows.filter((row) => !offered.includes(row)), [], `the chat offers ${offered}`);
}

// The digit before these words.
function digit(screen, words) {
  const line = screen.split("\n").find((row) => row.slice(2) === words);
  assert.ok(line, `no row ${words} in\n${screen}`);
  return line[0];
}

async function typed(phone, answer) {
  if (/\d/.test(answer)) { await phone.mode("123"); return phone.answer(answer); }
  await phone.tapLetters(answer);
  return phone.send();
}

function numberIn(words) {
  const number = /Pendaftaran BERHASIL\. Nomor Anda: (\d{3} \d{3} \d{4})\./.exec(words)?.[1];
  assert.ok(number, words);
  return number;
}

function registered({ masked }, number) {
  return `${masked}: sudah TERDAFTAR, belum divaksin. Nomor pendaftaran: ${number}`;
}
