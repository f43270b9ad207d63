/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fencing a plugin in, layer by layer: descriptors and limits, capabilities,
 * a network and user namespace of its own, Landlock for files, seccomp for
 * system calls.  No layer alone is enough: Landlock knows no UDP and no
 * memory, limits know no files, a namespace no CPU.
 *
 * A plugin's constructors run when it is loaded, so what can be closed is
 * closed before that (confine_early); for a source the rest is closed in the
 * child of each input (confine_source), once nothing need be loaded any more.
 * A layer that the kernel lacks is missing in what confine_layers says, and
 * the work goes on without it, unless isolation is strict.
 *
 * Under the sanitizers there are no fences and no limits on memory and files:
 * they map terabytes, and open files to report.
 */
#include <fcntl.h>
#include <iconv.h>
#include <limits.h>
#include <link.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include "fence.h"
#include "landlock.h"
#include "worker.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif

#define NOTIFIER_FILE	(256u << 20)	/* the longest file a notifier may write: a mail in a maildir */
#define PATHS		64

static uint32_t layers;			/* of this process, W_LAYER_* */

uint32_t
confine_layers(void)
{
	return layers;
}

bool
confine_strict(void)
{
	return getenv("TOCSIN_ISOLATE") != NULL && strcmp(getenv("TOCSIN_ISOLATE"), "strict") == 0;
}

/* ---- limits ------------------------------------------------------------------ */

static void
limit(int what, rlim_t most)
{
	struct rlimit l;

	if (getrlimit((__rlimit_resource_t)what, &l) < 0)
		return;
	if (l.rlim_max == RLIM_INFINITY || most < l.rlim_max)
		l.rlim_max = most;
	l.rlim_cur = l.rlim_max;
	setrlimit((__rlimit_resource_t)what, &l);
}

/* The plugin's constructors run after this, so what it leaves open is all they have. */
static void
close_rest(int last)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		if (!SANITIZED)		/* a plugin has log; its prints do not reach a terminal */
			dup2(null, STDERR_FILENO);
		if (null > STDERR_FILENO && null <= last)
			close(null);
	}
	close_range((unsigned)last + 1, ~0u, 0);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	limit(RLIMIT_CORE, 0);
}

static void
confine_memory(const struct limits *l)
{
	if (!SANITIZED && l->memory)
		limit(RLIMIT_AS, l->memory + 2 * l->ring + W_ANSWERS_SIZE);
}

void
confine_cpu(uint32_t seconds)
{
	struct rusage u;
	struct rlimit l;

	if (seconds == 0 || getrusage(RUSAGE_SELF, &u) < 0 || getrlimit(RLIMIT_CPU, &l) < 0)
		return;
	l.rlim_cur = (rlim_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec + 1) + seconds;
	setrlimit(RLIMIT_CPU, &l);
}

/* ---- rights and namespaces --------------------------------------------------- */

/* keep: a mask.  A notifier that root runs may have to write into another's folder. */
static void
drop_capabilities(uint32_t keep)
{
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct d[2];

	memset(d, 0, sizeof d);
	if (syscall(SYS_capget, &h, d) == 0) {
		d[0].effective &= keep;
		d[0].permitted &= keep;
		d[1].effective = d[1].permitted = d[0].inheritable = d[1].inheritable = 0;
		syscall(SYS_capset, &h, d);
	}
}

/* A network with nobody in it. Where users may not make namespaces, root may. */
static bool
leave(void)
{
	return unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWIPC) == 0 ||
	    unshare(CLONE_NEWNET | CLONE_NEWIPC) == 0;
}

/* ---- files ------------------------------------------------------------------- */

struct paths {
	struct open_path p[PATHS];
	char		 text[PATHS][PATH_MAX];
	size_t		 n;
};

static void
add_path(struct paths *ps, const char *path, size_t n, bool write)
{
	if (ps->n == PATHS || n == 0 || n >= PATH_MAX)
		return;
	memcpy(ps->text[ps->n], path, n);
	ps->text[ps->n][n] = '\0';
	ps->p[ps->n] = (struct open_path){ ps->text[ps->n], write };
	ps->n++;
}

static size_t
folder_length(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);
}

/* Where libraries were found that are loaded already: a plugin's own stand beside them. */
static int
add_library(struct dl_phdr_info *info, size_t size, void *arg)
{
	(void)size;
	add_path(arg, info->dlpi_name, folder_length(info->dlpi_name), false);
	return 0;
}

static void
add_list(struct paths *ps, const char *list)
{
	size_t n;

	for (; list != NULL && *list != '\0'; list += n + (list[n] == ':')) {
		n = strcspn(list, ":");
		add_path(ps, list, n, false);
	}
}

/* The nearest folder that is there: a notifier may make its own below it.  A file (of certificates) is only
 * read. */
static void
add_writable(struct paths *ps, const char *path)
{
	char text[PATH_MAX];
	size_t n = strlen(path);
	struct stat st;

	if (n == 0 || n >= sizeof text)
		return;
	memcpy(text, path, n + 1);
	while (access(text, F_OK) != 0 && strcmp(text, ".") != 0) {
		if ((n = folder_length(text)) == 0)	/* seen from where the host was started */
			text[n++] = '.';
		text[n] = '\0';
	}
	add_path(ps, text, strlen(text), stat(text, &st) == 0 && S_ISDIR(st.st_mode));
}

static bool
fence_files(const char *so, bool notifier, char *const *writable)
{
	static const char *const libraries[] = { "/usr/lib", "/usr/lib64", "/lib", "/lib64", "/usr/local/lib",
		"/etc/ld.so.cache", "/etc/localtime", "/usr/share/zoneinfo", "/dev/null", "/dev/urandom" };
	static const char *const network[] = { "/etc/resolv.conf", "/etc/hosts", "/etc/host.conf",
		"/etc/nsswitch.conf", "/etc/services", "/etc/gai.conf", "/etc/ssl", "/etc/pki",
		"/etc/ca-certificates", "/usr/share/ca-certificates", "/usr/local/share/ca-certificates",
		"/run/systemd/resolve", "/run/nscd", "/run/resolvconf" };
	struct paths *ps = calloc(1, sizeof *ps);
	bool fine = false;
	char *real;
	size_t i;

	if (ps == NULL)
		return false;
	for (i = 0; i < sizeof libraries / sizeof *libraries; i++)
		add_path(ps, libraries[i], strlen(libraries[i]), i + 2 >= sizeof libraries /
		    sizeof *libraries);
	for (i = 0; notifier && i < sizeof network / sizeof *network; i++)
		add_path(ps, network[i], strlen(network[i]), false);
	add_path(ps, folder_length(so) > 0 ? so : ".", folder_length(so) > 0 ? folder_length(so) : 1, false);
	if ((real = realpath(so, NULL)) != NULL)	/* it may be a link into another folder */
		add_path(ps, real, folder_length(real), false);
	free(real);
	add_list(ps, getenv("LD_LIBRARY_PATH"));
	dl_iterate_phdr(add_library, ps);
	if (notifier) {
		add_list(ps, getenv("SSL_CERT_FILE"));
		add_list(ps, getenv("SSL_CERT_DIR"));
	}
	for (; writable != NULL && *writable != NULL; writable++)
		add_writable(ps, *writable);
	fine = landlock_fence(ps->p, ps->n, notifier);
	free(ps);
	return fine;
}

/* ---- at their places ---------------------------------------------------------- */

/* What libc reads from files when it is first asked. */
static void
warm_up(void)
{
	iconv_t c = iconv_open("UTF-8", "ISO-8859-1");

	if (c != (iconv_t)-1)
		iconv_close(c);
	tzset();
}

static void
note(uint32_t layer, bool there)
{
	if (there)
		layers |= layer;
}

void
confine_early(enum confine_mode mode, int last, const char *so, char *const *writable)
{
	bool notifier = mode == CONFINE_NOTIFIER;
	int abi = landlock_abi();

	close_rest(last);
	if (SANITIZED)
		return;
	warm_up();
	if (mode == CONFINE_SOURCE)
		note(W_LAYER_NAMESPACES, leave());
	drop_capabilities(notifier ? 1u << CAP_DAC_OVERRIDE | 1u << CAP_CHOWN | 1u << CAP_FOWNER : 0);
	if (fence_files(so, notifier, writable))
		note(W_LAYER_FILES | (abi >= 4 ? W_LAYER_TCP : 0) | (abi >= 6 ? W_LAYER_SIGNALS : 0), true);
	note(W_LAYER_CALLS, fence_coarse(notifier));
}

bool
confine_source(const struct limits *l)
{
	bool fine;

	confine_memory(l);
	limit(RLIMIT_NOFILE, 32);
	limit(RLIMIT_NPROC, 0);			/* no child of its own; root is above this */
	if (SANITIZED)
		return true;
	limit(RLIMIT_FSIZE, 0);
	fine = landlock_fence(NULL, 0, false);
	return fence_full() && fine;
}

bool
confine_notifier(const struct limits *l)
{
	confine_memory(l);
	limit(RLIMIT_NOFILE, 256);
	if (SANITIZED)
		return true;
	limit(RLIMIT_FSIZE, NOTIFIER_FILE);
	return fence_notifier();
}
