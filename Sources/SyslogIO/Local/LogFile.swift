internal import Bytes
internal import CPosix
internal import Features
internal import SyslogCore

/// A local log file, as BusyBox writes it: opened again at most once a second, so that a file
/// that was removed or renamed comes back, put aside when it has grown too large, and the console
/// in its place when it cannot be opened.
///
/// Lines are collected for one turn of the loop and written together; files still end behind the
/// line where BusyBox, which writes each by itself, ends them. What a full disk or a reader that is
/// gone does not accept is counted and lost. It is reported, with the time, when a write works again;
/// so is what only the console has.
public final class LogFile {
  /// BusyBox's `-s` and `-b`.
  public struct Rotation: Sendable {
    /// A file of more bytes than this is put aside before the next line; 0 is never.
    public var limit: Int
    /// How many are kept, `FILE.0` the newest; with 0 the file is removed.
    public var kept: Int

    public init(limit: Int, kept: Int) {
      self.limit = limit
      self.kept = kept
    }

    public static var off: Rotation { Rotation(limit: 0, kept: 0) }
  }

  private static var reopenAfter: Interval { .seconds(1) }
  private static var bufferLimit: Int { 16 * 1024 }
  /// Losses are reported once in this time at most, or a terminal that is only slow would show
  /// little else.
  private static var reportAfter: Interval { .seconds(10) }

  let path: Text
  private let isStandardOutput: Bool
  private let rotation: Rotation
  private let console: Console
  private var file: FileDescriptor?
  private var openedAt: Instant?
  /// Bytes in a file that can be rotated: by `fstat`, and written since.
  private(set) var size: Int64?
  /// The file was not to be moved out of the way.
  private var isImmovable = false
  private var buffer: [UInt8] = []
  /// The last line was written in part.
  private var isCut = false
  /// Standard output, or standard error while there is neither file nor console.
  private var shared: SharedOutput
  /// Bytes that could not be written (disk full, reader gone), ever.
  private(set) var lostBytes: UInt64 = 0
  private var loss: (bytes: UInt64, reason: Errno)?
  private(set) var lost = WithLosses<LossPeriod>()
  /// Why the console has the place of the file.
  private var diversion = WithLosses<Errno>()
  private var isDenied = false
  private var wasDenied = false
  private var isOver = false
  private var overAt: Instant?

  /// `-` is standard output, which is never opened again nor put aside.
  init(path: Text, rotation: Rotation = .off, console: Console = Console()) {
    self.path = path
    self.rotation = rotation
    self.console = console
    isStandardOutput = path == "-"
    shared = SharedOutput(descriptor: path == "-" ? STDOUT_FILENO : STDERR_FILENO)
    buffer.reserveCapacity(LogFile.bufferLimit + 2 * Message.maximumDatagram)
  }

  /// Appends the line that `body` writes; `flush` must follow in the same turn.
  func append(now: Instant, _ body: (inout [UInt8]) -> Void) {
    if buffer.isEmpty { reopen(now: now) }
    if isFull {
      flush(now: now)
      // What could not be written does not count.
      if isFull { rotate(now: now) }
    }
    body(&buffer)
    if buffer.count >= LogFile.bufferLimit { flush(now: now) }
  }

  /// Writes what was appended in this turn.
  func flush(now: Instant) {
    guard !buffer.isEmpty else { return }
    let count = buffer.count
    let written = write()
    if written < count {
      let reason = shared.isStuck ? Errno(code: EAGAIN) : Errno.last
      if written > 0 { isCut = buffer[written - 1] != UInt8(ascii: "\n") }
      lostBytes &+= UInt64(count - written)
      note(from: written, reason)
    } else if let reason = diversion.value {
      note(from: 0, reason)
    } else if loss != nil, !isOver {
      isOver = overAt.map { now.since($0) >= LogFile.reportAfter } ?? true
      if isOver { overAt = now }
    }
    buffer.removeAll(keepingCapacity: true)
  }

  /// The next line opens the file anew.
  func reopen() {
    openedAt = nil
    isImmovable = false
  }

  /// Whether the file could not be opened for lack of permission, which another user than root may
  /// not have: true once for each time that this begins.
  func removeDenial() -> Bool {
    defer { isDenied = false }
    return isDenied
  }

  /// What was lost since the last call, and why at first; nil until writing works again.
  func removeLoss() -> Sentence? {
    guard isOver, let (bytes, reason) = loss else { return nil }
    defer { (loss, lost.value, isOver) = (nil, nil, false) }
    return .notWritten(bytes: bytes, lost.value, to: path, reason)
  }

  /// The file does not have what begins at this place of the buffer.
  private func note(from start: Int, _ reason: Errno) {
    loss = (
      (loss?.bytes ?? 0) &+ UInt64(buffer.count - start), loss?.reason ?? reason
    )
    guard Feature.losses.isBuilt else { return }
    var lines: UInt64 = 0
    for index in start..<buffer.count where buffer[index] == UInt8(ascii: "\n") { lines &+= 1 }
    lost.add(lines, at: SystemClock.seconds)
  }
}

// MARK: Opening

extension LogFile {
  private func reopen(now: Instant) {
    if isStandardOutput { return }
    if let openedAt, now.since(openedAt) < LogFile.reopenAfter { return }
    openedAt = now
    do throws(Errno) {
      file = try FileDescriptor.open(path, O_WRONLY | O_CREAT | O_NOCTTY | O_APPEND | O_NONBLOCK)
      measure()
      wasDenied = false
      diversion.value = nil
    } catch {
      if error.code == EACCES, !wasDenied { (isDenied, wasDenied) = (true, true) }
      // Without a free descriptor the file that is open is better than none.
      guard file == nil || (error.code != EMFILE && error.code != ENFILE) else { return }
      // As BusyBox: the console, and standard error where there is none.
      file = console.open()
      size = nil
      diversion.value = error
    }
  }

  private func measure() {
    var status = stat()
    let isRegular =
      unsafe fstat(file?.rawValue ?? -1, &status) == 0
      && status.st_mode & CPOSIX_S_IFMT == CPOSIX_S_IFREG
    // Of 64 bits also where Int has 32.
    size = isRegular ? Int64(status.st_size) : nil
    guard let size else { return }
    // Another file than the one with half a line at its end.
    if size == 0 { isCut = false }
    if size <= rotation.limit { isImmovable = false }
  }
}

// MARK: Putting aside

extension LogFile {
  /// BusyBox compares before a line and not behind it: a file exceeds its limit by one line.
  private var isFull: Bool {
    guard let size, rotation.limit > 0, !isImmovable else { return false }
    return size &+ Int64(buffer.count) > rotation.limit
  }

  /// What cannot be renamed is left: as in BusyBox, mostly there is no such file yet.
  private func rotate(now: Instant) {
    if rotation.kept > 0 {
      var number = rotation.kept - 1
      var newest = name(number)
      while number > 0 {
        number -= 1
        let newer = name(number)
        _ = renameFile(newer, to: newest)
        newest = newer
      }
      _ = renameFile(path, to: newest)
    }
    // Nothing is kept, or both names are the same file, which `rename` leaves as it is.
    _ = removeFile(path)
    // Its descriptor is the one that the new file is sure to get.
    file = nil
    openedAt = nil
    reopen(now: now)
    // BusyBox tries for ever. Trying again later would shift what is kept off its end.
    isImmovable = (size ?? 0) > rotation.limit
  }

  private func name(_ number: Int) -> Text { "\(path).\(number)" }
}

// MARK: Writing

extension LogFile {
  /// Returns how many bytes of the buffer were written.
  private func write() -> Int {
    if isCut {
      // The rest of that line is lost, this one is not to be glued to it.
      let end: InlineArray<1, UInt8> = [UInt8(ascii: "\n")]
      guard write(end.span) == 1 else { return 0 }
      isCut = false
    }
    let lines = buffer
    return write(lines.span)
  }

  private func write(_ bytes: Span<UInt8>) -> Int {
    let written =
      if let descriptor = file?.rawValue {
        writeFully(bytes, to: descriptor)
      } else {
        shared.write(bytes)
      }
    if let size { self.size = size &+ Int64(written) }
    return written
  }
}
