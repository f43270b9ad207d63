/* SPDX-License-Identifier: Apache-2.0 */
/*
 * put.h -- for notifiers that hand over by filing: a file in a folder that is
 * there whole or not at all, also after a power cut (written under another
 * name, synced, renamed, the folder synced).  Putting the same file again
 * leaves one.  Header-only, libc only.
 */
#ifndef TOCSIN_PUT_H
#define TOCSIN_PUT_H

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <tocsin/plugin.h>

#define TCS_PUT_PATH 1024

/* One word as part of a file's name: what could mean a path becomes "_"; never empty, never a dot first. */
static inline void
tcs_put_name(char *out, size_t n, const char *word)
{
	size_t i;

	for (i = 0; word != NULL && word[i] != '\0' && i + 1 < n; i++)
		out[i] = (word[i] >= 'a' && word[i] <= 'z') || (word[i] >= 'A' && word[i] <= 'Z') ||
		    (word[i] >= '0' && word[i] <= '9') || word[i] == '-' || (word[i] == '.' && i > 0) ?
		    word[i] : '_';
	out[i] = '\0';
	if (i == 0)
		snprintf(out, n, "_");
}

static inline int
tcs_put_fail(struct tcs_result *r, int answer, const char *what, const char *path)
{
	snprintf(r->reply, sizeof r->reply, "%s %.120s: %.80s", what, path, strerror(errno));
	r->answer = (uint32_t)answer;
	return answer;
}

static inline int
tcs_put_sync(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;

	if (fd < 0)
		return -1;
	rc = fsync(fd);
	close(fd);
	return rc;
}

/* One folder; when it is new, its parent is synced: it must outlive a power cut as much as what is in it. */
static inline int
tcs_put_one_folder(char *path)
{
	char *slash = strrchr(path, '/');
	int rc;

	if (mkdir(path, 0700) < 0)
		return errno == EEXIST ? 0 : -1;
	if (slash == NULL || slash == path)
		return tcs_put_sync(slash == NULL ? "." : "/");
	*slash = '\0';
	rc = tcs_put_sync(path);
	*slash = '/';
	return rc;
}

/* The folder and those above it; path is as before when it returns. 0, or -1 and errno. */
static inline int
tcs_put_folder(char *path)
{
	char *slash = path;
	int rc = 0;

	while (rc == 0 && *slash != '\0' && (slash = strchr(slash + 1, '/')) != NULL) {
		*slash = '\0';
		rc = tcs_put_one_folder(path);
		*slash = '/';
	}
	return rc == 0 ? tcs_put_one_folder(path) : rc;
}

static inline int
tcs_put_all(int fd, const char *p, size_t n)
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

/* TCS_DELIVERED, TCS_LATER or TCS_UNKNOWN (it is there, but may not outlive a power cut); r says why. */
static inline int
tcs_put(const char *folder, const char *name, const char *p, size_t n, struct tcs_result *r)
{
	char tmp[TCS_PUT_PATH + 300], path[TCS_PUT_PATH + 300];
	int fd, rc;

	snprintf(tmp, sizeof tmp, "%s/.%s.new", folder, name);
	snprintf(path, sizeof path, "%s/%s", folder, name);
	if ((fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600)) < 0)
		return tcs_put_fail(r, TCS_LATER, "cannot write", tmp);
	rc = tcs_put_all(fd, p, n);
	if (close(fd) < 0 || rc < 0) {
		tcs_put_fail(r, TCS_LATER, "cannot write", tmp);
		unlink(tmp);
		return TCS_LATER;
	}
	if (rename(tmp, path) < 0)
		return tcs_put_fail(r, TCS_LATER, "cannot file", path);
	if (tcs_put_sync(folder) < 0)
		return tcs_put_fail(r, TCS_UNKNOWN, "cannot sync", folder);
	r->answer = TCS_DELIVERED;
	snprintf(r->reply, sizeof r->reply, "filed as %.200s", name);
	return TCS_DELIVERED;
}

/* tocsin check --online: can the folder be written, or made? */
static inline int
tcs_put_check(const char *folder, char *why, size_t n)
{
	if (access(folder, W_OK) == 0 || errno == ENOENT) {
		snprintf(why, n, "%s", "can be written");
		return TCS_OK;
	}
	snprintf(why, n, "%.200s: %s", folder, strerror(errno));
	return TCS_EPLUGIN;
}

/* A part of a warning by its file name, or by its type alone; NULL: there is none. */
static inline const struct tcs_part *
tcs_put_part(const struct tcs_warning *w, const char *type, const char *name)
{
	uint32_t i;

	for (i = 0; i < w->npart; i++)
		if (strcmp(w->part[i].type, type) == 0 && (name == NULL || (w->part[i].name != NULL &&
		    strcmp(w->part[i].name, name) == 0)))
			return &w->part[i];
	return NULL;
}

#endif
