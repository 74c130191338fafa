"""What each feature costs, from the record of Scripts/prices."""

import json
import os

from common import ROOT, grouped, table

RECORD = os.path.join(ROOT, "build", "matrix", "prices.json")
TITLES = {"openssl": "OpenSSL", "gnutls": "GnuTLS", "mbedtls": "Mbed TLS", "none": "no TLS",
          "armv7t": "one static file, armv7 Thumb"}


def tables():
    """Nothing when prices were not measured here."""
    if not os.path.exists(RECORD):
        return None
    with open(RECORD, encoding="utf-8") as file:
        record = json.load(file)
    columns = [column for column in TITLES if column in record]
    trees = sorted({record[column]["tree"] for column in columns})
    prices = record[columns[0]]["prices"]
    rows = [[f"`{name}`", *[price(record[column], name) for column in columns]]
            for name in sorted(prices, key=prices.get, reverse=True)]
    for name, words in (("full", "everything"), ("seed", "none of them (`SET=seed`)")):
        rows.append([words, *[f"**{grouped(record[column][name])}**"
                              for column in columns]])
    return (f"Tree {', '.join(trees)}.\n\n"
            + table(["feature", *[TITLES[column] for column in columns]], rows))



def price(column, name):
    found = column["prices"].get(name)
    return "not measured" if found is None else grouped(found)
