/* SPDX-License-Identifier: BSD-2-Clause */
/* Owners and modes, and what is wrong with them. Group 0 is root's. */
#include "front/audit/auditmode.h"

static int auditmode_owner(uid_t uid, uid_t owner, struct err *e)
{
	return uid == 0 || uid == owner ? 0 :
		err_set(e, "user %u owns it; chown it to root", (unsigned)uid);
}

/* Who else may write. */
static int auditmode_writers(const struct stat *st, struct err *e)
{
	if (st->st_mode & S_IWOTH)
		return err_set(e, "everybody can write to it; chmod o-w");
	if ((st->st_mode & S_IWGRP) && st->st_gid != 0)
		return err_set(e, "group %u can write to it; chmod g-w",
			(unsigned)st->st_gid);
	return 0;
}

static int look_private(const struct stat *st, uid_t owner, struct err *e)
{
	if (st->st_uid != owner)
		return err_set(e, "user %u owns it, not the %u whose it is; chown it",
			(unsigned)st->st_uid, (unsigned)owner);
	if (st->st_mode & (S_IRWXG | S_IRWXO))
		return err_set(e, "others have rights there; chmod go=");
	return 0;
}

static int look_shared(const struct stat *st, struct err *e)
{
	if (!S_ISDIR(st->st_mode))
		return err_set(e, "it is no directory; make it one");
	if (st->st_uid != 0)
		return err_set(e, "user %u owns it; chown it to root",
			(unsigned)st->st_uid);
	if (st->st_mode & S_ISVTX)
		return 0;
	if (st->st_mode & S_IWOTH)
		return err_set(e, "anybody can remove what others have there; chmod +t");
	if ((st->st_mode & S_IWGRP) && st->st_gid != 0)
		return err_set(e, "all of group %u can remove what others have there; chmod +t",
			(unsigned)st->st_gid);
	return 0;
}

int auditmode_look(enum auditmode mode, const struct stat *st, uid_t owner,
	struct err *e)
{
	switch (mode) {
	case AUDITMODE_PRIVATE:
		return look_private(st, owner, e);
	case AUDITMODE_SHARED:
		return look_shared(st, e);
	case AUDITMODE_ABOVE:
		if (auditmode_owner(st->st_uid, owner, e) == -1)
			return -1;
		return st->st_mode & S_ISVTX ? 0 : auditmode_writers(st, e);
	case AUDITMODE_OURS:
		break;
	}
	if (S_ISREG(st->st_mode) && (st->st_mode & (S_ISUID | S_ISGID)))
		return err_set(e, "it is setuid or setgid, which nothing here needs; chmod ug-s");
	if (auditmode_owner(st->st_uid, owner, e) == -1)
		return -1;
	return auditmode_writers(st, e);
}
