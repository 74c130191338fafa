import Foundation

/// A system clock of a test's own, for one program or several, which can be set while they run.
///
/// A library in front of libc stands in for the kernel: time namespaces leave CLOCK_REALTIME alone,
/// and libfaketime knows nothing of adjtimex(2), which says whether NTP has arrived. Files are
/// still stamped by the kernel's real clock.
final class TestClock {
  /// What the kernel knows of the clock.
  enum Discipline: Int64 {
    case free = 0
    case synchronized = 1
  }

  private let library: String
  private let state: String
  /// What the monotonic clock is ahead by.
  private var run: Int64 = 0

  init(in workspace: Workspace, name: String = "clock") throws {
    library = workspace.file("\(name).so")
    state = workspace.file(name)
    let source = try workspace.write(TestClock.source, to: "\(name).c")
    let compiler = try Child(
      ["cc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", library, source],
      in: workspace, name: "cc")
    guard try compiler.wait(within: 60) == .exit(0) else { throw Failure(compiler.everything) }
    try write(offset: 0, .free)
  }

  /// What a command begins with that is to have this clock.
  var wrapper: [String] { ["env", "LD_PRELOAD=\(library)", "TEST_CLOCK=\(state)"] }

  /// Sets the clock to so many seconds after 1970.
  func set(to seconds: Int, _ discipline: Discipline) throws {
    try write(offset: Int64(seconds) - Int64(Glibc.time(nil)), discipline)
  }

  /// What ntpd does in the end.
  func setRight() throws { try write(offset: 0, .synchronized) }

  /// Right, by `seconds` ahead.
  func advance(by seconds: Int) throws { try write(offset: Int64(seconds), .synchronized) }

  /// Right, as if the programs had run for `seconds` more than they have.
  func run(for seconds: Int) throws {
    run = Int64(seconds)
    try advance(by: seconds)
  }

  /// In place: the programs have the file in their memory.
  private func write(offset: Int64, _ discipline: Discipline) throws {
    let descriptor = open(state, O_WRONLY | O_CREAT, 0o644)
    defer { close(descriptor) }
    let words = [offset, discipline.rawValue, run]
    guard words.withUnsafeBytes({ pwrite(descriptor, $0.baseAddress, $0.count, 0) }) == 24 else {
      throw Failure("\(state): \(LibC.lastError)")
    }
  }

  private static let source = #"""
    #define _GNU_SOURCE
    #include <fcntl.h>
    #include <stdint.h>
    #include <stdlib.h>
    #include <sys/mman.h>
    #include <sys/syscall.h>
    #include <sys/time.h>
    #include <sys/timex.h>
    #include <time.h>
    #include <unistd.h>

    // Seconds to add, whether the clock is synchronised, and seconds to add to the monotonic clock.
    static const volatile int64_t *state;

    __attribute__((constructor)) static void begin(void) {
      const char *path = getenv("TEST_CLOCK");
      int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
      void *memory = fd < 0 ? MAP_FAILED : mmap(0, 24, PROT_READ, MAP_SHARED, fd, 0);
      if (memory == MAP_FAILED) abort();
      state = memory;
      close(fd);
    }

    int clock_gettime(clockid_t clock, struct timespec *time) {
      int result = (int)syscall(SYS_clock_gettime, clock, time);
      if (result == 0 && state && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        time->tv_sec += state[0];
      if (result == 0 && state && clock == CLOCK_MONOTONIC)
        time->tv_sec += state[2];
      return result;
    }

    time_t time(time_t *place) {
      struct timespec now;
      clock_gettime(CLOCK_REALTIME, &now);
      if (place) *place = now.tv_sec;
      return now.tv_sec;
    }

    int gettimeofday(struct timeval *restrict place, void *restrict zone) {
      struct timespec now;
      (void)zone;
      clock_gettime(CLOCK_REALTIME, &now);
      place->tv_sec = now.tv_sec;
      place->tv_usec = now.tv_nsec / 1000;
      return 0;
    }

    int adjtimex(struct timex *answer) {
      syscall(SYS_adjtimex, answer);
      answer->status = state && state[1] ? answer->status & ~STA_UNSYNC : answer->status | STA_UNSYNC;
      return state && state[1] ? TIME_OK : TIME_ERROR;
    }
    """#
}
