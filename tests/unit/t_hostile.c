/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hostile source: each way out is tried in a worker of its own, ends it, is
 * told by the name of the system call, and costs neither host nor the next
 * input.  Not under the sanitizers, where there are no fences.
 */
#include "2-decode/source.h"
#include "arena.h"
#include "bad.h"
#include "tap.h"

static struct plugins *plugins;
static struct arena *arena;

struct memory {
	struct reader	 r;
	bool		 done;
};

static int64_t
memory_read(struct reader *r, void *to, size_t room, struct err *e)
{
	struct memory *m = (struct memory *)r;

	(void)e;
	if (m->done || room < 4)
		return 0;
	m->done = true;
	memcpy(to, "line", 4);
	return 4;
}

static bool
on_columns(void *arg, const struct tcs_slice *name, uint32_t n, uint8_t *want, struct err *e)
{
	(void)arg, (void)name, (void)n, (void)e;
	want[0] = 1;
	return true;
}

static bool
on_rows(void *arg, const struct rows *r, struct err *e)
{
	(void)e;
	if (r->nrow > 0)
		tcs_copy(arg, 20, r->col[0][0]);
	return true;
}

/* What the row said goes to row. */
static enum source_end
run(struct source_proc *s, const char *name, char row[20], struct err *e)
{
	struct memory m = { { .read = memory_read }, false };
	const struct source_sink sink = { row, on_columns, on_rows };

	row[0] = '\0';
	*e = (struct err)ERR_INIT;
	return source_run(s, name, &m.r, &sink, e);
}

/* call NULL: a library's, that makes one of several. */
static const struct {
	const char	*how, *call;
} evils[] = {
	{ "open_file", "openat" },
	{ "open_proc", "openat" },
	{ "list_folder", "openat" },
	{ "make_file", "creat" },
	{ "remove_file", "unlink" },
	{ "rename_file", "rename" },
	{ "link_file", "symlink" },
	{ "make_folder", "mkdir" },
	{ "change_mode", "chmod" },
	{ "change_owner", "chown" },
	{ "change_folder", "chdir" },
	{ "connect_tcp", "socket" },
	{ "connect_udp", "socket" },
	{ "connect_unix", "socket" },
	{ "look_up", NULL },
	{ "pair", "socketpair" },
	{ "make_pipe", "pipe2" },
	{ "copy_descriptor", "dup2" },
	{ "fork_off", "clone" },
	{ "start_thread", NULL },
	{ "exec_shell", "execve" },
	{ "run_command", NULL },
	{ "kill_all", "kill" },
	{ "kill_parent", "kill" },
	{ "signal_other", "tgkill" },
	{ "trace_parent", "ptrace" },
	{ "read_parent", "process_vm_readv" },
	{ "take_descriptor", "pidfd_open" },
	{ "sleep_long", "clock_nanosleep" },
	{ "wait_for_ever", "pause" },
	{ "set_alarm", "alarm" },
	{ "take_our_signal", "rt_sigaction" },
	{ "make_code", "mmap" },
	{ "turn_to_code", "mprotect" },
	{ "share_memory", "memfd_create" },
	{ "system_v", "shmget" },
	{ "cut_window", "ftruncate" },
	{ "cut_answers", "ftruncate" },
	{ "write_window", "pwrite64" },
	{ "own_namespace", "unshare" },
	{ "mount_it", "mount" },
	{ "change_root", "chroot" },
	{ "become_other", "setuid" },
	{ "limit_parent", "prlimit64" },
	{ "slow_down", "bpf" },
	{ "ring", "io_uring_setup" },
	{ "keys", "keyctl" },
	{ "more_privileges", "prctl" },
	{ "set_clock", "settimeofday" },
	{ "watch_files", "inotify_init1" },
};

static void
check_evil(const char *how, const char *call)
{
	struct given g = { "how", how, NULL, 0 };
	struct err e = ERR_INIT;
	const struct plugin *p = plugin_get(plugins, "hostile", TCS_SOURCE, &e);
	struct tcs_val *v = p ? options_check(arena, p, &g, 1, &e) : NULL;
	struct source_proc *s = v ? source_start(p, v, &e) : NULL;
	enum source_end end;
	char row[20], want[120];

	if (!ok(s != NULL, "%s: opens (%s)", how, e.text))
		return;
	end = run(s, "evil", row, &e);
	snprintf(want, sizeof want, call ? "made the system call %s," : "system call", call);
	if (!ok(end == SOURCE_BAD_INPUT && row[0] == '\0' && strstr(e.text, want) != NULL, "%s: %s", how,
	    want))
		printf("# ended %d: %s %s\n", end, e.text, row);
	ok(run(s, "good", row, &e) == SOURCE_OK && strcmp(row, "line") == 0, "%s: the next input is read",
	    how);
	source_stop(s);
}

int
main(void)
{
	struct err e = ERR_INIT;
	size_t i;

	if (bad_sanitized())
		skip_all("no fences under the sanitizers");
	arena = arena_new();
	if (!ok((plugins = bad_plugins(&e)) != NULL, "the bad plugins are there (%s)", e.text))
		return done_testing();
	for (i = 0; i < sizeof evils / sizeof *evils; i++)
		check_evil(evils[i].how, evils[i].call);
	plugins_free(plugins);
	arena_free(arena);
	return done_testing();
}
