/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the file asks of the system, read from its symbols without loading it.
 * This cannot see through a library that the plugin uses; the fences of
 * tocsin-worker are what holds, this is what tells the author early.
 */
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "kit/check/check.h"

static const struct {
	const char	*names;			/* "|a|b|" */
	bool		 notifier;		/* one may */
	const char	*why, *advice;
} never[] = {
	{ "|printf|__printf_chk|puts|putchar|perror|stdout|stderr|vprintf|__vprintf_chk|", false,
	    "prints", "say it with the host's log, or in a reject" },
	{ "|exit|_exit|_Exit|quick_exit|atexit|", false, "ends the process",
	    "return TCS_EINPUT or TCS_EPLUGIN" },
	{ "|time|clock_gettime|gettimeofday|clock|ftime|", true, "asks for the time",
	    "the same bytes must give the same rows on any day; the host adds when it came" },
	{ "|rand|random|rand_r|lrand48|drand48|arc4random|getrandom|getentropy|", true, "draws random "
	    "numbers",
	    "the same bytes must give the same rows" },
	{ "|open|open64|openat|fopen|fopen64|creat|opendir|mkdir|unlink|rename|", true, "opens files",
	    "its bytes come by feed; a stage's data by an option of type DATA" },
	{ "|socket|connect|getaddrinfo|gethostbyname|", true, "uses the network",
	    "only a notifier may; fetching is the host's" },
	{ "|fork|vfork|clone|execve|execv|execl|execvp|execlp|system|popen|posix_spawn|posix_spawnp|"
	    "pthread_create|thrd_create|", false, "starts a process or thread", "do the work in the call" },
	{ "|signal|sigaction|raise|kill|alarm|setitimer|", false, "takes or sends signals", "leave them "
	    "alone" },
	{ "|setlocale|chdir|putenv|setenv|umask|", false, "changes the whole process", "leave that to the "
	    "host" },
};

static bool
try_symbol(struct check *c, const char *name, uint32_t kind)
{
	char key[128], why[300];
	size_t i;

	snprintf(key, sizeof key, "|%.100s|", name);
	for (i = 0; i < sizeof never / sizeof *never; i++)
		if (strstr(never[i].names, key) != NULL && !(never[i].notifier && kind == TCS_NOTIFIER)) {
			snprintf(why, sizeof why, "%s (it calls %.60s)", never[i].why, name);
			said(c, "what it calls", why, never[i].advice);
			return false;
		}
	return true;
}

static bool
try_export(struct check *c, const ElfW(Sym) *s, const char *name)
{
	char why[300];

	if (s->st_shndx == SHN_UNDEF || s->st_shndx >= SHN_LORESERVE || (s->st_info >> 4) != STB_GLOBAL ||
	    strcmp(name, "tocsin_plugin_v1") == 0 || name[0] == '_')
		return true;
	snprintf(why, sizeof why, "exports %.80s", name);
	said(c, "what it calls", why, "export tocsin_plugin_v1 alone: build it with -fvisibility=hidden");
	return false;
}

static bool
try_table(struct check *c, const char *file, size_t n, const ElfW(Shdr) *sh, const ElfW(Shdr) *str,
    uint32_t kind)
{
	const ElfW(Sym) *s = (const void *)(file + sh->sh_offset);
	size_t i, count = sh->sh_size / sizeof *s;

	if (sh->sh_offset + sh->sh_size > n || str->sh_offset + str->sh_size > n || str->sh_size == 0 ||
	    file[str->sh_offset + str->sh_size - 1] != '\0')
		return true;
	for (i = 1; i < count; i++) {
		const char *name = file + str->sh_offset + s[i].st_name;

		if (s[i].st_name >= str->sh_size)
			continue;
		if ((s[i].st_shndx == SHN_UNDEF && !try_symbol(c, name, kind)) || !try_export(c, &s[i], name))
			return false;
	}
	return true;
}

static bool
try_sections(struct check *c, const char *file, size_t n, uint32_t kind)
{
	const ElfW(Ehdr) *h = (const void *)file;
	const ElfW(Shdr) *sh = (const void *)(file + h->e_shoff);
	unsigned i;

	if (h->e_shoff + (uint64_t)h->e_shnum * sizeof *sh > n)
		return true;
	for (i = 0; i < h->e_shnum; i++)
		if (sh[i].sh_type == SHT_DYNSYM && sh[i].sh_link < h->e_shnum &&
		    !try_table(c, file, n, &sh[i], &sh[sh[i].sh_link], kind))
			return false;
	return true;
}

void
elf_symbols(struct check *c, uint32_t kind)
{
	int fd = open(c->so, O_RDONLY | O_CLOEXEC);
	struct stat st;
	char *file;

	if (fd < 0 || fstat(fd, &st) < 0 || (size_t)st.st_size < sizeof(ElfW(Ehdr)))
		return;
	file = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (file == MAP_FAILED)
		return;
	if (try_sections(c, file, (size_t)st.st_size, kind))
		said(c, "what it calls", NULL, NULL);
	munmap(file, (size_t)st.st_size);
}
