// libc for Swift without a Glibc module: headers, macros made functions, and the two functions
// through which every TLS library's bytes cross (stream_send, stream_receive).
#pragma once

#include <stdint.h>
#include <sys/types.h>

/// One end of a connected stream socket, as the transport callbacks of a TLS library see it.
///
/// It lives in memory of its own, owned by the session, because the libraries keep its address.
struct cposix_stream {
  int fd;
  /// errno of the first send or recv that failed for good, 0 while none has.
  int failure;
  /// Whether the peer's end of stream has been read.
  int ended;
  /// Bytes of ciphertext that the kernel has taken and given.
  uint64_t sent;
  uint64_t received;
};

/// send(2) with MSG_NOSIGNAL, repeated on EINTR.
/// Returns the count sent, or -1 with errno; EAGAIN means that the socket is full.
ssize_t cposix_stream_send(struct cposix_stream *stream, const void *bytes, size_t count);

/// recv(2), repeated on EINTR.
/// Returns the count read, 0 at the end of the stream, or -1 with errno; EAGAIN means nothing yet.
ssize_t cposix_stream_receive(struct cposix_stream *stream, void *bytes, size_t count);
