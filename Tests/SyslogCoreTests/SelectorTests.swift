import SyslogCore
import Testing

@Suite("Selectors")
struct SelectorTests {
  static let priorities = (0...1023).compactMap { Priority(rawValue: $0) }

  @Test("all is every PRIVAL, and nothing that is none", arguments: priorities)
  func all(_ priority: Priority) {
    #expect(Selector.all.matches(priority) == (priority.rawValue <= 191))
    #expect(!Selector.none.matches(priority))
  }

  @Test("each PRIVAL is selected alone by its names", arguments: UInt16(0)...191)
  func alone(_ value: UInt16) throws {
    let priority = try #require(Priority(rawValue: value))
    guard let facility = priority.facility.name else { return }
    let selector = try selector("\(facility).=\(priority.severity.name)")
    #expect(SelectorTests.priorities.filter(selector.matches) == [priority])
  }

  @Test("a union is for what either of its parts is for")
  func union() throws {
    var union = try selector("kern.err;mail.=debug")
    let parts = [union, try selector("kern.=info;local7.alert"), .none]
    for part in parts { union.formUnion(part) }
    for priority in SelectorTests.priorities {
      #expect(union.matches(priority) == parts.contains { $0.matches(priority) })
    }
  }

  @Test("selectors are equal when they are for the same messages")
  func equality() throws {
    #expect(try selector("*.*") == .all)
    #expect(try selector("*.none;mark.*") == .none)
    #expect(try selector("auth.panic;kern.=err") == selector("kern.=error;security.emerg"))
    #expect(try selector("local7.err") != selector("local7.warn"))
    #expect(try selector("local6.err") != selector("local7.err"))
  }

  private func selector(_ text: String) throws -> Selector {
    let rules = try ConfigurationReader.rules(Array("\(text) x".utf8).span)
    return try #require(rules.first).selector
  }
}
