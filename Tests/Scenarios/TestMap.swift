import Foundation
import Testing

extension Scenarios {
  @Suite("Tests/README.md") struct TestMap {
    @Test("names files and folders that exist, and so does docs/lessons.md")
    func names() throws {
      let root = "\(Programs.packageRoot)/Tests"
      let paths = try FileManager.default.subpathsOfDirectory(atPath: root).map {
        "/" + ($0.hasSuffix(".swift") ? String($0.dropLast(".swift".count)) : $0)
      }
      for (file, least) in [("Tests/README.md", 100), ("docs/lessons.md", 30)] {
        let text = try String(contentsOfFile: "\(Programs.packageRoot)/\(file)", encoding: .utf8)
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("|") }
        let names = rows.flatMap { $0.matches(of: /`([A-Z][A-Za-z0-9+\/]*)(?:\.swift)?`/) }
          .map { $0.1.hasSuffix("/") ? $0.1.dropLast() : $0.1 }
          .filter { !$0.hasPrefix("Scripts/") }
        #expect(names.count > least)
        for name in Set(names) {
          #expect(paths.contains { $0.hasSuffix("/\(name)") }, "\(file): \(name)")
        }
      }
    }
  }
}
