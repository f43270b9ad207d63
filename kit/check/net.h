/* SPDX-License-Identifier: Apache-2.0 */
/* The network as a notifier under trial has it: there is none, and who asked for it is remembered. */
#ifndef KIT_CHECK_NET_H
#define KIT_CHECK_NET_H

extern unsigned net_asked;

#endif
