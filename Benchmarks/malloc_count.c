/* Counts heap allocations of the program it is preloaded into (LD_PRELOAD), and appends a line to
 * the file named by MALLOC_COUNT at SIGUSR2 and at exit: the count without the TLS library's own
 * allocations, then all. They are told apart by the caller's address, because OpenSSL 3.0
 * allocates about five times per record whatever its caller does.
 *
 * The signal handler only uses calls that are safe in one. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* glibc's own, so that nothing has to be looked up before the first allocation. */
extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

enum { LIBRARIES = 32 };

static struct { uintptr_t start, end; } libraries[LIBRARIES];
static int library_count;
static unsigned long own_allocations, all_allocations;
static char path[4096];

static void count(const void *caller) {
  __atomic_fetch_add(&all_allocations, 1, __ATOMIC_RELAXED);
  for (int index = 0; index < library_count; index++) {
    if ((uintptr_t)caller >= libraries[index].start && (uintptr_t)caller < libraries[index].end) {
      return;
    }
  }
  __atomic_fetch_add(&own_allocations, 1, __ATOMIC_RELAXED);
}

#define COUNTED(allocation) (count(__builtin_return_address(0)), allocation)

void *malloc(size_t size) { return COUNTED(__libc_malloc(size)); }
void *calloc(size_t items, size_t size) { return COUNTED(__libc_calloc(items, size)); }
void *realloc(void *memory, size_t size) { return COUNTED(__libc_realloc(memory, size)); }
void *memalign(size_t alignment, size_t size) { return COUNTED(__libc_memalign(alignment, size)); }
void *aligned_alloc(size_t alignment, size_t size) {
  return COUNTED(__libc_memalign(alignment, size));
}
int posix_memalign(void **memory, size_t alignment, size_t size) {
  *memory = COUNTED(__libc_memalign(alignment, size));
  return *memory ? 0 : ENOMEM;
}

static char *digits(char *end, unsigned long number) {
  do {
    *--end = '0' + number % 10;
    number /= 10;
  } while (number > 0);
  return end;
}

static void report(void) {
  char text[48], *start = text + sizeof text;
  *--start = '\n';
  start = digits(start, __atomic_load_n(&all_allocations, __ATOMIC_RELAXED));
  *--start = ' ';
  start = digits(start, __atomic_load_n(&own_allocations, __ATOMIC_RELAXED));
  int descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (descriptor >= 0) {
    ssize_t ignored = write(descriptor, start, text + sizeof text - start);
    (void)ignored;
    close(descriptor);
  }
}

static int note_library(struct dl_phdr_info *object, size_t size, void *argument) {
  static const char *const names[] = {"libssl", "libcrypto", "libgnutls", "libnettle", "libhogweed",
                                      "libgmp", "libmbedtls", "libmbedx509", "libmbedcrypto"};
  (void)size, (void)argument;
  for (size_t name = 0; name < sizeof names / sizeof *names; name++) {
    if (!object->dlpi_name || !strstr(object->dlpi_name, names[name])) {
      continue;
    }
    for (int segment = 0; segment < object->dlpi_phnum && library_count < LIBRARIES; segment++) {
      const ElfW(Phdr) *header = &object->dlpi_phdr[segment];
      if (header->p_type == PT_LOAD && (header->p_flags & PF_X)) {
        libraries[library_count].start = object->dlpi_addr + header->p_vaddr;
        libraries[library_count].end = object->dlpi_addr + header->p_vaddr + header->p_memsz;
        library_count++;
      }
    }
  }
  return 0;
}

static void on_signal(int signal) {
  int saved = errno;
  (void)signal;
  report();
  errno = saved;
}

__attribute__((constructor)) static void start(void) {
  const char *name = getenv("MALLOC_COUNT");
  if (!name || strlen(name) >= sizeof path) {
    return;
  }
  strcpy(path, name);
  dl_iterate_phdr(note_library, NULL);
  struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
  sigaction(SIGUSR2, &action, NULL);
  atexit(report);
}
