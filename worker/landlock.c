/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See landlock.h.  The system calls by hand: there is no library for three of
 * them, and the header of a stable system knows fewer rights than its kernel.
 * Each right is asked for only where the kernel's version has it, so that an
 * older one gives less protection and not an error.
 */
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "landlock.h"

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset	444
#define SYS_landlock_add_rule		445
#define SYS_landlock_restrict_self	446
#endif

/* Rights on files, by the version of Landlock that brought them. */
#define EXECUTE		(UINT64_C(1) << 0)
#define WRITE_FILE	(UINT64_C(1) << 1)
#define READ_FILE	(UINT64_C(1) << 2)
#define READ_DIR	(UINT64_C(1) << 3)
#define ALL_1		((UINT64_C(1) << 13) - 1)
#define REFER		(UINT64_C(1) << 13)	/* 2 */
#define TRUNCATE	(UINT64_C(1) << 14)	/* 3 */
#define IOCTL_DEV	(UINT64_C(1) << 15)	/* 5 */
#define FILE_RIGHTS	(EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV)
#define TCP_BOTH	UINT64_C(3)		/* 4: bind, connect */
#define SCOPE_BOTH	UINT64_C(3)		/* 6: abstract sockets, signals */

struct ruleset {
	uint64_t	 fs, net, scoped;
};

struct __attribute__((packed)) beneath {
	uint64_t	 allowed;
	int32_t		 fd;
};

int
landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, 1u);

	return abi > 0 ? (int)abi : 0;
}

static uint64_t
rights(int abi)
{
	return ALL_1 | (abi >= 2 ? REFER : 0) | (abi >= 3 ? TRUNCATE : 0) | (abi >= 5 ? IOCTL_DEV : 0);
}

static bool
allow(int ruleset, const struct open_path *p, uint64_t handled)
{
	struct beneath b = { p->write ? handled : (EXECUTE | READ_FILE | READ_DIR) & handled, -1 };
	struct stat st;
	bool fine;

	if ((b.fd = open(p->path, O_PATH | O_CLOEXEC)) < 0)
		return true;
	if (fstat(b.fd, &st) == 0 && !S_ISDIR(st.st_mode))
		b.allowed &= FILE_RIGHTS;
	fine = syscall(SYS_landlock_add_rule, ruleset, 1, &b, 0u) == 0;
	close(b.fd);
	return fine;
}

bool
landlock_fence(const struct open_path *p, size_t n, bool tcp)
{
	int abi = landlock_abi(), fd;
	struct ruleset r = { rights(abi), abi >= 4 && !tcp ? TCP_BOTH : 0, abi >= 6 ? SCOPE_BOTH : 0 };
	size_t size = abi >= 6 ? sizeof r : abi >= 4 ? 2 * sizeof(uint64_t) : sizeof(uint64_t), i;
	bool fine;

	if (abi == 0 || (fd = (int)syscall(SYS_landlock_create_ruleset, &r, size, 0u)) < 0)
		return false;
	for (fine = true, i = 0; fine && i < n; i++)
		fine = allow(fd, &p[i], r.fs);
	fine = fine && syscall(SYS_landlock_restrict_self, fd, 0u) == 0;
	close(fd);
	return fine;
}
