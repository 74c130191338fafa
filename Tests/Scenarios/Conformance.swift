import Foundation
import Testing

extension Scenarios {
  @Suite("docs/conformance.md") struct Conformance {
    /// One requirement: its number, the verdicts on the three libraries, and what shows them.
    private struct Row {
      let id: String
      let verdicts: [String]
      let proof: String

      /// The tests that it names.
      var tests: [String] {
        proof.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
          .filter { $0.offset % 2 == 1 }.map { String($0.element) }
      }
    }

    /// How many requirements each letter has; docs/conformance.md says which RFC it stands for.
    private static let counts: [(Character, Int)] = [
      ("T", 27), ("U", 6), ("F", 6), ("M", 19), ("B", 6), ("D", 5), ("C", 17), ("X", 8), ("N", 8),
    ]

    private func rows() throws -> [Row] {
      let text = try String(
        contentsOfFile: "\(Programs.packageRoot)/docs/conformance.md", encoding: .utf8)
      return text.split(separator: "\n").compactMap { line in
        let cells = line.split(separator: "|", omittingEmptySubsequences: false).map {
          $0.trimmingCharacters(in: .whitespaces)
        }
        guard cells.count == 8, cells[1].wholeMatch(of: /[A-Z][0-9]+/) != nil else { return nil }
        return Row(id: cells[1], verdicts: Array(cells[3...5]), proof: cells[6])
      }
    }

    @Test("has one row for each requirement, in order")
    func complete() throws {
      let wanted = Self.counts.flatMap { letter, count in (1...count).map { "\(letter)\($0)" } }
      #expect(try rows().map(\.id) == wanted)
    }

    @Test("has a verdict for each library; what is met names its tests, what is not says why")
    func verdicts() throws {
      for row in try rows() {
        for verdict in row.verdicts {
          #expect(["met", "partly", "not met", "n/a"].contains(verdict), "\(row.id): \(verdict)")
        }
        #expect(!row.proof.isEmpty, "\(row.id)")
        if row.verdicts.contains("met") { #expect(!row.tests.isEmpty, "\(row.id)") }
      }
    }

    @Test("names tests that exist")
    func namedTests() throws {
      let root = "\(Programs.packageRoot)/Tests"
      var sources = ""
      for path in try FileManager.default.subpathsOfDirectory(atPath: root)
      where path.hasSuffix(".swift") {
        sources += try String(contentsOfFile: "\(root)/\(path)", encoding: .utf8)
      }
      for row in try rows() {
        for test in row.tests { #expect(sources.contains("\"\(test)\""), "\(row.id): \(test)") }
      }
    }
  }
}
