import Foundation

/// Everything that can be seen of what a syslogd has done.
struct Outcome {
  private(set) var ending: String
  private var parts: [String: [UInt8]] = [:]

  init(_ ending: String) {
    self.ending = ending
  }

  /// Whether it ended with status 1 instead of serving.
  var isRefusal: Bool { ending == "exit status 1" }
  var hasServed: Bool { ending.hasPrefix("served") }
  /// What it said.
  var complaint: String { text("standard error") }
  /// Whether standard error has one line, and standard output none.
  var isOneLine: Bool {
    let errors = parts["standard error"] ?? []
    return errors.count > 1 && errors.firstIndex(of: 10) == errors.count - 1
      && parts["standard output"]?.isEmpty != false
  }

  func has(_ name: String) -> Bool { parts[name] != nil }

  func text(_ name: String) -> String { String(decoding: parts[name] ?? [], as: UTF8.self) }

  mutating func add(_ name: String, _ content: [UInt8]) {
    parts[name] = content
  }

  /// Without what is said about a refusal: the words are ours, and one line.
  func withoutComplaint() -> Outcome {
    var other = self
    other.parts["standard error"] = nil
    return other
  }

  /// Every file, with its kind, permissions and content.
  mutating func addFiles(below root: String, _ mask: TimeMask) {
    add(FileTree(root), under: "", mask)
  }

  private mutating func add(_ folder: FileTree, under path: String, _ mask: TimeMask) {
    for entry in folder.entries where !["console", "null"].contains(entry.name) {
      let (name, mode) = ("\(path)/\(entry.name)", entry.mode)
      let isFile = mode & S_IFMT == S_IFREG
      add("\(name) (\(String(mode, radix: 8)))", isFile ? mask.applied(to: entry.content) : [])
      if entry.isFolder { add(entry, under: name, mask) }
    }
  }

  /// The first difference from what BusyBox has done, as a sentence; nil when there is none.
  func difference(from oracle: Outcome) -> String? {
    if ending != oracle.ending { return "\(ending) instead of \(oracle.ending)" }
    for name in Set(parts.keys).union(oracle.parts.keys).sorted() {
      guard let mine = parts[name] else { return "\(name) is missing" }
      guard let theirs = oracle.parts[name] else { return "\(name) is there, and is not BusyBox's" }
      if let place = Outcome.place(mine, theirs) { return "\(name): \(place)" }
    }
    return nil
  }

  /// Datagrams as one text that keeps them apart.
  static func joined(_ datagrams: [[UInt8]]) -> [UInt8] {
    var all: [UInt8] = []
    for datagram in datagrams { all += Array("[\(datagram.count)]".utf8) + datagram }
    return all
  }

  private static func place(_ mine: [UInt8], _ theirs: [UInt8]) -> String? {
    guard mine != theirs else { return nil }
    let (mine, theirs) = (lines(mine), lines(theirs))
    let number = zip(mine, theirs).prefix { $0 == $1 }.count
    let shown = { (lines: [ArraySlice<UInt8>]) in
      number < lines.count ? quoted(lines[number]) : "the end"
    }
    return "line \(number + 1) of \(mine.count - 1) (BusyBox \(theirs.count - 1)) is "
      + "\(shown(mine)) instead of \(shown(theirs))"
  }

  private static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    bytes.split(separator: 10, omittingEmptySubsequences: false)
  }

  private static func quoted(_ line: ArraySlice<UInt8>) -> String {
    let text = String(decoding: line.prefix(120), as: UTF8.self).debugDescription
    return line.count > 120 ? "\(text)… (\(line.count) bytes)" : text
  }
}
