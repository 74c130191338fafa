internal import CPosix

extension RingBuffer {
  /// The shared memory and the two semaphores that BusyBox's `logread` knows by their key.
  ///
  /// The memory is `{ int32 size; int32 tail; char data[size]; char nul; }`. Messages end with a
  /// NUL and may go on at the beginning; `tail` is where the next one goes. Semaphore 0 counts who
  /// reads, semaphore 1 who writes. Whoever may write there, may write anything: nothing of it is
  /// read back.
  @safe struct Memory: ~Copyable {
    static var key: key_t { 0x414e_4547 }
    private static var headerSize: Int { 8 }
    private static var readers: UInt16 { 0 }
    private static var writer: UInt16 { 1 }

    private let segment: Int32
    private let semaphores: Int32
    private let base: UnsafeMutableRawPointer
    /// Bytes for messages.
    let size: Int
    private(set) var tail = 0

    /// Makes the ring, or reuses that of a daemon that was killed, and empties it. `user` is somebody
    /// besides root and us who may have made it.
    init(bytes: Int, user: uid_t, found: (RingFlaw) -> Void) throws(RingFailure) {
      let parts = try Memory.find(bytes, user: user, found: found)
      guard let start = unsafe shmat(parts.segment, nil, 0), Int(bitPattern: start) != -1
      else { throw .system(.last) }
      (segment, semaphores) = parts
      unsafe base = start
      size = bytes - Memory.headerSize - 1
      // A writer that was killed did not free it, and BusyBox would wait for it for ever.
      // Semaphore 0 belongs to the readers, whose ends the kernel takes care of.
      cposix_semaphore_clear(semaphores, Int32(Memory.writer))
      let isLocked = lock(beside: 0)
      // The size is never 0 in between, which would lead a reader out of the memory.
      publish()
      unsafe memset(base + Memory.headerSize, 0, size + 1)
      if isLocked { unlock() }
    }

    deinit {
      unsafe shmdt(base)
    }

    /// Removes the ring from the system; readers that have it keep the memory until they end.
    func remove() {
      shmctl(segment, IPC_RMID, nil)
      cposix_semaphores_remove(semaphores)
    }

    /// Makes a user its owner, who may remove it. After a failure it only stays behind at exit.
    func setOwner(_ user: UInt32) {
      _ = cposix_ring_give(segment, semaphores, user)
    }
  }
}

// MARK: Semaphores

extension RingBuffer.Memory {
  /// Reads that are going on.
  var readerCount: Int16 {
    Int16(clamping: max(0, cposix_semaphore_value(semaphores, Int32(RingBuffer.Memory.readers))))
  }

  /// Locks out new readers, if exactly so many are reading and nobody is writing. Never waits: false
  /// with `EAGAIN` when it would have to.
  ///
  /// The kernel gives the semaphore back when this process is killed in between.
  func lock(beside readers: Int16) -> Bool {
    let now = Int16(IPC_NOWAIT)
    var operations: InlineArray<5, sembuf> = [
      // Not fewer than these, no more than these, and all is as it was. With none, three times
      // the same question.
      sembuf(sem_num: RingBuffer.Memory.readers, sem_op: -readers, sem_flg: now),
      sembuf(sem_num: RingBuffer.Memory.readers, sem_op: 0, sem_flg: now),
      sembuf(sem_num: RingBuffer.Memory.readers, sem_op: readers, sem_flg: now),
      sembuf(sem_num: RingBuffer.Memory.writer, sem_op: 0, sem_flg: now),
      sembuf(sem_num: RingBuffer.Memory.writer, sem_op: 1, sem_flg: now | Int16(SEM_UNDO)),
    ]
    return unsafe withUnsafeMutableBytes(of: &operations) { list in
      let first = unsafe list.baseAddress?.assumingMemoryBound(to: sembuf.self)
      return unsafe semop(semaphores, first, 5) == 0
    }
  }

  func unlock() {
    var operation = sembuf(
      sem_num: RingBuffer.Memory.writer, sem_op: -1, sem_flg: Int16(IPC_NOWAIT | SEM_UNDO))
    _ = unsafe semop(semaphores, &operation, 1)
  }

  /// Removes a writer's lock: whoever holds it for so long is not writing.
  func dismissWriter() {
    cposix_semaphore_clear(semaphores, Int32(RingBuffer.Memory.writer))
  }
}

// MARK: Data

extension RingBuffer.Memory {
  /// Writes messages, each with its NUL, as BusyBox writes them one by one.
  ///
  /// The byte at `fence` becomes a NUL whatever is written over it: a reader that stopped in the
  /// middle goes from NUL to NUL until it stands exactly behind that byte, and would go round for
  /// ever if there were none any more. `logread` drops NULs, so it shows nobody.
  mutating func write(_ messages: Span<UInt8>, fence: Int?) {
    var rest = messages
    while !rest.isEmpty {
      var end = size
      if let fence, fence >= tail { end = min(end, fence) }
      let count = min(rest.count, end - tail)
      unsafe rest.withUnsafeBytes { bytes in
        guard let start = bytes.baseAddress else { return }
        unsafe memcpy(base + RingBuffer.Memory.headerSize + tail, start, count)
      }
      rest = rest.extracting(droppingFirst: count)
      tail += count
      if tail == fence {
        unsafe base.storeBytes(
          of: 0, toByteOffset: RingBuffer.Memory.headerSize + tail, as: UInt8.self)
        tail += 1
      }
      if tail == size { tail = 0 }
    }
    publish()
  }

  private func publish() {
    unsafe base.storeBytes(of: Int32(clamping: size), as: Int32.self)
    unsafe base.storeBytes(of: Int32(clamping: tail), toByteOffset: 4, as: Int32.self)
  }
}
