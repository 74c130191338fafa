import CMalloc
import CPosix
import TLSBackend

/// A row of BackendMatrix.md under "What a backend cannot do".
struct Confession: Equatable {
  static let heading = "## What a backend cannot do"

  let promise: String
  let library: String
  /// Version prefixes, as "2.28"; "all" stands for every version.
  let versions: [String]
  let reason: String

  /// A row of the table, nil for anything else: `| promise | library | versions | reason |`.
  init?(row: Substring) {
    guard row.hasPrefix("|"), row.hasSuffix("|") else { return nil }
    let cells = row.split(separator: "|").map { String($0).trimmed }
    guard cells.count == 4, !cells[0].hasPrefix("---"), cells[0] != "promise" else { return nil }
    (promise, library, reason) = (cells[0], cells[1], cells[3])
    versions = cells[2].split(separator: ",").map { String($0).trimmed }
  }

  func concerns(_ capabilities: TLSCapabilities) -> Bool {
    let version = capabilities.version.words
    return library == "\(capabilities.library)"
      && versions.contains { $0 == "all" || version == $0 || version.hasPrefix($0 + ".") }
  }

  /// The rows of the section, in order.
  static func all(in matrix: String) -> [Confession] {
    let lines = matrix.split(separator: "\n")
    let section = lines.drop { $0 != heading }.dropFirst().prefix { !$0.hasPrefix("## ") }
    return section.compactMap(Confession.init(row:))
  }
}

/// That BackendMatrix.md says, promise by promise, what this library cannot do, and nothing else;
/// and that it really cannot.
public func promiseTableConfesses<TLS: TLSBackend & ~Copyable & SendableMetatype>(
  _ backend: TLS.Type
) throws {
  let names = Promise.table(of: backend).map(\.description)
  for name in names {
    try expect(!name.contains("|"), "'\(name)' cannot stand in a table")
    try expectEqual(names.count { $0 == name }, 1, "promises with the name '\(name)'")
  }
  let path = packageFolder + "/BackendMatrix.md"
  guard let matrix = contents(of: path) else { throw BrokenPromise("no \(path)", #fileID, #line) }
  let all = Confession.all(in: matrix)
  for row in all {
    try expect(names.contains(row.promise), "no promise is called '\(row.promise)'")
  }
  let rows = all.filter { $0.concerns(backend.capabilities) }
  let name = backend.capabilities.name.words
  try expectEqual(
    Promise.omittedButKept(of: backend), [], "promises that \(name) is let off, but keeps")
  let omissions = Promise.omitted(of: backend)
  for omission in omissions {
    try expect(
      rows.contains { $0.promise == omission.promise && $0.reason == omission.reason },
      "BackendMatrix.md lacks: \(name) | \(omission.promise) | \(omission.reason)")
  }
  for row in rows {
    try expect(
      omissions.contains { $0.promise == row.promise },
      "BackendMatrix.md says that \(name) does not promise '\(row.promise)', but it does")
  }
}

/// The package's folder, two above that of this file.
let packageFolder: String = {
  let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
  return parts.dropLast(3).joined(separator: "/")
}()

/// A file's text, nil when it cannot be read.
func contents(of path: String) -> String? {
  guard let file = fopen(path, "r") else { return nil }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 65536)
  while true {
    let count = fread(&chunk, 1, chunk.count, file)
    guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
    bytes += chunk[..<count]
  }
}

extension String {
  /// Without the spaces around it.
  fileprivate var trimmed: String {
    let start = drop { $0 == " " }
    let end = start.lastIndex { $0 != " " }
    return end.map { String(start[...$0]) } ?? ""
  }
}
