/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Linked into programs of a sanitized build: they report to files, named
 * SANITIZED.PID, since their stderr may be a client's or a log that is removed
 * at the end. tests/lib.sh looks for them.
 */
const char *__asan_default_options(void);
const char *__ubsan_default_options(void);

const char *__asan_default_options(void)
{
	return "log_path=" SANITIZED;
}

const char *__ubsan_default_options(void)
{
	return "print_stacktrace=1:log_path=" SANITIZED;
}
