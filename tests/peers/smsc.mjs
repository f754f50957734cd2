// An SMSC on npm's `smpp`, a library that we did not write, for the Rust tests to hold the gateway
// against. It decides nothing: what a test writes to its standard input, an object a line, is sent
// to the gateway; what the gateway does is told on standard output, an object a line. With the
// files of a certificate and its key as arguments it speaks TLS. It ends with its standard input.

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import smpp from "smpp";

const [cert, key] = process.argv.slice(2).map((file) => readFileSync(file));
const options = cert ? { cert, key } : {};
let gateway;

const server = smpp.createServer(options, (session) => {
  session.on("error", (error) => tell({ is: "error", why: String(error) }));
  session.on("close", () => tell({ is: "closed" }));
  session.on("bind_transceiver", (bind) => {
    gateway = session;
    session.send(bind.response({ system_id: "npm" }));
    tell({ is: "bound", system_id: bind.system_id, password: bind.password, version: bind.interface_version });
  });
  session.on("submit_sm", (submit) => {
    session.send(submit.response({ message_id: String(submit.sequence_number) }));
    tell({
      is: "submit",
      sequence: submit.sequence_number,
      op: submit.ussd_service_op,
      from: submit.source_addr,
      to: submit.destination_addr,
      // Decoded by this library's own alphabet, not by ours.
      text: submit.short_message.message,
    });
  });
  session.on("enquire_link", (enquire) => {
    session.send(enquire.response());
    tell({ is: "enquired" });
  });
  session.on("unbind", (unbind) => {
    session.send(unbind.response(), undefined, () => session.close());
    tell({ is: "unbound" });
  });
  session.on("unknown", (pdu) => tell({ is: "unknown", command: pdu.command_id }));
});
server.on("error", (error) => { throw error; });
server.listen(0, "127.0.0.1", () => tell({ is: "listening", port: server.address().port }));

const orders = createInterface({ input: process.stdin });
orders.on("close", () => process.exit(0));
orders.on("line", (line) => {
  const { say, ...fields } = JSON.parse(line);
  // The response is told, and whether it was the right one for the request.
  gateway[say](fields, (response) => tell({ is: response.command, status: response.command_status }));
});

function tell(news) { process.stdout.write(`${JSON.stringify(news)}\n`); }
