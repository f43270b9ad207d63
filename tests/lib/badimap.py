#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""An IMAP server that misbehaves: one fault a run, then it closes.

usage: badimap.py FAULT      first line: its port; it ends when its standard input is closed
"""
import socket, sys, threading

MAIL = b"From: a@b.example\r\nSubject: x\r\n\r\nhello\r\n"


def answer(fault, tag, word, rest):
    """What is sent for a command; None: the connection ends."""
    ok = tag + b" OK done\r\n"
    if word == b"CAPABILITY":
        return b"* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR\r\n" + ok
    if word in (b"AUTHENTICATE", b"LOGIN", b"LOGOUT", b"NOOP"):
        return ok
    if word == b"SELECT":
        return {"no-select": tag + b" NO there is no such folder\r\n", "bye": b"* BYE good night\r\n",
                "cut": b"* 1 EXI"}.get(fault, b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n" + ok)
    if b"SEARCH" in rest:
        return {"search-garbage": b"* SEARCH 99999999999999 x -1 1\r\n" + ok,
                "no-tag": b"* SEARCH 1\r\nnonsense\r\n",
                "long-line": b"* SEARCH" + b" 1" * (5 << 20), "endless": b"* X {5}\r\nabcde" * 900000}.get(
                    fault, b"* SEARCH 1\r\n" + ok)
    if b"RFC822.SIZE" in rest:
        size = b"99999999999" if fault == "large" else b"40"
        return {"gone": ok}.get(fault, b"* 1 FETCH (UID 1 INTERNALDATE \"20-Nov-2026 07:30:00 +0000\" "
                                b"RFC822.SIZE " + size + b")\r\n" + ok)
    if b"BODY.PEEK" in rest:
        n = {"lies": 1 << 40, "short": len(MAIL) + 50}.get(fault, len(MAIL))
        body = b"* 1 FETCH (UID 1 BODY[] {%d}\r\n" % n + MAIL + b")\r\n" + ok
        return {"no-body": ok, "nil": b"* 1 FETCH (UID 1 BODY[] NIL)\r\n" + ok}.get(fault, body)
    if b"STORE" in rest:
        return tag + b" NO read-only\r\n" if fault == "read-only" else ok
    return ok


def talk(s, fault):
    s.sendall(b"* OK ready\r\n" if fault != "greeting" else b"220 smtp here\r\n")
    for line in s.makefile("rb"):
        words = line.strip().split(b" ")
        tag, word, rest = words[0], (words[1:] or [b""])[0].upper(), line.upper()
        got = answer(fault, tag, word, rest)
        try:
            s.sendall(got)
        except OSError:
            break
        if fault in ("cut", "bye", "no-tag", "short", "long-line", "endless") and (
                (word == b"SELECT" and fault in ("cut", "bye")) or (b"SEARCH" in rest and fault in (
                    "no-tag", "long-line", "endless")) or (b"BODY" in rest and fault == "short")):
            break
        if word == b"LOGOUT":
            break
    s.close()


def main():
    server = socket.create_server(("127.0.0.1", 0))
    print(server.getsockname()[1], flush=True)

    def serve():
        while True:
            s, _ = server.accept()
            threading.Thread(target=talk, args=(s, sys.argv[1]), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    sys.stdin.read()


main()
