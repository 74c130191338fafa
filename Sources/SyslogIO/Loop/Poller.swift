internal import CPosix

/// What the loop waits for in one turn. The corresponding C function is `poll`.
struct Poller {
  /// A descriptor's place in this turn.
  struct Slot {
    fileprivate let index: Int
  }

  private var descriptors: [pollfd] = []

  /// Forgets the last turn.
  mutating func reset() {
    descriptors.removeAll(keepingCapacity: true)
  }

  /// Errors and hang-ups are waited for in any case. A negative descriptor is never ready, and is
  /// kept from the kernel, which refuses more entries than there may be descriptors.
  mutating func add(_ descriptor: Int32, readable: Bool, writable: Bool) -> Slot {
    guard descriptor >= 0 else { return Slot(index: .max) }
    let events = (readable ? Int16(POLLIN) : 0) | (writable ? Int16(POLLOUT) : 0)
    descriptors.append(pollfd(fd: descriptor, events: events, revents: 0))
    return Slot(index: descriptors.count - 1)
  }

  /// Waits for at most `milliseconds`; nil is for ever.
  mutating func wait(milliseconds: Int32?) {
    let count = nfds_t(descriptors.count)
    let ready = unsafe descriptors.withUnsafeMutableBufferPointer { buffer in
      unsafe poll(buffer.baseAddress, count, milliseconds ?? -1)
    }
    guard ready <= 0 else { return }
    for index in descriptors.indices { descriptors[index].revents = 0 }
  }

  /// Whether something came to pass at the descriptor, failures included.
  func isReady(_ slot: Slot) -> Bool {
    slot.index < descriptors.count && descriptors[slot.index].revents != 0
  }
}
