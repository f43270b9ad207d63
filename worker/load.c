/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loading a plugin's .so.  What can be told without running any of it is told
 * first (who may change it, is it an object for this machine, does it ask for
 * what it may not), then it is loaded with all
 * symbols bound at once and never unloaded, then its declaration is tried:
 * magic, major version, sizes, and the functions its kind must have.  A .so
 * that lies in ways that cannot be tried (pointers that lead nowhere) crashes
 * this process, which is what it is for.
 */
#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "worker.h"

#define MOST_OPTIONS 256u

struct why {
	char	*p;
	size_t	 n;
};

__attribute__((format(printf, 2, 3))) static bool
no(struct why *w, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(w->p, w->n, fmt, ap);
	va_end(ap);
	return false;
}

/* Whoever may change the file may run what he likes in our name.  Trusted are root, who runs this, and who
 * owns this program; and a group only where it is one person's own, as Debian makes them. */
static bool
check_owner(const struct stat *st, const struct stat *me, const char *what, struct why *w)
{
	if (st->st_uid != 0 && st->st_uid != geteuid() && st->st_uid != me->st_uid)
		return no(w, "%sis owned by a stranger (user %u): chown it to root", what,
		    (unsigned)st->st_uid);
	if (st->st_mode & S_IWOTH)
		return no(w, "%smay be written by anybody: chmod o-w", what);
	if (st->st_mode & S_IWGRP && st->st_gid != st->st_uid)
		return no(w, "%smay be written by group %u: chmod g-w", what, (unsigned)st->st_gid);
	return true;
}

static bool
check_folder(const char *path, const struct stat *me, struct why *w)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(path, '/');
	size_t n = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);
	struct stat st;

	if (n >= sizeof folder)
		return no(w, "has too long a name");
	memcpy(folder, n > 0 ? path : ".", n > 0 ? n : 1);
	folder[n > 0 ? n : 1] = '\0';
	if (stat(folder, &st) < 0)
		return no(w, "is in a folder that cannot be looked at: %m");
	return st.st_mode & S_ISVTX || check_owner(&st, me, "is in a folder that ", w);
}

static bool
check_file(const char *path, int fd, struct why *w)
{
	struct stat st, me;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return no(w, "is not a file");
	if (stat("/proc/self/exe", &me) < 0)
		me = (struct stat){ .st_uid = geteuid() };
	return check_owner(&st, &me, "", w) && check_folder(path, &me, w);
}

static bool
read_head(int fd, ElfW(Ehdr) *h, struct why *w)
{
	if (pread(fd, h, sizeof *h, 0) != (ssize_t)sizeof *h || memcmp(h->e_ident, ELFMAG, SELFMAG) != 0)
		return no(w, "is not an ELF file");
	return true;
}

static bool
same_machine(const ElfW(Ehdr) *h, struct why *w)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	ElfW(Ehdr) me;
	bool fine = fd < 0 || read_head(fd, &me, w);

	if (fd < 0)
		return true;		/* then dlopen says it */
	close(fd);
	if (fine && (h->e_ident[EI_CLASS] != me.e_ident[EI_CLASS] || h->e_ident[EI_DATA] !=
	    me.e_ident[EI_DATA] || h->e_machine != me.e_machine))
		return no(w, "was built for another kind of machine");
	return fine;
}

/* Where it looks for libraries is the system's to say; its code is never written to. */
static bool
check_dynamic(int fd, const ElfW(Phdr) *ph, struct why *w)
{
	ElfW(Dyn) d;
	size_t i;

	for (i = 0; (i + 1) * sizeof d <= ph->p_filesz; i++) {
		if (pread(fd, &d, sizeof d, (off_t)(ph->p_offset + i * sizeof d)) != (ssize_t)sizeof d)
			return no(w, "is damaged");
		if (d.d_tag == DT_NULL)
			break;
		if (d.d_tag == DT_RPATH || d.d_tag == DT_RUNPATH)
			return no(w, "says itself where libraries are (RPATH): build it without -rpath");
		if (d.d_tag == DT_TEXTREL || (d.d_tag == DT_FLAGS && d.d_un.d_val & DF_TEXTREL))
			return no(w, "writes to its own code (TEXTREL): build it with -fPIC");
	}
	return true;
}

static bool
check_segments(int fd, const ElfW(Ehdr) *h, struct why *w)
{
	bool stack = false;
	ElfW(Phdr) ph;
	unsigned i;

	if (h->e_phentsize != sizeof ph)
		return no(w, "is damaged");
	for (i = 0; i < h->e_phnum; i++) {
		if (pread(fd, &ph, sizeof ph, (off_t)(h->e_phoff + i * sizeof ph)) != (ssize_t)sizeof ph)
			return no(w, "is damaged");
		if (ph.p_type == PT_DYNAMIC && !check_dynamic(fd, &ph, w))
			return false;
		stack |= ph.p_type == PT_GNU_STACK && !(ph.p_flags & PF_X);
	}
	return stack || no(w, "wants a stack that can be executed: build it with -z noexecstack");
}

static bool
check_object(const char *path, int fd, struct why *w)
{
	ElfW(Ehdr) h;

	if (!check_file(path, fd, w) || !read_head(fd, &h, w) || !same_machine(&h, w))
		return false;
	if (h.e_type != ET_DYN)
		return no(w, "is not a shared object");
	return check_segments(fd, &h, w);
}

bool
load_check(const char *path, char *why, size_t n)
{
	struct why w = { why, n };
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool fine;

	if (fd < 0)
		return no(&w, "cannot be read: %m");
	fine = check_object(path, fd, &w);
	close(fd);
	return fine;
}

/* How many bytes the object has, by the symbol table. */
static size_t
size_of_symbol(void *at)
{
	ElfW(Sym) *sym = NULL;
	Dl_info info;

	return dladdr1(at, &info, (void **)&sym, RTLD_DL_SYMENT) != 0 && sym && info.dli_saddr == at ?
	    sym->st_size : 0;
}

static bool
check_name(const char *s)
{
	size_t n = s ? strlen(s) : 0;

	return n > 0 && n <= 40 && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == n && s[0] != '-';
}

static bool
check_options(const struct tcs_plugin *p, struct why *w)
{
	uint32_t i;

	if (p->nopt > MOST_OPTIONS || (p->nopt && (p->opts == NULL || p->optsize < sizeof(struct tcs_opt))))
		return no(w, "its table of options is damaged");
	for (i = 0; i < p->nopt; i++) {
		const struct tcs_opt *o = (const void *)((const char *)p->opts + (size_t)i * p->optsize);

		if (!check_name(o->name) || o->help == NULL)
			return no(w, "option %u has no proper name or no help", i + 1);
		if (o->type < TCS_T_BOOL || o->type > TCS_T_DATA)
			return no(w, "option \"%s\" has a type that is not known (%u)", o->name, o->type);
		if (o->type == TCS_T_ENUM && (o->choices == NULL || o->choices[0] == '\0'))
			return no(w, "option \"%s\" has no choices", o->name);
	}
	return true;
}

static bool
check_source(const struct tcs_source *s, struct why *w)
{
	if (s == NULL || !TCS_HAS(s, struct tcs_source, end) || !s->begin || !s->feed || !s->end)
		return no(w, "a source must have begin, feed and end");
	return true;
}

static bool
check_stage(const struct tcs_stage *s, struct why *w)
{
	if (s == NULL || !TCS_HAS(s, struct tcs_stage, run) || !s->reads || !s->run || (s->load && !s->drop))
		return no(w, "a stage must have run and say what it reads, and drop what it loads");
	return true;
}

static bool
check_notifier(const struct tcs_notifier *s, struct why *w)
{
	if (s == NULL || !TCS_HAS(s, struct tcs_notifier, check) || (!s->render && !s->deliver))
		return no(w, "a notifier must have render, deliver or both");
	return true;
}

static bool
check_declaration(const struct tcs_plugin *p, size_t size, struct why *w)
{
	if (size < offsetof(struct tcs_plugin, kind) || p->magic != TCS_MAGIC)
		return no(w, "tocsin_plugin_v1 is not a declaration of a plugin (wrong magic)");
	if (p->abi_major != TCS_ABI_MAJOR)
		return no(w,
		    "was built for contract %u.%u, this is %u.%u: build it again with this <tocsin/plugin.h>",
		    p->abi_major, p->abi_minor, TCS_ABI_MAJOR, TCS_ABI_MINOR);
	if (p->size < sizeof(struct tcs_plugin) || size < p->size)
		return no(w, "its declaration is too short (%u bytes declared, %zu there, %zu needed)",
		    p->size, size,
		    sizeof(struct tcs_plugin));
	if (!check_name(p->name) || !p->version || !p->license || !p->summary)
		return no(w,
		    "it must have a name (small letters, digits, -), a version, a license and a summary");
	if (p->open == NULL || p->close == NULL)
		return no(w, "it must have open and close");
	if (!check_options(p, w))
		return false;
	switch (p->kind) {
	case TCS_SOURCE:
		return check_source(p->ops.source, w);
	case TCS_STAGE:
		return check_stage(p->ops.stage, w);
	case TCS_NOTIFIER:
		return check_notifier(p->ops.notifier, w);
	}
	return no(w, "is of a kind that is not known (%u)", p->kind);
}

const struct tcs_plugin *
load_plugin(const char *path, char *why, size_t n)
{
	struct why w = { why, n };
	const struct tcs_plugin *p;
	void *so;

	so = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	if (so == NULL) {
		no(&w, "cannot be loaded: %s", dlerror());
		return NULL;
	}
	p = dlsym(so, "tocsin_plugin_v1");
	if (p == NULL) {
		no(&w, "has no tocsin_plugin_v1: not a plugin of Tocsin");
		return NULL;
	}
	return check_declaration(p, size_of_symbol((void *)(uintptr_t)p), &w) ? p : NULL;
}
