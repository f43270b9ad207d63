/* SPDX-License-Identifier: Apache-2.0 */
/*
 * maildir -- hands a warning over by filing it in a maildir, one for each
 * recipient's address or one for all.  The file's name is the warning's key,
 * so the same warning twice is one file, and a hand-over cut short leaves
 * nothing in new/ (written in tmp/, synced, linked).  It is the embedded
 * default: it needs no server, and a person can read what went out.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <tocsin/plugin.h>
#include <tocsin/slice.h>

#define PATH_LEN 1024

struct maildir {
	const char	*path;
	int		 each;
};

static const struct tcs_opt opts[] = {
	{ "path", TCS_T_STR, TCS_O_PATH, NULL, NULL,
	    "The maildir, or the folder of maildirs; made when it is not there." },
	{ "each", TCS_T_BOOL, 0, "true", NULL, "One maildir for each address, below path." },
};

static int
maildir_open(struct tcs_ctx *ctx, const struct tcs_host *host, const struct tcs_val *opt, void **inst)
{
	struct maildir *m = host->alloc(ctx, TCS_INSTANCE, sizeof *m);

	if (m == NULL)
		return TCS_ENOMEM;
	m->path = opt[0].v.s;
	m->each = opt[1].v.i != 0;
	*inst = m;
	return TCS_OK;
}

static void
maildir_close(void *inst)
{
	(void)inst;
}

static int
fail(struct tcs_result *r, int answer, const char *what, const char *path)
{
	snprintf(r->reply, sizeof r->reply, "%s %.120s: %.80s", what, path, strerror(errno));
	r->answer = (uint32_t)answer;
	return TCS_OK;
}

/* An address as one folder's name: whatever could mean a path becomes "_"; never empty, never a dot first. */
static void
folder_name(char *out, size_t n, const char *address)
{
	size_t i;

	for (i = 0; address[i] && i + 1 < n; i++) {
		char c = tcs_lower(address[i]);

		out[i] = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '@' || c == '-' ||
		    c == '+' || (c == '.' && i) ?
		    c : '_';
	}
	out[i] = '\0';
	if (i == 0)
		snprintf(out, n, "_");
}

static int
sync_dir(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;

	if (fd < 0)
		return -1;
	rc = fsync(fd);
	close(fd);
	return rc;
}

/* A folder that is new must outlive a power cut as much as the mail in it, so its parent is synced. */
static int
make_dir(char *path)
{
	char *slash = strrchr(path, '/');
	int rc;

	if (mkdir(path, 0700) < 0)
		return errno == EEXIST ? 0 : -1;
	if (slash == NULL || slash == path)
		return 0;
	*slash = '\0';
	rc = sync_dir(path);
	*slash = '/';
	return rc;
}

static int
make_dirs(char path[PATH_LEN])
{
	static const char *const sub[] = { "", "/tmp", "/new", "/cur" };
	size_t n = strlen(path), i;
	char *slash;

	for (slash = path + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		if (make_dir(path) < 0)
			return -1;
		*slash = '/';
	}
	for (i = 0; i < 4; i++) {
		snprintf(path + n, PATH_LEN - n, "%s", sub[i]);
		if (make_dir(path) < 0)
			return -1;
	}
	path[n] = '\0';
	return 0;
}

static int
write_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t done = write(fd, p, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -1;
		p += done;
		n -= (size_t)done;
	}
	return fsync(fd);
}

/* A mail that was read lies in cur/, its name followed by flags. */
static int
was_read(const char *dir, const char *key)
{
	char cur[PATH_LEN + 200];
	size_t n = strlen(key);
	struct dirent *d;
	int found = 0;
	DIR *at;

	snprintf(cur, sizeof cur, "%s/cur", dir);
	if ((at = opendir(cur)) == NULL)
		return 0;
	while (!found && (d = readdir(at)) != NULL)
		found = strncmp(d->d_name, key, n) == 0 && (d->d_name[n] == '\0' || d->d_name[n] == ':');
	closedir(at);
	return found;
}

static int
file_it(const struct tcs_warning *w, const char *dir, struct tcs_result *r)
{
	char tmp[PATH_LEN + 200], new[PATH_LEN + 200], key[140];
	int fd, rc;

	folder_name(key, sizeof key, w->key);
	snprintf(tmp, sizeof tmp, "%s/tmp/%s", dir, key);
	snprintf(new, sizeof new, "%s/new/%s", dir, key);
	snprintf(r->remote, sizeof r->remote, "%s", "maildir");
	if (access(new, F_OK) == 0 || was_read(dir, key)) {
		snprintf(tmp, sizeof tmp, "%s/new", dir);
		if (sync_dir(tmp) < 0)	/* the first time may have failed at just this */
			return fail(r, TCS_UNKNOWN, "cannot sync", tmp);
		r->answer = TCS_DELIVERED;
		snprintf(r->reply, sizeof r->reply, "already filed as %s", key);
		return TCS_OK;
	}
	fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return fail(r, TCS_LATER, "cannot write", tmp);
	rc = write_all(fd, w->bytes, w->nbytes);
	if (close(fd) < 0 || rc < 0) {
		fail(r, TCS_LATER, "cannot write", tmp);
		unlink(tmp);
		return TCS_OK;
	}
	if (rename(tmp, new) < 0)
		return fail(r, TCS_LATER, "cannot file", new);
	snprintf(tmp, sizeof tmp, "%s/new", dir);
	if (sync_dir(tmp) < 0)
		return fail(r, TCS_UNKNOWN, "cannot sync", tmp);
	r->answer = TCS_DELIVERED;
	snprintf(r->reply, sizeof r->reply, "filed as %s", key);
	return TCS_OK;
}

static int
maildir_deliver(void *inst, const struct tcs_warning *w, struct tcs_result *r)
{
	struct maildir *m = inst;
	char dir[PATH_LEN], name[200];

	folder_name(name, sizeof name, w->address ? w->address : "");
	if (snprintf(dir, sizeof dir, "%s%s%s", m->path, m->each ? "/" : "", m->each ? name :
	    "") >= PATH_LEN - 8) {
		errno = ENAMETOOLONG;
		return fail(r, TCS_REFUSED, "cannot use", m->path);
	}
	if (make_dirs(dir) < 0)
		return fail(r, TCS_LATER, "cannot make", dir);
	return file_it(w, dir, r);
}

static int
maildir_check(void *inst, char *why, size_t n)
{
	struct maildir *m = inst;
	char dir[PATH_LEN];

	snprintf(dir, sizeof dir, "%s", m->path);
	if (access(m->path, W_OK) == 0 || errno == ENOENT) {
		snprintf(why, n, "%s", "can be written");
		return TCS_OK;
	}
	snprintf(why, n, "%s: %s", dir, strerror(errno));
	return TCS_EPLUGIN;
}

static const struct tcs_notifier notifier = {
	.size = sizeof notifier, .flags = TCS_N_SAME_IS_ONE, .channel = "email",
	.deliver = maildir_deliver, .check = maildir_check,
};

TCS_EXPORT const struct tcs_plugin tocsin_plugin_v1 = { TCS_PLUGIN_HEAD(TCS_NOTIFIER),
	.name = "maildir", .version = "1.0", .license = "Apache-2.0",
	.summary = "Files each warning in a maildir",
	.help = "Writes the mail as it would be sent into a maildir, one for each address below path. The "
	    "file is named by the\nwarning's key: handing the same warning over twice leaves one.",
	.opts = opts, .nopt = sizeof opts / sizeof *opts,
	.open = maildir_open, .close = maildir_close, .ops.notifier = &notifier };
