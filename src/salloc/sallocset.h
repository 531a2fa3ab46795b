/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SALLOC_SALLOCSET_H
#define SALLOC_SALLOCSET_H

#include "salloc/sallocval.h"

/* Values that are words of a set, see sallocval.h. */
sallocval sallocset_exclusive;
sallocval sallocset_oversubscribe;
sallocval sallocset_hint;
sallocval sallocset_mail_type;
sallocval sallocset_gres_flags;
sallocval sallocset_signal;

#endif
