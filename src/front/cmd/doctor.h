/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_CMD_DOCTOR_H
#define FRONT_CMD_DOCTOR_H

#include "base/err.h"
#include "doctor/examine.h"

/*
 * Before a word of settings is read, which are in the home directory: if these words
 * ask for doctor and that directory does not answer, tell it and return the exit
 * status. -1: it is asked for something else, or goes on.
 */
int doctor_without_home(int argc, char *const *argv);

/*
 * Tell what is wrong by the log of an editor, "-" for standard input. Returns as
 * command's print().
 */
int doctor_log(const char *path, int json, struct err *e);

/*
 * Start a session by the ordinary way, look from its node, and end it. Returns how
 * many findings there are; out has room for 2 * CHECKS_MAX.
 */
size_t doctor_job(const struct patient *p, struct examined *out);

#endif
