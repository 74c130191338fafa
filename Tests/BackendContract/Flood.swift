import CPosix

/// The same record again and again, as fast as the client's socket takes it, by a thread of its own.
final class Flood: @unchecked Sendable {
  private struct State {
    var count = 0
    var isFull = false
    var isStopped = false
    var isOver = false
  }

  private var state = State()
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

  /// The standard library's Mutex brings another reading of the C library's headers along.
  private func withLock<Result>(_ body: (inout State) -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body(&state)
  }

  deinit { mutex.deallocate() }

  /// Bytes that the socket has taken.
  var count: Int { withLock { $0.count } }

  /// Pours at most `limit` bytes into `socket`, which must not block. The thread has a descriptor of
  /// its own: the number of the test's may belong to another test before the thread has ended.
  init(_ record: [UInt8], into socket: Int32, limit: Int) {
    pthread_mutex_init(mutex, nil)
    // Whole records, in pieces that are worth a system call.
    let block = [UInt8]((0..<max(1, 32_768 / record.count)).map { _ in record }.joined())
    let pour = Pour(block: block, socket: dup(socket), limit: limit, flood: self)
    var thread = pthread_t()
    let argument = Unmanaged.passRetained(pour).toOpaque()
    pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<Pour>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
      }, argument)
    pthread_detach(thread)
  }

  /// Waits until the socket is full or the flood is over, for at most ten seconds.
  func waitUntilFull() {
    for _ in 0..<10_000 {
      if withLock({ $0.isFull || $0.isOver }) { return }
      poll(nil, 0, 1)
    }
  }

  /// Ends the thread, and waits until it uses the socket no more.
  func stop() {
    withLock { $0.isStopped = true }
    while !withLock({ $0.isOver }) { poll(nil, 0, 1) }
  }

  private final class Pour: Sendable {
    let block: [UInt8]
    let socket: Int32
    let limit: Int
    let flood: Flood

    init(block: [UInt8], socket: Int32, limit: Int, flood: Flood) {
      (self.block, self.socket, self.limit, self.flood) = (block, socket, limit, flood)
    }

    func run() {
      var start = 0
      while !flood.withLock({ $0.isStopped || $0.count >= limit }) {
        let count = block.withUnsafeBytes { bytes in
          send(
            socket, bytes.baseAddress?.advanced(by: start), bytes.count - start,
            CPOSIX_MSG_NOSIGNAL)
        }
        if count < 0, cposix_errno() != EAGAIN { break }
        let taken = max(0, count)
        start = (start + taken) % block.count
        flood.withLock { state in
          state.count += taken
          state.isFull = taken == 0
        }
        if taken == 0 {
          var entry = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
          poll(&entry, 1, 1)
        }
      }
      close(socket)
      flood.withLock { $0.isOver = true }
    }
  }
}
