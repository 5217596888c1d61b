#!/usr/bin/python3
"""Makes the *-dnspython.json fixtures beside this file, with dnspython as the independent author of every octet.

Run with Debian's python3-dnspython (2.3.0 made the committed ones): ./make_with_dnspython.py
The tests read the committed files only, so they need no Python. Everything is deterministic.
"""

import base64
import json
import random
import time

import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import dns.tsig
import dns.update

NOW = 1_700_000_000
random.seed(2136)


def write(name, about, cases):
    with open(name, "w", encoding="ascii") as file:
        json.dump({"madeBy": "make_with_dnspython.py, dnspython 2.3.0", "about": about, "cases": cases}, file, indent=1)
        file.write("\n")


def update(ident):
    message = dns.update.UpdateMessage("dyn.example.", id=ident)
    message.present("host.dyn.example.")
    message.absent("other.dyn.example.", "AAAA")
    message.delete("host.dyn.example.", "A")
    message.add("host.dyn.example.", 300, "A", "192.0.2.1")
    message.add("host.dyn.example.", 300, "AAAA", "2001:db8::1")
    return message


def tsig_cases():
    cases = []
    for algorithm in ["hmac-md5.sig-alg.reg.int", "hmac-sha1", "hmac-sha224", "hmac-sha256", "hmac-sha384", "hmac-sha512"]:
        secret = bytes(random.randrange(256) for _ in range(32))
        key = dns.tsig.Key("Key-1.Dyn.Example.", secret, algorithm)
        ident = random.randrange(65536)
        time.time = lambda: NOW
        request = update(ident)
        unsigned = request.to_wire()
        request.use_tsig(key, fudge=300)
        signed = request.to_wire()
        response = dns.message.make_response(request)
        response.request_mac = request.mac
        response.use_tsig(key, fudge=300)
        time.time = lambda: NOW + 1
        answer = response.to_wire()
        # As a server answers whose clock is 1000 s ahead: signed at the client's time, its own in the other data
        late = dns.message.make_response(request)
        late.set_rcode(dns.rcode.NOTAUTH)
        late.request_mac = request.mac
        late.use_tsig(key, fudge=300, tsig_error=dns.rcode.BADTIME, other_data=(NOW + 1000).to_bytes(6, "big"))
        time.time = lambda: NOW
        bad_time = late.to_wire()
        cases.append(
            {
                "algorithm": algorithm,
                "keyName": "Key-1.Dyn.Example.",
                "secretBase64": base64.b64encode(secret).decode(),
                "nowSeconds": NOW,
                "unsignedRequest": unsigned.hex(),
                "signedRequest": signed.hex(),
                "requestMac": request.mac.hex(),
                "answerSignedOneSecondLater": answer.hex(),
                "badTimeAnswer": bad_time.hex(),
                "badTimeServerSeconds": NOW + 1000,
            }
        )
    return cases


RECORDS = [
    ("A", "192.0.2.1"),
    ("A", "0.0.0.0"),
    ("AAAA", "2001:db8::1"),
    ("AAAA", "::"),
    ("AAAA", "1:0:0:2:0:0:0:3"),
    ("AAAA", "2001:db8:0:1:1:1:1:1"),
    ("TXT", '"plain" "with \\"quotes\\" and \\\\" "\\000\\127\\255" ""'),
    ("CNAME", "target.example."),
    ("NS", "ns1.example."),
    ("PTR", "Host.Example."),
    ("SOA", "ns1.example. hostmaster\\.x.example. 4294967295 3600 600 1209600 60"),
    ("MX", "10 mail.example."),
    ("MX", "0 ."),
    ("SRV", "1 2 65535 target.example."),
    ("CAA", '0 issue "ca.example; account=1"'),
    ("CAA", '128 iodef "mailto:a@example"'),
    ("TYPE65280", "\\# 6 abcdef012345"),
    ("TYPE65280", "\\# 0"),
]


def message_cases():
    cases = []
    for kind, text in RECORDS:
        message = dns.message.make_query("q.example.", kind, id=len(cases))
        message.flags |= dns.flags.QR | dns.flags.AA
        rrset = dns.rrset.from_text("q.example.", 300, "IN", kind, text)
        message.answer.append(rrset)
        wire = message.to_wire()
        read = dns.message.from_wire(wire).answer[0][0]
        cases.append({"type": kind, "rdataText": read.to_text(), "wire": wire.hex()})
    return cases


def update_cases():
    zone = "dyn.example."

    def one(name, build):
        message = dns.update.UpdateMessage(zone, id=0x1234)
        build(message)
        return {"name": name, "wire": message.to_wire().hex()}

    return [
        one("nothing", lambda m: None),
        one("name-in-use", lambda m: m.present("a.dyn.example.")),
        one("name-not-in-use", lambda m: m.absent("a.dyn.example.")),
        one("rrset-exists", lambda m: m.present("a.dyn.example.", "A")),
        one("rrset-absent", lambda m: m.absent("a.dyn.example.", "A")),
        one("rrset-exists-exactly", lambda m: m.present("a.dyn.example.", "A", "192.0.2.1", "192.0.2.2")),
        one("add", lambda m: m.add("a.dyn.example.", 60, "A", "192.0.2.1")),
        one("delete-rrset", lambda m: m.delete("a.dyn.example.", "A")),
        one("delete-name", lambda m: m.delete("a.dyn.example.")),
        one("delete-record", lambda m: m.delete("a.dyn.example.", "A", "192.0.2.1")),
    ]


def name_cases():
    cases = []
    alphabet = b'abcXYZ019-_*."();@$\\ \x00\x7f\xff\xc3'
    for _ in range(60):
        labels = [
            bytes(random.choice(alphabet) for _ in range(random.choice([1, 1, 2, 5, 20, 63])))
            for _ in range(random.randrange(0, 4))
        ]
        name = dns.name.Name([*labels, b""])
        cases.append({"text": name.to_text(), "wire": name.to_wire().hex()})
    return cases


write("tsig-dnspython.json", "requests, answers and BADTIME answers, signed", tsig_cases())
write("rdata-dnspython.json", "an answer with one record each, and that record's text", message_cases())
write("update-dnspython.json", "every prerequisite and update form of RFC 2136 alone in a message", update_cases())
write("names-dnspython.json", "names of arbitrary octets, as text and on the wire", name_cases())
