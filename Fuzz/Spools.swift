// Fuzzes: SyslogCore

/// The file of a spool, which may be damaged, or made by somebody who wants to do harm: the input says
/// what is in its header, and which bytes of its records are others.
@c(LLVMFuzzerTestOneInput)
public func fuzzSpool(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = Array(UnsafeBufferPointer(start: start, count: count))
  let region = FuzzedRegion()
  var sender = newSender()
  let now = Instant(milliseconds: 1_000_000)
  guard let first = Spool.open(region, size: 24_576, dailyLimit: 1 << 20, salt: 7, now: now) else {
    fatalError("broken promise: an empty region is a new ring")
  }
  for number in 0..<60 { put(number, first, &sender, now) }
  first.turn(&sender, .octetCounting, now: now)
  damage(region, by: input)
  check(region, now)
  return 0
}

/// Two bytes say where, one says what. What is in the header gets a checksum that is right.
private func damage(_ region: FuzzedRegion, by input: [UInt8]) {
  var position = 0
  while position + 3 <= input.count {
    let place = Int(input[position]) << 8 | Int(input[position + 1])
    // Every other one is about a header.
    let target = place % 2 == 0 ? place / 2 % 88 + 4096 * (place / 2 / 88 % 2) : place % 24_576
    region.bytes[target] = input[position + 2]
    position += 3
  }
  for slot in [0, 4096] {
    let header = Array(region.bytes[slot..<slot + 96])
    region.bytes.put(UInt64(checksum(header, 0..<88, 0)), at: slot + 88, bytes: 8)
  }
}

private func check(_ region: FuzzedRegion, _ now: Instant) {
  guard let spool = Spool.open(region, size: 24_576, dailyLimit: 1 << 30, salt: 9, now: now) else {
    return
  }
  var sender = newSender()
  var last = spool.next
  var effort = 200_000
  while spool.findNext(&effort) {
    expect(spool.found.place >= last, "records come in order")
    last = spool.found.place
    spool.advance(by: spool.found.size)
  }
  expect(effort > 0, "reading ends")
  spool.turn(&sender, .octetCounting, now: now)
  spool.count(on: 30_000, now: now + .seconds(90_000))
  for number in 100..<260 { put(number, spool, &sender, now) }
  spool.turn(&sender, .octetCounting, now: now)
  expect(spool.used <= 24_576, "the ring is bounded")
  sender.stop()
  _ = spool.keep(sender, .octetCounting, now: now)
  guard let again = Spool.open(region, size: 24_576, dailyLimit: 0, salt: 11, now: now) else {
    fatalError("broken promise: what was closed in order is a ring")
  }
  expect(again.header.isClosed, "and needs no search")
}

private func put(
  _ number: Int, _ spool: Spool<FuzzedRegion>, _ sender: inout TransportSender, _ now: Instant
) {
  let text = [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 200 + number)
  _ = spool.put(
    .info, from: UInt32(number % 2), .octetCounting, header: text.span.extracting(first: 7),
    body: text.span.extracting(droppingFirst: 7), into: &sender, now: now)
}

private func newSender() -> TransportSender {
  TransportSender(
    queueCapacity: 0, backoff: Backoff(minimum: .seconds(1), maximum: .seconds(1)),
    limits: TransportSender.Limits(connect: .seconds(1), handshake: .seconds(1)))
}

private final class FuzzedRegion: SpoolRegion {
  var bytes = [UInt8](repeating: 0, count: 24_576)

  func read(_ target: inout [UInt8], at index: Int, count: Int, from offset: Int) -> Bool {
    guard offset + count <= bytes.count else { return false }
    for place in 0..<count { target[index + place] = bytes[offset + place] }
    return true
  }

  func write(_ span: Span<UInt8>, to offset: Int) -> Bool {
    guard offset + span.count <= bytes.count else { return false }
    for place in span.indices { bytes[offset + place] = span[place] }
    return true
  }
}

private func expect(_ condition: Bool, _ promise: StaticString) {
  if !condition { fatalError("broken promise: \(promise)") }
}
