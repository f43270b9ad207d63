/* SPDX-License-Identifier: Apache-2.0 */
/*
 * These stand in for libc's in this process, plugin and its libraries too:
 * the program exports them (kit.am), and its symbols are looked at first.
 */
#include <errno.h>
#include <netdb.h>
#include <stddef.h>
#include <sys/socket.h>
#include "kit/check/net.h"

unsigned net_asked;

#define HERE __attribute__((visibility("default")))

HERE int
socket(int domain, int type, int protocol)
{
	(void)domain;
	(void)type;
	(void)protocol;
	net_asked++;
	errno = EACCES;
	return -1;
}

HERE int
getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **out)
{
	(void)name;
	(void)service;
	(void)hints;
	net_asked++;
	*out = NULL;
	return EAI_AGAIN;
}
