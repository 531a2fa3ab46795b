/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_UNIT_FAKEDIR_H
#define TESTS_UNIT_FAKEDIR_H

/* A private directory of the test's own, with what it puts there. */
extern char fake_dir[];

int fakedir_begin(void);
int fakedir_end(void);

/* A file below it, 0600: made with this text, and its folders, 0700. */
void fake_file(const char *path, const char *text);

/* Its text in a static buffer, NULL when it is not there. */
const char *fake_text(const char *path);

#endif
