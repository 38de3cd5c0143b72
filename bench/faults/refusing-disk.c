// A disk that refuses: preloaded (LD_PRELOAD) into kshot and all that it starts, it makes the system's calls on files
// below one folder fail, or be slow. Calls are counted over all processes in a file that they share.
//
//   KSHOT_FAULT_UNDER   the folder, as /proc shows it
//   KSHOT_FAULT_COUNTER a file of 8 bytes
//   KSHOT_FAULT_CALLS   which calls: any of open,create,read,write,sync,rename,link,mkdir,truncate,remove
//   KSHOT_FAULT_ERROR   errno as a number; 0 refuses nothing
//   KSHOT_FAULT_FIRST   the first counted call that is refused, from 1
//   KSHOT_FAULT_LAST    the last; 0 for all that follow
//   KSHOT_FAULT_DELAY   milliseconds that every sync takes longer
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static const char *under, *calls;
static long first, last, failing, delay;
static atomic_long *counter;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static long number(const char *name) {
  const char *text = getenv(name);
  return text == NULL ? 0 : atol(text);
}

static void prepare(void) {
  under = getenv("KSHOT_FAULT_UNDER");
  calls = getenv("KSHOT_FAULT_CALLS");
  const char *file = getenv("KSHOT_FAULT_COUNTER");
  first = number("KSHOT_FAULT_FIRST");
  last = number("KSHOT_FAULT_LAST");
  failing = number("KSHOT_FAULT_ERROR");
  delay = number("KSHOT_FAULT_DELAY");
  if (under == NULL || calls == NULL || file == NULL) return;
  int descriptor = syscall(SYS_openat, AT_FDCWD, file, O_RDWR | O_CLOEXEC);
  if (descriptor < 0) return;
  void *shared = mmap(NULL, 8, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  syscall(SYS_close, descriptor);
  if (shared != MAP_FAILED) counter = shared;
}

static int refused_at(const char *call, const char *path) {
  pthread_once(&once, prepare);
  if (counter == NULL || path == NULL || strncmp(path, under, strlen(under)) != 0) return 0;
  if (delay > 0 && strcmp(call, "sync") == 0) usleep(delay * 1000);
  if (strstr(calls, call) == NULL) return 0;
  long count = atomic_fetch_add(counter, 1) + 1;
  if (failing == 0 || count < first || (last != 0 && count > last)) return 0;
  const char *told = getenv("KSHOT_FAULT_TOLD");
  if (told != NULL) {
    char line[PATH_MAX + 100];
    int length = snprintf(line, sizeof line, "%ld %s %s\n", count, call, path);
    int descriptor = syscall(SYS_openat, AT_FDCWD, told, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor >= 0) {
      syscall(SYS_write, descriptor, line, length);
      syscall(SYS_close, descriptor);
    }
  }
  errno = failing;
  return 1;
}

static int refused(const char *call, int descriptor) {
  char name[64], path[PATH_MAX];
  snprintf(name, sizeof name, "/proc/self/fd/%d", descriptor);
  int before = errno;
  ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, name, path, sizeof path - 1);
  errno = before;
  if (length <= 0 || path[0] != '/') return 0;
  path[length] = 0;
  return refused_at(call, path);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define OPEN(name)                                                              \
  int name(const char *path, int flags, ...) {                                  \
    va_list list;                                                               \
    va_start(list, flags);                                                      \
    mode_t mode = va_arg(list, mode_t);                                         \
    va_end(list);                                                               \
    const char *call = (flags & (O_CREAT | O_WRONLY | O_RDWR)) ? "create" : "open"; \
    if (refused_at(call, path)) return -1;                                      \
    return REAL(name)(path, flags, mode);                                       \
  }
OPEN(open)
OPEN(open64)

// Half of what was to be written arrives, as on a disk that becomes full.
#define WRITE(name, offset_type)                                                       \
  ssize_t name(int file, const void *data, size_t size, offset_type offset) {          \
    if (refused("write", file)) {                                                      \
      int code = errno;                                                                \
      if (code != EIO && size > 1) REAL(name)(file, data, size / 2, offset);           \
      errno = code;                                                                    \
      return -1;                                                                       \
    }                                                                                  \
    return REAL(name)(file, data, size, offset);                                       \
  }
WRITE(pwrite, off_t)
WRITE(pwrite64, off64_t)

ssize_t write(int file, const void *data, size_t size) {
  if (refused("write", file)) {
    int code = errno;
    if (code != EIO && size > 1) REAL(write)(file, data, size / 2);
    errno = code;
    return -1;
  }
  return REAL(write)(file, data, size);
}

ssize_t writev(int file, const struct iovec *parts, int count) {
  if (refused("write", file)) return -1;
  return REAL(writev)(file, parts, count);
}

ssize_t read(int file, void *data, size_t size) {
  if (refused("read", file)) return -1;
  return REAL(read)(file, data, size);
}

ssize_t pread(int file, void *data, size_t size, off_t offset) {
  if (refused("read", file)) return -1;
  return REAL(pread)(file, data, size, offset);
}

ssize_t pread64(int file, void *data, size_t size, off64_t offset) {
  if (refused("read", file)) return -1;
  return REAL(pread64)(file, data, size, offset);
}

int fsync(int file) { return refused("sync", file) ? -1 : REAL(fsync)(file); }
int fdatasync(int file) { return refused("sync", file) ? -1 : REAL(fdatasync)(file); }
int ftruncate(int file, off_t size) { return refused("truncate", file) ? -1 : REAL(ftruncate)(file, size); }
int ftruncate64(int file, off64_t size) { return refused("truncate", file) ? -1 : REAL(ftruncate64)(file, size); }
int rename(const char *from, const char *to) { return refused_at("rename", to) ? -1 : REAL(rename)(from, to); }
int symlink(const char *target, const char *path) { return refused_at("link", path) ? -1 : REAL(symlink)(target, path); }
int mkdir(const char *path, mode_t mode) { return refused_at("mkdir", path) ? -1 : REAL(mkdir)(path, mode); }
int unlink(const char *path) { return refused_at("remove", path) ? -1 : REAL(unlink)(path); }
int rmdir(const char *path) { return refused_at("remove", path) ? -1 : REAL(rmdir)(path); }

ssize_t copy_file_range(int from, off64_t *at, int to, off64_t *there, size_t size, unsigned flags) {
  if (refused("write", to)) return -1;
  return REAL(copy_file_range)(from, at, to, there, size, flags);
}

ssize_t sendfile(int to, int from, off_t *offset, size_t size) {
  if (refused("write", to)) return -1;
  ssize_t (*real)(int, int, off_t *, size_t) = dlsym(RTLD_NEXT, "sendfile");
  return real(to, from, offset, size);
}
