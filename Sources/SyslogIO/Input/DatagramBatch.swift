internal import Bytes
internal import CPosix
internal import SyslogCore

/// Datagrams from the log socket, many per system call, in one block of memory that is allocated
/// once. The corresponding C functions are `recvmmsg` and `sendmmsg`: what goes to a UDP remote
/// unchanged is never copied.
@safe final class DatagramBatch {
  /// The receive queue of a Linux unix socket is 11 datagrams by default
  /// (net.unix.max_dgram_qlen); with 512, a batch of this size costs at most a few percent more
  /// than one of twice the size, which would be another 128 KB of memory once long messages come.
  static let size = 16
  /// One byte more than a message may have, for the LF that BusyBox puts behind it.
  private static let stride = Message.maximumDatagram + 1

  private let bytes: UnsafeMutablePointer<UInt8>
  private let incoming: MessageVector
  private let outgoing: MessageVector
  /// Datagrams of the current batch.
  private(set) var count = 0
  /// The first datagram that is not wholly handled, if any, and how much of it is.
  private var unhandled = 0
  private(set) var position = 0
  /// Bytes of the longest datagram in it.
  private(set) var longest = 0
  /// Datagrams that were longer than a message may be, and were cut at the end, ever.
  private(set) var truncated: UInt64 = 0
  /// Datagrams that `dropRepeated` took out, ever.
  private(set) var repeated: UInt64 = 0
  /// The last datagram that `dropRepeated` has seen.
  private var previous: [UInt8] = []

  init() {
    unsafe bytes = .allocate(capacity: DatagramBatch.size * DatagramBatch.stride)
    incoming = MessageVector(capacity: DatagramBatch.size)
    outgoing = MessageVector(capacity: DatagramBatch.size)
    for index in 0..<DatagramBatch.size {
      unsafe incoming.point(index, to: start(of: index), count: Message.maximumDatagram)
    }
  }

  deinit {
    unsafe bytes.deallocate()
  }

  private func start(of index: Int) -> UnsafeMutablePointer<UInt8> {
    unsafe bytes + index * DatagramBatch.stride
  }

  /// The datagram that is to be handled next; nil when all of the batch is.
  var next: Int? { unhandled < count ? unhandled : nil }
  var isFinished: Bool { next == nil }

  /// The next datagram was handled up to there; nil: wholly.
  func handled(upTo end: Int?) {
    position = end ?? 0
    if end == nil { unhandled += 1 }
  }

  /// Reads what is there now, at most `limit` datagrams. False when nothing was.
  func receive(from socket: Int32, limit: Int) -> Bool {
    let wanted = max(1, min(limit, DatagramBatch.size))
    incoming.expectCredentials(wanted)
    let got = unsafe cposix_recvmmsg(
      socket, incoming.headers, UInt32(wanted), CPOSIX_MSG_DONTWAIT)
    count = max(0, Int(got))
    (unhandled, position) = (0, 0)
    longest = 0
    for index in 0..<count {
      longest = max(longest, incoming.received(index))
      if incoming.isTruncated(index) { truncated &+= 1 }
    }
    return count > 0
  }

  /// The user who sent the datagram at `index`; UInt32.max when the kernel does not say.
  func sender(of index: Int) -> UInt32 { incoming.sender(index) }

  /// Calls `body` with the datagram at `index`, without the LF and NUL at its end. Empty ones are
  /// to be ignored.
  func withDatagram(_ index: Int, _ body: (Span<UInt8>) -> Void) {
    precondition(index >= 0 && index < count, "a datagram of this batch")
    let received = min(incoming.received(index), Message.maximumDatagram)
    let buffer = unsafe UnsafeBufferPointer(start: start(of: index), count: received)
    let span = unsafe Span(_unsafeElements: buffer)
    body(span.extracting(first: Message.trimmedCount(span)))
  }

  /// Makes empty what equals the datagram before it, byte for byte (BusyBox's `-D`). Empty ones
  /// stand between two as if they were not there.
  func dropRepeated() {
    for index in 0..<count {
      var isRepeated = false
      withDatagram(index) { datagram in
        guard !datagram.isEmpty else { return }
        let last = previous
        isRepeated = datagram.equals(last.span)
        guard !isRepeated else { return }
        previous.removeAll(keepingCapacity: true)
        previous.append(copying: datagram)
      }
      guard isRepeated else { continue }
      incoming.forget(index)
      repeated &+= 1
    }
  }

  /// Makes the batch ready for `send`: each message gets the LF that BusyBox sends behind it
  /// (RFC 5426 §3.1 would have none; D1 in docs/conformance.md). Returns how many there are.
  func prepareToSend() -> Int {
    var prepared = 0
    for index in 0..<count {
      var length = 0
      withDatagram(index) { length = $0.count }
      guard length > 0 else { continue }
      unsafe start(of: index)[length] = UInt8(ascii: "\n")
      unsafe outgoing.point(prepared, to: start(of: index), count: length + 1)
      prepared += 1
    }
    return prepared
  }

  /// Sends the prepared messages in `range`. Returns how many the kernel took, and why no more.
  func send(
    _ range: Range<Int>, through socket: Int32, to address: SocketAddress
  ) -> (sent: Int, failure: Errno?) {
    var target = address.storage
    let length = address.length
    return unsafe withUnsafeMutableBytes(of: &target) { name in
      unsafe outgoing.address(range.upperBound, name: name.baseAddress, length: length)
      return sendAddressed(range, through: socket)
    }
  }

  private func sendAddressed(
    _ range: Range<Int>, through socket: Int32
  ) -> (sent: Int, failure: Errno?) {
    let flags = CPOSIX_MSG_DONTWAIT | CPOSIX_MSG_NOSIGNAL
    var done = range.lowerBound
    while done < range.upperBound {
      let count = unsafe Int(
        cposix_sendmmsg(
          socket, outgoing.headers + done, UInt32(range.upperBound - done), flags))
      if count > 0 {
        done += count
      } else if cposix_errno() != EINTR {
        return (done - range.lowerBound, Errno.last)
      }
    }
    return (done - range.lowerBound, nil)
  }
}

/// The headers of `recvmmsg` and `sendmmsg`, with one stretch of memory each.
@safe final class MessageVector {
  let headers: UnsafeMutablePointer<mmsghdr>
  private let vectors: UnsafeMutablePointer<iovec>
  /// Where the credentials of the senders are received.
  private let control: UnsafeMutableRawPointer

  init(capacity: Int) {
    unsafe control = .allocate(
      byteCount: capacity * CPOSIX_CREDENTIALS_SIZE, alignment: MemoryLayout<cmsghdr>.alignment)
    unsafe headers = .allocate(capacity: capacity)
    unsafe vectors = .allocate(capacity: capacity)
    for index in 0..<capacity {
      unsafe (vectors + index).initialize(to: iovec())
      var header = unsafe mmsghdr()
      unsafe header.msg_hdr.msg_iov = vectors + index
      unsafe header.msg_hdr.msg_iovlen = 1
      unsafe (headers + index).initialize(to: header)
    }
  }

  deinit {
    unsafe headers.deallocate()
    unsafe vectors.deallocate()
    unsafe control.deallocate()
  }

  func point(_ index: Int, to start: UnsafeMutablePointer<UInt8>, count: Int) {
    unsafe vectors[index] = iovec(iov_base: start, iov_len: count)
  }

  func address(_ count: Int, name: UnsafeMutableRawPointer?, length: socklen_t) {
    for index in 0..<count {
      unsafe headers[index].msg_hdr.msg_name = name
      unsafe headers[index].msg_hdr.msg_namelen = length
    }
  }

  /// Makes the first `count` headers ready to receive; the kernel writes over what says so.
  func expectCredentials(_ count: Int) {
    for index in 0..<count {
      unsafe cposix_expect_control(
        headers + index, control + index * CPOSIX_CREDENTIALS_SIZE, CPOSIX_CREDENTIALS_SIZE)
    }
  }

  func sender(_ index: Int) -> UInt32 { unsafe cposix_sender(&headers[index].msg_hdr) }

  func received(_ index: Int) -> Int { unsafe Int(headers[index].msg_len) }

  /// Lets what was received be empty.
  func forget(_ index: Int) { unsafe headers[index].msg_len = 0 }

  func isTruncated(_ index: Int) -> Bool {
    unsafe headers[index].msg_hdr.msg_flags & CPOSIX_MSG_TRUNC != 0
  }
}
