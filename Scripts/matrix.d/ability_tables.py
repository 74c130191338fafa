"""The tables of what each product supports, and of what its library reports about FIPS."""

from common import BUILDS, LIBRARIES, prose_table

COMPARED = [build for build in BUILDS if build.has_tls and build.variant == ""]
UNKNOWN = "not built"


def header(first):
    return [first, *[LIBRARIES[build.backend] for build in COMPARED]]


def cells(results, pick):
    """A cell for each library: yes, no, or not built."""
    words = []
    for build in COMPARED:
        entry = results.get(build.name)
        words.append(UNKNOWN if entry is None else said(pick(entry)))
    return words


def said(answer):
    if isinstance(answer, str):
        return "yes"
    return {True: "yes", False: "no", None: "no"}[answer]


def offers(offered):
    """Version, suites and groups, by the options that ask for them."""
    rows = []
    names = next(iter(offered.values()), {})
    for option, values in names.items():
        for name in sorted(values):
            rows.append([f"`{option} {name}`",
                         *cells(offered, lambda entry: entry[option][name])])
    return prose_table(header("accepted at the start"), rows)


def keys(connected):
    rows = []
    for version, kinds in next(iter(connected.values()), {}).items():
        for key in kinds:
            rows.append([f"{version}, {key}",
                         *cells(connected, lambda entry: entry[version][key])])
    return prose_table(header("connects to a server of"), rows)


def fips(answers):
    """What the libraries of this machine report."""
    openssl, gnutls = answers.get("openssl", "not asked"), answers.get("gnutls", "not asked")
    mode = {"0": "off", "1": "strict"}.get(gnutls, f"mode {gnutls}")
    return prose_table(
        ["FIPS on this machine", *[LIBRARIES[b] for b in ("openssl", "gnutls", "mbedtls")]],
        [["what the library reports", f"the `fips` provider {openssl}",
          f"{mode}, even with `GNUTLS_FORCE_FIPS_MODE=1`",
          "no FIPS module"]])
