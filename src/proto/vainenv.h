/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROTO_VAINENV_H
#define PROTO_VAINENV_H

/*
 * Why the value that a variable has on a login node means nothing on another
 * host, or NULL. value may be NULL: it has none.
 */
const char *vainenv_reason(const char *name, const char *value);

#endif
