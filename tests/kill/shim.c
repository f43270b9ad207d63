/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preloaded into tocsin and its workers by tests/kill/kill.py: counts what
 * changes a disk (writes, syncs, renames, links), and at the number that
 * KILL_AT names kills the whole process group, before or - with KILL_AFTER -
 * after the call.  The count lies in a file that all processes map (KILL_COUNT),
 * so that the points are those of the tree, not of one process.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static _Atomic long *count;
static long at;
static int after;

__attribute__((constructor)) static void
shim_open(void)
{
	const char *path = getenv("KILL_COUNT"), *n = getenv("KILL_AT");
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;

	if (fd < 0)
		return;
	count = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (count == MAP_FAILED)
		count = NULL;
	close(fd);
	at = n ? strtol(n, NULL, 10) : 0;
	after = getenv("KILL_AFTER") != NULL;
}

/* One point; true when it is the one, and the call is to be made first. */
static int
point(void)
{
	if (count == NULL || atomic_fetch_add(count, 1) + 1 != at)
		return 0;
	if (!after)
		kill(0, SIGKILL);
	return 1;
}

/* Files only: a pipe or a socket is no disk. */
static int
is_file(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

#define REAL(name) static __typeof__(&name) real; if (real == NULL) *(void **)&real = dlsym(RTLD_NEXT, #name)
#define POINT(call) do { int hit = point(); __typeof__(call) r = (call); if (hit) kill(0, SIGKILL); \
	return r; } while (0)

ssize_t
write(int fd, const void *p, size_t n)
{
	REAL(write);
	if (!is_file(fd))
		return real(fd, p, n);
	POINT(real(fd, p, n));
}

ssize_t
pwrite(int fd, const void *p, size_t n, off_t off)
{
	REAL(pwrite);
	POINT(real(fd, p, n, off));
}

ssize_t
pwrite64(int fd, const void *p, size_t n, off_t off)
{
	REAL(pwrite64);
	POINT(real(fd, p, n, off));
}

int
fsync(int fd)
{
	REAL(fsync);
	POINT(real(fd));
}

int
fdatasync(int fd)
{
	REAL(fdatasync);
	POINT(real(fd));
}

int
rename(const char *from, const char *to)
{
	REAL(rename);
	POINT(real(from, to));
}

int
renameat(int a, const char *from, int b, const char *to)
{
	REAL(renameat);
	POINT(real(a, from, b, to));
}

int
link(const char *from, const char *to)
{
	REAL(link);
	POINT(real(from, to));
}

int
linkat(int a, const char *from, int b, const char *to, int flags)
{
	REAL(linkat);
	POINT(real(a, from, b, to, flags));
}
