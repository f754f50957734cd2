"""A verifier of health certificates that shares no code with ours: Base45 and zlib, then COSE and CWT
by the package `cwt`. Arguments: the set of keys as `/keys` shows it. Takes a text a line, and says an
object for each: what the certificate says, or what is wrong with it."""

import json
import sys
import textwrap
import zlib

import base45
from cwt import Claims, cwt, load_pem_hcert_dsc
from cwt.exceptions import DecodeError, VerifyError


def signers(path):
    """The signers' certificates, each named by what this library makes of it."""
    keys = []
    with open(path, encoding="utf-8") as file:
        for jwk in json.load(file)["keys"]:
            if jwk["kty"] == "EC":
                lines = "\n".join(textwrap.wrap(jwk["x5c"][0], 64))
                pem = f"-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n"
                keys.append(load_pem_hcert_dsc(pem))
    return keys


def look(text, keys):
    if not text.startswith("HC1:"):
        return {"wrong": "prefix"}
    try:
        packed = base45.b45decode(text[4:])
    except ValueError:
        return {"wrong": "base45"}
    try:
        octets = zlib.decompress(packed)
    except zlib.error:
        return {"wrong": "zlib"}
    try:
        claims = Claims.new(cwt.decode(octets, keys=keys))
    except VerifyError as error:
        return {"wrong": "expired" if "expired" in str(error) else "signature"}
    except (DecodeError, ValueError) as error:
        return {"wrong": "key" if "key" in str(error).lower() else f"cose: {error}"}
    return {"issuer": claims.iss, "says": claims.hcert[1]}


known = signers(sys.argv[1])
for line in sys.stdin:
    print(json.dumps(look(line.rstrip("\n"), known)), flush=True)
