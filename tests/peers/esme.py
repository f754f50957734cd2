"""An ESME on PyPI's `smpplib`, a library that we did not write, for the Rust tests to hold the
simulated SMSC against: `esme.py PORT PHONE TEXT…` binds, sends each text to the phone in as many
parts as it needs, waits for a receipt of every part and for a text of the phone, and says a line for
each thing that happened."""

import json
import sys

import smpplib.client
import smpplib.consts
import smpplib.gsm

# SMPP 3.4 §5.2.12; the library has no name for it.
RECEIPT = 0x04

port, phone, *texts = sys.argv[1:]
waiting, heard = set(), []


def tell(**news):
    print(json.dumps(news), flush=True)


def taken(pdu):
    waiting.add(pdu.message_id.decode())
    tell(told="taken", status=pdu.status)


def delivered(pdu):
    receipt = pdu.esm_class & 0x3C == RECEIPT
    named = pdu.receipted_message_id
    named = named.decode() if isinstance(named, bytes) else named
    waiting.discard(named and named.rstrip("\0"))
    if receipt:
        tell(told="receipt", state=pdu.message_state, of=pdu.source_addr.decode())
    else:
        heard.append(pdu.short_message.decode())
        tell(told="text", text=heard[-1], of=pdu.source_addr.decode())
    return smpplib.consts.SMPP_ESME_ROK


client = smpplib.client.Client("127.0.0.1", int(port), timeout=20)
client.set_message_sent_handler(taken)
client.set_message_received_handler(delivered)
client.connect()
client.bind_transceiver(system_id="setara", password="secret")
sent = 0
for text in texts:
    parts, data_coding, esm_class = smpplib.gsm.make_parts(text)
    for part in parts:
        client.send_message(
            source_addr_ton=smpplib.consts.SMPP_TON_ALNUM,
            source_addr_npi=smpplib.consts.SMPP_NPI_UNK,
            source_addr="SMPPLIB",
            dest_addr_ton=smpplib.consts.SMPP_TON_INTL,
            dest_addr_npi=smpplib.consts.SMPP_NPI_ISDN,
            destination_addr=phone,
            short_message=part,
            data_coding=data_coding,
            esm_class=esm_class,
            registered_delivery=True,
        )
        sent += 1
        # Its answer, before anything else.
        seen = len(waiting)
        while len(waiting) == seen:
            client.read_once()
tell(told="sent", parts=sent)
while waiting or not heard:
    client.read_once()
client.unbind()
client.disconnect()
tell(told="unbound")
