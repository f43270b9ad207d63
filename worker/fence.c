/* SPDX-License-Identifier: Apache-2.0 */
/*
 * See fence.h.  What is not allowed kills, so that a plugin that tries is
 * found out; what a library may ask in passing and can do without (is this a
 * terminal, how long is this file) is answered with an error instead.  The
 * signal's handler only notes the number of the call, for the reason that
 * people read, and lets the signal do its work.
 */
#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include "fence.h"
#include "frame.h"
#include "wire.h"
#include <tocsin/plugin.h>

/* One process, one fence: nothing of a plugin is here. */
static volatile uint32_t *noted;
static uint32_t told_as;		/* message that tells the host, or 0 */

struct call {
	int		 number;
	const char	*name;
};
#define COUNT(a) (sizeof(a) / sizeof(a)[0])
#define C(name)	{ SCMP_SYS(name), #name }

static const struct call ways_out[] = {
	C(execve), C(execveat), C(ptrace), C(process_vm_readv), C(process_vm_writev),
	C(process_madvise), C(pidfd_getfd), C(kcmp), C(mount), C(umount2), C(pivot_root), C(chroot),
	C(move_mount), C(open_tree), C(fsopen), C(fsmount), C(mount_setattr), C(unshare), C(setns),
	C(open_by_handle_at), C(name_to_handle_at), C(bpf), C(perf_event_open), C(userfaultfd),
	C(io_uring_setup), C(io_uring_enter), C(io_uring_register), C(keyctl), C(add_key),
	C(request_key), C(kexec_load), C(kexec_file_load), C(init_module), C(finit_module),
	C(delete_module), C(reboot), C(swapon), C(swapoff), C(acct), C(quotactl), C(settimeofday),
	C(clock_settime), C(clock_adjtime), C(adjtimex), C(sethostname), C(setdomainname), C(syslog),
	C(iopl), C(ioperm), C(personality), C(vhangup), C(lookup_dcookie), C(nfsservctl), C(setuid),
	C(setgid), C(setresuid), C(setresgid), C(setgroups),
};
static const struct call sockets[] = {
	C(socket), C(connect), C(bind), C(listen), C(accept), C(accept4), C(sendmmsg),
};

static const struct call children[] = { C(fork), C(vfork), C(clone) };

/* Of a source at work. */
static const struct call needed[] = {
	C(read), C(write), C(writev), C(close), C(futex), C(munmap), C(mremap), C(madvise), C(brk),
	C(clock_gettime), C(clock_getres), C(gettimeofday), C(time), C(getrandom), C(exit),
	C(exit_group), C(rt_sigreturn), C(rt_sigprocmask), C(getpid), C(gettid), C(getppid), C(getuid),
	C(geteuid),
	C(getgid), C(getegid), C(getrusage), C(getrlimit), C(setrlimit), C(sysinfo), C(sched_yield),
	C(restart_syscall), C(times), C(uname),
};
/* Asked in passing: the answer is an error. */
static const struct call harmless[] = {
	C(fstat), C(newfstatat), C(statx), C(ioctl), C(lseek), C(sched_getaffinity), C(membarrier),
	C(fcntl),
};

static const char *
known_name(uint32_t number)
{
	static const struct { const struct call *call; size_t n; } all[] = { { ways_out, COUNT(ways_out) },
		{ sockets, COUNT(sockets) }, { children, COUNT(children) } };
	size_t i, k;

	for (i = 0; i < COUNT(all); i++)
		for (k = 0; k < all[i].n; k++)
			if (all[i].call[k].number == (int)number)
				return all[i].call[k].name;
	return "that it made last";
}

/* Told from a signal's handler, so with nothing but a buffer of its own. */
static void
tell(uint32_t number)
{
	static const char before[] = "makes the system call ", after[] = ", which a plugin may not";
	char body[160], *p = body;
	uint32_t level = TCS_ERR, n;
	const char *name = known_name(number);

	if (told_as == W_LOG)
		p = (char *)mempcpy(p, &level, sizeof level);
	n = (uint32_t)(sizeof before - 1 + strlen(name) + sizeof after - 1);
	p = (char *)mempcpy(p, &n, sizeof n);
	p = (char *)mempcpy(p, before, sizeof before - 1);
	p = (char *)mempcpy(p, name, strlen(name));
	p = (char *)mempcpy(p, after, sizeof after - 1);
	frame_send(W_FD_SOCKET, told_as, body, (size_t)(p - body), 1000);
}

static void
on_call(int sig, siginfo_t *si, void *context)
{
	(void)context;
	if (noted != NULL)
		*noted = (uint32_t)si->si_syscall;
	if (told_as != 0)
		tell((uint32_t)si->si_syscall);
	raise(sig);			/* blocked until we return; then its default, death */
}

void
fence_notes(volatile uint32_t *number, uint32_t message)
{
	struct sigaction sa = { .sa_sigaction = on_call, .sa_flags = SA_SIGINFO | (int)SA_RESETHAND };

	noted = number;
	told_as = message;
	sigaction(SIGSYS, &sa, NULL);
}

const char *
fence_name(uint32_t number, char *out, unsigned n)
{
	char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, (int)number);

	if (name != NULL)
		snprintf(out, n, "%s", name);
	else
		snprintf(out, n, "number %u", (unsigned)number);
	free(name);
	return out;
}

/* A call that this machine does not have cannot be made either. */
static bool
rules(scmp_filter_ctx c, uint32_t action, const struct call *call, size_t n)
{
	size_t i;
	int rc;

	for (i = 0; i < n; i++)
		if ((rc = seccomp_rule_add(c, action, call[i].number, 0)) != 0 && rc != -EDOM &&
		    rc != -EINVAL)
			return false;
	return true;
}

static bool
install(scmp_filter_ctx c, bool fine)
{
	if (c == NULL)
		return false;
	fine = fine && seccomp_load(c) == 0;
	seccomp_release(c);
	return fine;
}

/* A process of its own, but not a thread. */
static bool
no_children(scmp_filter_ctx c)
{
	return rules(c, SCMP_ACT_TRAP, children, 2) &&
	    seccomp_rule_add(c, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0 &&
	    seccomp_rule_add(c, SCMP_ACT_TRAP, SCMP_SYS(clone), 1,
	    SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0)) == 0;
}

/* Not the kernel's less used families: packets, crypto, machines. */
static bool
plain_sockets(scmp_filter_ctx c)
{
	return seccomp_rule_add(c, SCMP_ACT_TRAP, SCMP_SYS(socket), 1,
	    SCMP_A0(SCMP_CMP_GT, AF_NETLINK)) == 0;
}

/* The one to the host is there already. */
static bool
no_sockets(scmp_filter_ctx c)
{
	return rules(c, SCMP_ACT_TRAP, sockets, COUNT(sockets)) &&
	    seccomp_rule_add(c, SCMP_ACT_TRAP, SCMP_SYS(sendto), 1, SCMP_A4(SCMP_CMP_NE, 0)) == 0;
}

bool
fence_coarse(bool net)
{
	scmp_filter_ctx c = seccomp_init(SCMP_ACT_ALLOW);

	return install(c, c != NULL && rules(c, SCMP_ACT_TRAP, ways_out, COUNT(ways_out)) &&
	    (net ? plain_sockets(c) : no_sockets(c)));
}

bool
fence_notifier(void)
{
	scmp_filter_ctx c = seccomp_init(SCMP_ACT_ALLOW);

	return install(c, c != NULL && no_children(c));
}

/* Signals only to itself, as abort() sends one; and nobody takes SIGSYS away from us. */
static bool
own_signals(scmp_filter_ctx c)
{
	scmp_datum_t me = (scmp_datum_t)getpid();

	return seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, SCMP_A0(SCMP_CMP_EQ, me)) == 0 &&
	    seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(rt_sigaction), 1,
	    SCMP_A0(SCMP_CMP_NE, SIGSYS)) == 0;
}

static bool
own_memory(scmp_filter_ctx c)
{
	return seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
	    SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0 && seccomp_rule_add(c, SCMP_ACT_ALLOW,
	    SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0 &&
	    seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, SCMP_A0(SCMP_CMP_EQ, 0)) == 0;
}

bool
fence_full(void)
{
	scmp_filter_ctx c = seccomp_init(SCMP_ACT_TRAP);

	return install(c, c != NULL && rules(c, SCMP_ACT_ALLOW, needed, COUNT(needed)) &&
	    rules(c, SCMP_ACT_ERRNO(EACCES), harmless, COUNT(harmless)) && own_signals(c) && own_memory(c));
}
