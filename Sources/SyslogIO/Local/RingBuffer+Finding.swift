internal import CPosix

/// Why a ring that is there is not used, but removed and made anew.
enum RingFlaw: Equatable {
  /// This user has made it or owns it, and is neither root nor us: a ring that was made beforehand
  /// under the known key, to read what root logs, or to change it.
  case foreign(uid_t)
  /// Others than its owner may write to its memory. Whoever has it attached keeps that right when the
  /// mode is changed.
  case writable
  /// It is too small, or cannot be looked at. Nothing to tell anybody.
  case unusable
}

/// Why there is no ring.
enum RingFailure: Error, Equatable {
  case system(Errno)
  /// Another one is in its place, and stays there.
  case notRemoved(Errno)
}

extension RingBuffer.Memory {
  /// Whoever makes rings faster than we remove them keeps us from having one, but not for ever.
  private static var attempts: Int { 10_000 }

  /// Finds memory and semaphores, or makes what is not there. What nobody but root, us and `user` has
  /// made and owns is used; otherwise both are removed, and `found` gets the reason. The followers of
  /// what was removed end, as they do whenever syslogd exits: without the semaphores they would wait
  /// for messages that never come.
  static func find(
    _ bytes: Int, user: uid_t, found: (RingFlaw) -> Void
  ) throws(RingFailure) -> (segment: Int32, semaphores: Int32) {
    for _ in 0..<attempts {
      var segment = shmget(key, 0, 0)
      var semaphores = semget(key, 0, 0)
      if let flaw = flaw(ofSegment: segment, bytes, user) ?? flaw(ofSemaphores: semaphores, user) {
        try remove(segment, semaphores)
        found(flaw)
        continue
      }
      // Not what somebody else has made since.
      if segment < 0 { segment = shmget(key, bytes, IPC_CREAT | IPC_EXCL | 0o644) }
      if segment >= 0, semaphores < 0 { semaphores = semget(key, 2, IPC_CREAT | IPC_EXCL | 0o777) }
      if segment >= 0, semaphores >= 0 { return (segment, semaphores) }
      guard cposix_errno() == EEXIST else { throw .system(.last) }
    }
    throw .system(Errno(code: EEXIST))
  }

  private static func flaw(ofSegment segment: Int32, _ bytes: Int, _ user: uid_t) -> RingFlaw? {
    guard segment >= 0 else { return nil }
    var status = shmid_ds()
    guard unsafe shmctl(segment, IPC_STAT, &status) == 0 else { return .unusable }
    if let flaw = flaw(of: status.shm_perm, user) { return flaw }
    if status.shm_perm.mode & 0o022 != 0 { return .writable }
    return Int(clamping: status.shm_segsz) < bytes ? .unusable : nil
  }

  /// Every reader changes the semaphores, so that their mode says nothing.
  private static func flaw(ofSemaphores set: Int32, _ user: uid_t) -> RingFlaw? {
    guard set >= 0 else { return nil }
    var status = semid_ds()
    guard unsafe cposix_semaphores_status(set, &status) == 0 else { return .unusable }
    if let flaw = flaw(of: status.sem_perm, user) { return flaw }
    return status.sem_nsems < 2 ? .unusable : nil
  }

  /// Both may change the mode and the owner at any time.
  private static func flaw(of rights: ipc_perm, _ user: uid_t) -> RingFlaw? {
    let known: InlineArray<3, uid_t> = [0, geteuid(), user]
    for holder in [rights.cuid, rights.uid]
    where holder != known[0] && holder != known[1] && holder != known[2] {
      return .foreign(holder)
    }
    return nil
  }

  private static func remove(_ segment: Int32, _ semaphores: Int32) throws(RingFailure) {
    // All other failures mean that it is gone.
    guard shmctl(segment, IPC_RMID, nil) == 0 || cposix_errno() != EPERM,
      cposix_semaphores_remove(semaphores) == 0 || cposix_errno() != EPERM
    else { throw .notRemoved(.last) }
  }
}
