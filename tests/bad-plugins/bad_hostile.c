/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A source that reads nothing of its input and tries to get out: each name is
 * one thing that no source may do.  What comes back from the call is told as a
 * row, so that one that works is seen.  An input called "good" is read in
 * order.
 */
#include <dirent.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <tocsin/plugin.h>
#include "worker/wire.h"

#define EVILS(X) \
	X(open_file, open("/etc/passwd", O_RDONLY)) \
	X(open_proc, open("/proc/self/mem", O_RDWR)) \
	X(list_folder, opendir("/") != NULL ? 0 : -1) \
	X(make_file, creat("/tmp/hostile", 0600)) \
	X(remove_file, unlink("/tmp/hostile")) \
	X(rename_file, rename("/tmp/hostile", "/tmp/hostile2")) \
	X(link_file, symlink("/etc/passwd", "/tmp/hostile")) \
	X(make_folder, mkdir("/tmp/hostile", 0700)) \
	X(change_mode, chmod("/tmp/hostile", 0777)) \
	X(change_owner, chown("/tmp/hostile", 1, 1)) \
	X(change_folder, chdir("/")) \
	X(connect_tcp, socket(AF_INET, SOCK_STREAM, 0)) \
	X(connect_udp, socket(AF_INET6, SOCK_DGRAM, 0)) \
	X(connect_unix, socket(AF_UNIX, SOCK_STREAM, 0)) \
	X(look_up, getaddrinfo("localhost", NULL, NULL, &ai)) \
	X(pair, socketpair(AF_UNIX, SOCK_STREAM, 0, fd)) \
	X(make_pipe, pipe(fd)) \
	X(copy_descriptor, dup2(W_FD_WINDOW, 20)) \
	X(fork_off, fork()) \
	X(start_thread, pthread_create(&th, NULL, thread, NULL)) \
	X(exec_shell, execl("/bin/sh", "sh", "-c", "true", (char *)NULL)) \
	X(run_command, system("true")) \
	X(kill_all, kill(-1, 0)) \
	X(kill_parent, kill(getppid(), 0)) \
	X(signal_other, (int)syscall(SYS_tgkill, getppid(), getppid(), 0)) \
	X(trace_parent, (int)ptrace(PTRACE_ATTACH, getppid(), NULL, NULL)) \
	X(read_parent, (int)syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0)) \
	X(take_descriptor, (int)syscall(SYS_pidfd_open, getppid(), 0)) \
	X(sleep_long, (int)sleep(1000)) \
	X(wait_for_ever, pause()) \
	X(set_alarm, (int)alarm(1)) \
	X(take_our_signal, sigaction(SIGSYS, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL)) \
	X(make_code, mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, \
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0) \
	X(turn_to_code, mprotect((void *)((uintptr_t)page & ~(uintptr_t)4095), 1, PROT_READ | PROT_EXEC)) \
	X(share_memory, (int)syscall(SYS_memfd_create, "x", 0)) \
	X(system_v, shmget(IPC_PRIVATE, 4096, 0600)) \
	X(cut_window, ftruncate(W_FD_WINDOW, 0)) \
	X(cut_answers, ftruncate(W_FD_ANSWERS, 0)) \
	X(write_window, (int)pwrite(W_FD_WINDOW, "x", 1, 0)) \
	X(own_namespace, unshare(CLONE_NEWUSER)) \
	X(mount_it, mount("none", "/nowhere", "tmpfs", 0, NULL)) \
	X(change_root, chroot("/")) \
	X(become_other, setuid(1)) \
	X(limit_parent, prlimit(getppid(), RLIMIT_CPU, &rl, NULL)) \
	X(slow_down, (int)syscall(SYS_bpf, 0, NULL, 0)) \
	X(ring, (int)syscall(SYS_io_uring_setup, 1, NULL)) \
	X(keys, (int)syscall(SYS_keyctl, 0, 0)) \
	X(more_privileges, prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0)) \
	X(set_clock, (int)syscall(SYS_settimeofday, NULL, NULL)) \
	X(watch_files, (int)syscall(SYS_inotify_init1, 0))
#define NAME(name, call) #name "|"
#define CASE(name, call) case E_##name: return (call) != -1;
#define ENUM(name, call) E_##name,
enum evil { EVILS(ENUM) E_none };

struct hostile {
	struct tcs_ctx			*ctx;
	const struct tcs_source_host	*host;
	enum evil			 how, now;
};

static const char page[8192] __attribute__((aligned(4096))) = "x";

static void *
thread(void *arg)
{
	return arg;
}

/* Whether it worked. */
static int
try(enum evil how)
{
	struct rlimit rl = { 1, 1 };
	struct addrinfo *ai = NULL;
	pthread_t th;
	int fd[2];

	(void)thread, (void)rl, (void)ai, (void)th, (void)fd;
	switch (how) {
	EVILS(CASE)
	default:
		return 0;
	}
}

static const struct tcs_opt opts[] = {
	{ "how", TCS_T_ENUM, 0, "none", EVILS(NAME) "none", "What it tries." },
};

static int
hostile_open(struct tcs_ctx *ctx, const struct tcs_host *h, const struct tcs_val *opt, void **inst)
{
	struct hostile *x = h->alloc(ctx, TCS_INSTANCE, sizeof *x);

	if (x == NULL)
		return TCS_ENOMEM;
	x->ctx = ctx;
	x->host = (const struct tcs_source_host *)(const void *)h;
	x->how = (enum evil)opt[0].v.i;
	*inst = x;
	return TCS_OK;
}

static void
hostile_close(void *inst)
{
	(void)inst;
}

static int
hostile_begin(void *inst, const char *name)
{
	struct hostile *x = inst;

	x->now = strcmp(name, "good") == 0 ? E_none : x->how;
	return TCS_OK;
}

static int64_t
hostile_feed(void *inst, const char *buf, size_t len, int eof)
{
	static const struct tcs_slice name = { "line", 4 };
	struct hostile *x = inst;
	struct tcs_span s = { 0, (uint32_t)len, 1 };
	struct tcs_slice cell = { buf, len };
	uint8_t want = 0;
	int rc;

	if (!eof)
		return 0;
	if (x->now != E_none)
		cell = try(x->now) ? (struct tcs_slice){ "escaped", 7 } : (struct tcs_slice){ "refused", 7 };
	if ((rc = x->host->columns(x->ctx, &name, 1, &want)) != TCS_OK)
		return rc;
	rc = x->host->rows(x->ctx, 1, &s, NULL, &cell);
	return rc == TCS_OK ? (int64_t)len : rc;
}

static int
hostile_end(void *inst, int aborted)
{
	(void)inst, (void)aborted;
	return TCS_OK;
}

static const struct tcs_source source = {
	.size = sizeof source, .flags = TCS_S_TILES, .names = "*.hostile", .starts = "",
	.begin = hostile_begin, .feed = hostile_feed, .end = hostile_end,
};

TCS_EXPORT const struct tcs_plugin tocsin_plugin_v1 = {
	TCS_PLUGIN_HEAD(TCS_SOURCE), .name = "hostile", .version = "1", .license = "Apache-2.0",
	.summary = "Tries to get out", .help = "", .opts = opts, .nopt = 1,
	.open = hostile_open, .close = hostile_close, .ops = { .source = &source },
};
