import Bytes
import CPosix
import TLSBackend
import Testing

@testable import SyslogIO

@Suite("A private key in a file")
struct WipingTests {
  @Test("is nowhere in memory once a context is made of it, whatever the file's size")
  func isWiped() async throws {
    let workspace = try Workspace()
    // Three times the bytes that a file is read into at first.
    let der = (0..<Secret.count).map { Secret.byte($0) }
    let certificate = try workspace.write(
      "-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n", to: "cert")
    let key = try workspace.write(PEM.encode("PRIVATE KEY", der.span).string, to: "key")
    await #expect(processExitsWith: .success) { [key = key as String] in
      // That what is there is found, text and key; and what was freed.
      let memory = MemorySearch()
      let text = try readFile(Text(of: key), limit: 1 << 20)
      try #require(try memory.finds(.text))
      var parameters = TLSParameters()
      try parameters.readPrivateKey(text.span)
      try #require(try memory.finds(.key))
      parameters.privateKey = []
      try #require(try memory.finds(.key))
      withExtendedLifetime(text) {}
    }
    await #expect(processExitsWith: .success) {
      [certificate = certificate as String, key = key as String] in
      let memory = MemorySearch()
      var trust = RemoteSettings.Trust()
      (trust.certificate, trust.key) = (Text(of: certificate), Text(of: key))
      var context: FakeContext?
      var credentials = TLSCredentials()
      let floor = ClockFloor(stateFile: nil, diagnostics: Diagnostics())
      try credentials.read(trust, floor, for: &context)
      try #require(context != nil)
      try #require(try !memory.finds(.text), "the file's text is left")
      try #require(try !memory.finds(.key), "the key is left")
    }
  }
}

/// Bytes that are computed, so that looking for them does not put them into memory.
private enum Secret {
  case key
  case text

  static let count = 9000
  /// Bytes of the key between the places that are looked for, whole lines of its encoding: other
  /// data may have come over a part of it.
  static let distance = 48 * 40

  static func byte(_ index: Int) -> UInt8 {
    var state = UInt32(truncatingIfNeeded: index &+ 1) &* 2_654_435_761
    state ^= state >> 15
    state = state &* 2_246_822_519
    return UInt8(truncatingIfNeeded: state >> 13)
  }

  /// A byte of the key, or of its encoding, behind a place of the key.
  func byte(_ place: Int, _ index: Int) -> UInt8 {
    guard self == .text else { return Secret.byte(place + index) }
    let first = place + index / 4 * 3
    let group =
      UInt32(Secret.byte(first)) << 16 | UInt32(Secret.byte(first + 1)) << 8
      | UInt32(Secret.byte(first + 2))
    switch UInt8(group >> UInt32(18 - index % 4 * 6) & 63) {
    case let value where value < 26: return 65 + value
    case let value where value < 52: return 97 + value - 26
    case let value where value < 62: return 48 + value - 52
    case 62: return 43
    default: return 47
    }
  }
}

/// Looks into all memory that this process can write to, in use or freed. Its own buffers are made
/// first, and nothing is allocated later: that would come over what was freed.
private struct MemorySearch {
  private static let size = 1 << 20
  private let file = cposix_open("/proc/self/mem", O_RDONLY, 0)
  private let maps = UnsafeMutablePointer<UInt8>.allocate(capacity: size)
  private let window = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)

  func finds(_ secret: Secret) throws -> Bool {
    try #require(file >= 0)
    let list = cposix_open("/proc/self/maps", O_RDONLY, 0)
    defer { close(list) }
    var count = 0
    while count < MemorySearch.size {
      let got = read(list, maps + count, MemorySearch.size - count)
      guard got > 0 else { break }
      count += got
    }
    var index = 0
    while index < count {
      let start = number(&index)
      index += 1
      let end = number(&index)
      let isWritable = maps[index + 1] == UInt8(ascii: "r") && maps[index + 2] == UInt8(ascii: "w")
      while index < count, maps[index] != UInt8(ascii: "\n") { index += 1 }
      index += 1
      if isWritable, finds(secret, from: start, to: end) { return true }
    }
    return false
  }

  private func number(_ index: inout Int) -> Int {
    var number = 0
    while let digit = maps[index].hexValue {
      number = number << 4 | Int(digit)
      index += 1
    }
    return number
  }

  private func finds(_ secret: Secret, from start: Int, to end: Int) -> Bool {
    var start = start
    while start < end {
      let count = pread(file, window, min(MemorySearch.size, end - start), start)
      guard count > 16 else { return false }
      var place = 0
      while place < Secret.count - 16 {
        if finds(secret, place, in: count) { return true }
        place += Secret.distance
      }
      start += start + count < end ? count - 16 : count
    }
    return false
  }

  /// 16 bytes from a place on.
  private func finds(_ secret: Secret, _ place: Int, in count: Int) -> Bool {
    let first = Int32(secret.byte(place, 0))
    var next = window
    let end = window + count - 16
    while next < end, let hit = memchr(next, first, end - next) {
      var same = 1
      while same < 16, hit.load(fromByteOffset: same, as: UInt8.self) == secret.byte(place, same) {
        same += 1
      }
      if same == 16 { return true }
      next = hit + 1
    }
    return false
  }
}
