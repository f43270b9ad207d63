/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the program tells its operator: lines on stderr, one event each, made
 * safe (utf8_safe) before they leave.  Under systemd ("<N>" prefixes) when
 * log_journal was called.  Libraries do not log: they return errors.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

enum log_level { LOG_ERR_ = 3, LOG_WARN_ = 4, LOG_NOTE_ = 5, LOG_INFO_ = 6, LOG_DEBUG_ = 7 };

void log_init(const char *name, enum log_level most, int journal);
void log_line(enum log_level level, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void fatal(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));	/* exit 3 */

#define log_err(...)	log_line(LOG_ERR_, __VA_ARGS__)
#define log_warn(...)	log_line(LOG_WARN_, __VA_ARGS__)
#define log_note(...)	log_line(LOG_NOTE_, __VA_ARGS__)
#define log_info(...)	log_line(LOG_INFO_, __VA_ARGS__)
#define log_debug(...)	log_line(LOG_DEBUG_, __VA_ARGS__)

#endif
