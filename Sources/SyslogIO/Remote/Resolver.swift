internal import Bytes
internal import CPosix

/// The addresses of one name, for all remotes that want them. Who drops it has forgotten it.
final class Lookup {
  let host: Text
  /// Whether a thread was ever free for it.
  fileprivate(set) var hasBegun = false
  /// Whether there is an answer: addresses, or why there are none.
  private(set) var isAnswered = false
  /// Without a port.
  private(set) var addresses: [SocketAddress] = []
  private(set) var error: LookupError?

  init(_ host: Text) {
    self.host = host
  }

  func answer(_ addresses: [SocketAddress], _ error: LookupError?) {
    (self.addresses, self.error, isAnswered) = (addresses, error, true)
  }
}

/// Names become addresses on threads of their own, because getaddrinfo(3) may take half a minute,
/// or never return, and the loop never waits: the local log goes on (docs/decisions/0014).
///
/// There is one lookup for each name, whoever asks for it. A thread lives as long as its call, and
/// shares nothing with the loop but a `Call`, which belongs to the thread until it has sent the
/// address of that over a socket pair.
public final class Resolver {
  /// Calls at once. One that never returns counts for ever.
  static let limit = 8

  /// Calls that there may be now.
  var limit: Int
  private var ourEnd: FileDescriptor?
  fileprivate var theirEnd: FileDescriptor?
  /// In the order in which they were asked for.
  var lookups: [Lookup] = []
  private var calls: [Call] = []

  init(limit: Int = Resolver.limit) {
    self.limit = limit
  }

  /// To poll for answers; -1 before the first lookup.
  var descriptor: Int32 { ourEnd?.rawValue ?? -1 }

  /// The lookup of a name, which begins as soon as a thread is free. It is answered at once when
  /// there can be no thread.
  func lookUp(_ host: Text) -> Lookup {
    var found: Lookup?
    for lookup in lookups where lookup.host == host { found = lookup }
    let lookup = found ?? Lookup(host)
    if found == nil { lookups.append(lookup) }
    begin()
    return lookup
  }

  /// Notes which lookups have been answered; to be called when `descriptor` is readable.
  func noteAnswers() {
    var finished: UnsafeMutableRawPointer?
    while unsafe recv(descriptor, &finished, callSize, CPOSIX_MSG_DONTWAIT) == callSize {
      for index in calls.indices
      where unsafe Unmanaged.passUnretained(calls[index]).toOpaque() == finished {
        let call = calls.remove(at: index)
        call.resolver = nil
        answer(call.host, call.addresses, call.error)
        break
      }
    }
    begin()
  }

  private func answer(_ host: Text, _ addresses: [SocketAddress], _ error: LookupError?) {
    for index in lookups.indices where lookups[index].host == host {
      lookups.remove(at: index).answer(addresses, error)
      break
    }
  }

  /// Whoever has waited for this name has done so in vain: another call may be made beside it.
  func giveUp(_ host: Text) {
    for call in calls where call.host == host { call.isGivenUp = true }
  }

  /// Begins what there are threads for, and forgets what nobody waits for any more.
  ///
  /// A second call for a name, beside one that hangs, must leave half of the threads to others.
  private func begin() {
    var index = 0
    while index < lookups.count {
      guard !isKnownUniquelyReferenced(&lookups[index]) else {
        lookups.remove(at: index)
        continue
      }
      let lookup = lookups[index]
      var (own, hanging) = (0, 0)
      for call in calls where call.host == lookup.host {
        lookup.hasBegun = true
        own += 1
        if call.isGivenUp { hanging += 1 }
      }
      index += 1
      guard own == hanging, own < 2, calls.count < (own == 0 ? limit : limit / 2) else { continue }
      do throws(Errno) {
        try startThread(for: Call(lookup.host))
        lookup.hasBegun = true
      } catch {
        guard own == 0 else { continue }
        index -= 1
        lookups.remove(at: index).answer([], LookupError(code: EAI_AGAIN))
      }
    }
  }

  private func startThread(for call: Call) throws(Errno) {
    if ourEnd == nil {
      var ends: [Int32] = [-1, -1]
      let type = CPOSIX_SOCK_SEQPACKET | CPOSIX_SOCK_CLOEXEC
      guard unsafe socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw Errno.last }
      ourEnd = FileDescriptor(owning: ends[0])
      theirEnd = FileDescriptor(owning: ends[1])
    }
    call.resolver = self
    calls.append(call)
    let argument = unsafe Unmanaged.passRetained(call)
    // getaddrinfo needs tens of kilobytes; the default of 8 MB frightens small devices.
    let code = unsafe cposix_start_thread(256 * 1024, resolverThread, argument.toOpaque())
    guard code == 0 else {
      unsafe argument.release()
      call.resolver = nil
      calls.removeLast()
      throw Errno(code: code)
    }
  }
}

/// One call of getaddrinfo.
private final class Call {
  let host: Text
  var addresses: [SocketAddress] = []
  var error: LookupError?
  /// Of no interest to the thread.
  var isGivenUp = false
  /// Keeps the socket open for as long as the thread may send over it.
  var resolver: Resolver?

  init(_ host: Text) {
    self.host = host
  }
}

private let callSize = MemoryLayout<Int>.size

private func resolverThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard var argument = unsafe argument else { return nil }
  let call = unsafe Unmanaged<Call>.fromOpaque(argument).takeRetainedValue()
  do throws(LookupError) {
    call.addresses = try lookUp(call.host, flags: 0)
  } catch {
    call.error = error
  }
  // From here on it is the loop's. There is always room: never more packets than threads.
  let socket = call.resolver?.theirEnd?.rawValue ?? -1
  _ = unsafe send(socket, &argument, callSize, CPOSIX_MSG_NOSIGNAL)
  return nil
}
