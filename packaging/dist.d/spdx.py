"""SPDX 2.3 documents, in JSON, of what is handed out. Their bytes depend only on what they list."""

import datetime
import hashlib
import json

OURS = "Apache-2.0"
HOLDER = "The syslogd maintainers"
SOURCES = (".swift", ".c", ".h", ".py")


def identifier(*words):
    """An SPDXRef: letters, digits, dots and hyphens."""
    text = "-".join(words)
    return "SPDXRef-" + "".join(c if c.isalnum() and c.isascii() or c in ".-" else "-" for c in text)


def digests(data):
    return [{"algorithm": name, "checksumValue": hashlib.new(name.lower(), data).hexdigest()}
            for name in ("SHA1", "SHA256")]


def relation(first, kind, second):
    return {"spdxElementId": first, "relationshipType": kind, "relatedSpdxElement": second}


class Document:
    """One document, from the top down."""

    def __init__(self, name, time):
        self.name, self.time = name, time
        self.packages, self.files, self.relations = {}, [], []

    def package(self, name, version, licence, purpose, holder="NOASSERTION", **more):
        own = identifier(name, version or "unknown")
        self.packages[own] = {
            "SPDXID": own, "name": name, **({"versionInfo": version} if version else {}),
            "downloadLocation": "NOASSERTION", "filesAnalyzed": False,
            "licenseConcluded": licence, "licenseDeclared": licence, "copyrightText": holder,
            "primaryPackagePurpose": purpose, **more}
        return own

    def parts(self, owner, inside):
        for part in inside:
            own = self.package(part.name, part.version, part.licence, "LIBRARY", homepage=part.home)
            self.relations.append(relation(owner, part.link, own))

    def describe(self, own):
        self.relations.append(relation("SPDXRef-DOCUMENT", "DESCRIBES", own))

    def bytes(self):
        created = datetime.datetime.fromtimestamp(self.time, datetime.timezone.utc)
        document = {
            "spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT",
            "name": self.name,
            "creationInfo": {"created": created.strftime("%Y-%m-%dT%H:%M:%SZ"),
                             "creators": [f"Organization: {HOLDER}", "Tool: packaging/dist"]},
            "packages": list(self.packages.values()), "files": self.files,
            "relationships": self.relations}
        if not self.files:
            del document["files"]
        words = json.dumps(document, sort_keys=True).encode()
        document["documentNamespace"] = \
            f"https://spdx.org/spdxdocs/{self.name}-{hashlib.sha256(words).hexdigest()[:32]}"
        return json.dumps(document, indent=1, ensure_ascii=False).encode() + b"\n"


def of_product(archive, inside, version, time):
    """What is in one archive: its files, our code, and what is linked with it."""
    document = Document(archive.name, time)
    ones = []
    for name, (data, mode) in sorted(archive.entries.items()):
        # A link has no bytes of its own.
        if mode is None:
            continue
        own = identifier("File", name)
        kind = "BINARY" if mode == 0o755 else "DOCUMENTATION" if name[-1].isdigit() else "TEXT"
        licence = next((part.licence for part in inside if name == f"licences/{part.name}"), OURS)
        document.files.append({
            "SPDXID": own, "fileName": "./" + name, "checksums": digests(data),
            "fileTypes": [kind], "licenseConcluded": licence, "licenseInfoInFiles": ["NOASSERTION"],
            "copyrightText": "NOASSERTION"})
        ones.append((own, kind, hashlib.sha1(data).hexdigest()))
    code = hashlib.sha1("".join(sorted(sha1 for _, _, sha1 in ones)).encode()).hexdigest()
    licences = sorted({OURS, *(part.licence for part in inside if part.link == "STATIC_LINK")})
    top = document.package(
        archive.name, version, " AND ".join(f"({one})" if " " in one else one for one in licences),
        "APPLICATION", f"Copyright 2026 {HOLDER}", licenseInfoFromFiles=["NOASSERTION"])
    document.packages[top].update(
        filesAnalyzed=True, packageVerificationCode={"packageVerificationCodeValue": code},
        licenseDeclared=OURS)
    document.describe(top)
    for own, _, _ in ones:
        document.relations.append(relation(top, "CONTAINS", own))
    for own, kind, _ in ones:
        if kind == "BINARY":
            document.parts(own, inside)
    return document.bytes()


def of_all(made, version, time):
    """All archives, each with what it is made of."""
    document = Document(f"syslogd-{version}", time)
    origin = ""
    for name, (data, archive, inside) in sorted(made.items(), key=lambda item: len(item[0])):
        if archive is None:
            continue
        licences = sorted({OURS, *(part.licence for part in inside if part.link == "STATIC_LINK")})
        own = document.package(
            archive.name, version,
            " AND ".join(f"({one})" if " " in one else one for one in licences),
            "APPLICATION" if inside else "SOURCE", f"Copyright 2026 {HOLDER}",
            packageFileName=name, checksums=digests(data))
        document.packages[own]["licenseDeclared"] = OURS
        document.describe(own)
        origin = origin or own
        if inside:
            document.relations.append(relation(own, "GENERATED_FROM", origin))
            document.parts(own, inside)
    return document.bytes()
