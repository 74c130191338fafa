import Bytes
import CPosix
import SyslogCore
import Testing

@testable import SyslogIO

@Suite("Names are looked up on threads of their own")
struct ResolverTests {
  /// No name server is asked for it: a label has at most 63 characters.
  private static let impossible = Text(of: String(repeating: "x", count: 64) + ".invalid")

  /// Waits for answers as the loop does, until all have one.
  private func wait(for lookups: Lookup..., from resolver: Resolver) -> Bool {
    for _ in 0..<100 where lookups.contains(where: { !$0.isAnswered }) {
      var entry = pollfd(fd: resolver.descriptor, events: Int16(POLLIN), revents: 0)
      poll(&entry, 1, 600)
      resolver.noteAnswers()
    }
    return lookups.allSatisfy { $0.isAnswered }
  }

  private func addresses(_ lookup: Lookup) -> [String] { lookup.addresses.map { $0.numeric } }

  @Test("a name becomes addresses; there is no thread before the first one")
  func resolved() {
    let resolver = Resolver()
    #expect(resolver.descriptor == -1)
    resolver.noteAnswers()
    let lookup = resolver.lookUp("localhost")
    #expect(lookup.hasBegun)
    #expect(wait(for: lookup, from: resolver))
    #expect(lookup.error == nil)
    #expect(!lookup.addresses.isEmpty)
    #expect(addresses(lookup).allSatisfy { ["127.0.0.1", "::1"].contains($0) })
    #expect(resolver.lookups.isEmpty)
  }

  @Test("a name that there is not becomes the reason")
  func unresolved() throws {
    let resolver = Resolver()
    let lookup = resolver.lookUp(Self.impossible)
    #expect(wait(for: lookup, from: resolver))
    #expect(lookup.addresses.isEmpty)
    let error = try #require(lookup.error)
    #expect(error.code != 0)
    #expect(error.description.string == String(cString: gai_strerror(error.code)))
  }

  @Test("several names at once have each its own answer")
  func several() {
    let resolver = Resolver()
    let lookups = (
      resolver.lookUp("127.0.0.1"), resolver.lookUp(Self.impossible), resolver.lookUp("::1")
    )
    #expect(wait(for: lookups.0, lookups.1, lookups.2, from: resolver))
    #expect(addresses(lookups.0) == ["127.0.0.1"])
    #expect(addresses(lookups.1) == [])
    #expect(addresses(lookups.2) == ["::1"])
  }

  @Test("whoever asks for the same name shares its lookup; after the answer it is asked for anew")
  func shared() {
    let resolver = Resolver(limit: 0)
    let first = resolver.lookUp("localhost")
    #expect(resolver.lookUp("localhost") === first)
    let other = resolver.lookUp("127.0.0.1")
    #expect(other !== first)
    #expect(resolver.lookups.count == 2)
    resolver.limit = 8
    #expect(resolver.lookUp("localhost") === first)
    #expect(wait(for: first, other, from: resolver))
    let second = resolver.lookUp("localhost")
    #expect(second !== first)
    #expect(wait(for: second, from: resolver))
  }

  @Test("names wait in their order for a thread, and those that nobody waits for any more are gone")
  func order() {
    let resolver = Resolver(limit: 0)
    let first = resolver.lookUp("127.0.0.1")
    _ = resolver.lookUp("127.0.0.2")
    let third = resolver.lookUp("127.0.0.3")
    #expect(resolver.lookups.map { $0.host } == ["127.0.0.1", "127.0.0.3"])
    #expect(!first.hasBegun && !third.hasBegun)
    resolver.limit = 1
    let last = resolver.lookUp("127.0.0.4")
    #expect(first.hasBegun && !third.hasBegun && !last.hasBegun)
    #expect(wait(for: first, from: resolver))
    #expect(third.hasBegun)
    #expect(wait(for: third, last, from: resolver))
  }

  @Test("an answer that nobody waits for any more is dropped")
  func forgotten() {
    let resolver = Resolver()
    _ = resolver.lookUp("127.0.0.1")
    let other = resolver.lookUp("127.0.0.2")
    #expect(resolver.lookups.count == 1)
    #expect(wait(for: other, from: resolver))
  }
}

@Suite("A remote whose name is not resolved in time")
struct SlowNameTests {
  private func remote() throws -> RemoteUnderTest {
    let remote = try RemoteUnderTest { $0.destination.host = "collector.example.net" }
    #expect(remote.start())
    return remote
  }

  /// After its 30 s.
  private func giveUp(_ remote: RemoteUnderTest) {
    remote.now = remote.now + .seconds(30)
    #expect(!remote.deadlineReached())
    #expect(remote.isBackingOff)
  }

  @Test("says so, backs off, and waits for the same lookup again")
  func givenUp() throws {
    let remote = try remote()
    giveUp(remote)
    #expect(remote.said() == [remote.retry(.lookupTimedOut(hasBegun: false))])
    remote.queue("<13>one")
    remote.attempt()
    #expect(remote.transport.sender.isResolving == true)
  }

  @Test("uses addresses that come too late for its next attempt, and never before")
  func late() throws {
    let remote = try remote()
    let lookup = try #require(remote.transport.lookup)
    giveUp(remote)
    lookup.answer([remote.collector.address], nil)
    remote.transport.takeAnswer(now: remote.now)
    #expect(remote.isBackingOff)
    #expect(remote.transport.descriptor == -1)
    remote.queue("<13>one")
    #expect(remote.reconnect())
    #expect(remote.transport.lookup === nil)
  }

  @Test("asks again when a lookup fails too late")
  func lateFailure() throws {
    let remote = try remote()
    let lookup = try #require(remote.transport.lookup)
    giveUp(remote)
    lookup.answer([], LookupError(code: EAI_AGAIN))
    remote.transport.takeAnswer(now: remote.now)
    #expect(remote.said() == [remote.retry(.lookupTimedOut(hasBegun: false))])
    remote.queue("<13>one")
    remote.now = remote.now + .seconds(1)
    #expect(remote.deadlineReached())
    #expect(remote.transport.lookup !== lookup)
  }
}
