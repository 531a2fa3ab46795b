/* SPDX-License-Identifier: BSD-2-Clause */
/* The ways to a release: by a bundle, or by a tag of a repository. */
#include "front/update/getting.h"

#include "front/update/bundle.h"
#include "front/update/clone.h"

const struct getting getting_of[] = {
	[ORIGIN_BUNDLE] = { bundle_look, bundle_get, "getting" },
	[ORIGIN_CLONE] = { clone_look, clone_get, "getting and building" },
};
