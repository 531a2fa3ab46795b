/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The looks of the table, by the files that have them. Each runs in a child of its
 * own, may take its time, and leaves nothing behind.
 */
#ifndef DOCTOR_LOOK_H
#define DOCTOR_LOOK_H

#include "doctor/check.h"

/* look_files.c */
void look_home(const struct patient *p, struct finding *f);
void look_room(const struct patient *p, struct finding *f);
void look_quota(const struct patient *p, struct finding *f);
void look_state(const struct patient *p, struct finding *f);
void look_clock(const struct patient *p, struct finding *f);
void look_folders(const struct patient *p, struct finding *f);
void look_records(const struct patient *p, struct finding *f);

/* look_shell.c */
void look_shell(const struct patient *p, struct finding *f);
void look_startup(const struct patient *p, struct finding *f);

/* look_programs.c */
void look_settings(const struct patient *p, struct finding *f);
void look_contradictions(const struct patient *p, struct finding *f);
void look_version(const struct patient *p, struct finding *f);
void look_update(const struct patient *p, struct finding *f);
void look_scheduler(const struct patient *p, struct finding *f);
void look_munge(const struct patient *p, struct finding *f);

/* look_system.c */
void look_limits(const struct patient *p, struct finding *f);
void look_logind(const struct patient *p, struct finding *f);
void look_peers(const struct patient *p, struct finding *f);
void look_libc(const struct patient *p, struct finding *f);
void look_libstdcxx(const struct patient *p, struct finding *f);
void look_xauth(const struct patient *p, struct finding *f);
void look_containers(const struct patient *p, struct finding *f);

/* look_sshd.c */
void look_login_sshd(const struct patient *p, struct finding *f);
void look_node_sshd(const struct patient *p, struct finding *f);
void look_nologin(const struct patient *p, struct finding *f);

#endif
