import Foundation
import Testing

extension Scenarios {
  @Suite("Tests/README.md") struct TestMap {
    @Test("names files and folders that exist")
    func names() throws {
      let root = "\(Programs.packageRoot)/Tests"
      let text = try String(contentsOfFile: "\(root)/README.md", encoding: .utf8)
      let paths = try FileManager.default.subpathsOfDirectory(atPath: root).map {
        "/" + ($0.hasSuffix(".swift") ? String($0.dropLast(".swift".count)) : $0)
      }
      let rows = text.split(separator: "\n").filter { $0.hasPrefix("|") }
      let names = rows.flatMap { $0.matches(of: /`([A-Z][A-Za-z0-9+\/]*)(?:\.swift)?`/) }
        .map { $0.1.hasSuffix("/") ? $0.1.dropLast() : $0.1 }
      #expect(names.count > 100)
      for name in Set(names) {
        #expect(paths.contains { $0.hasSuffix("/\(name)") }, "\(name)")
      }
    }
  }
}
