#include "CPosix.h"

#include <errno.h>
#include <sys/socket.h>

ssize_t cposix_stream_send(struct cposix_stream *stream, const void *bytes, size_t count) {
  ssize_t sent;
  do {
    sent = send(stream->fd, bytes, count, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  if (sent >= 0)
    stream->sent += (uint64_t)sent;
  else if (errno != EAGAIN && errno != EWOULDBLOCK && stream->failure == 0)
    stream->failure = errno;
  return sent;
}

ssize_t cposix_stream_receive(struct cposix_stream *stream, void *bytes, size_t count) {
  ssize_t received;
  if (stream->turn <= 0) {
    stream->idle = 1;
    errno = EAGAIN;
    return -1;
  }
  do {
    received = recv(stream->fd, bytes, count, 0);
  } while (received < 0 && errno == EINTR);
  stream->turn -= received > 4096 ? received : 4096;
  stream->idle = received <= 0;
  if (received <= 0)
    stream->turn = 0;
  if (received > 0)
    stream->received += (uint64_t)received;
  else if (received == 0 && count > 0)
    stream->ended = 1;
  else if (received < 0 && errno != EAGAIN && errno != EWOULDBLOCK && stream->failure == 0)
    stream->failure = errno;
  return received;
}

int cposix_start_thread(size_t stack, void *(*body)(void *), void *argument) {
  pthread_attr_t attributes;
  pthread_t thread;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stack);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  const int code = pthread_create(&thread, &attributes, body, argument);
  pthread_attr_destroy(&attributes);
  return code;
}

int cposix_ring_give(int segment, int semaphores, uid_t user) {
  struct shmid_ds memory;
  struct semid_ds locks;
  union { int val; struct semid_ds *buffer; } argument = { .buffer = &locks };
  if (shmctl(segment, IPC_STAT, &memory) != 0 || semctl(semaphores, 0, IPC_STAT, argument) != 0)
    return -1;
  memory.shm_perm.uid = user;
  locks.sem_perm.uid = user;
  return shmctl(segment, IPC_SET, &memory) | semctl(semaphores, 0, IPC_SET, argument);
}
