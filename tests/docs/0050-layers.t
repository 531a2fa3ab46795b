#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What tests/layers.sh finds, in a small tree of its own: strings split over
# source lines, in each form in which that was done.
. "$(dirname "$0")/../lib.sh"

mkdir -p "$T/tree/tests" "$T/tree/src/base"
cp "$TESTS/layers.sh" "$T/tree/tests"

# found WHAT: what layers.sh says of src/base/x.c, which is this text
found() {
	cat >"$T/tree/src/base/x.c"
	said=$(sh "$T/tree/tests/layers.sh" 2>&1)
	is "$said" "${2:+src/base/x.c:$2: a string goes on from the line above}" \
		"$1"
}

found 'a split message' 2 <<'END'
	log_fail("no answer from "
		"%s", name);
END
found 'a word that is split' 2 <<'END'
	const char *s = "abc" /* why */
		"def";
END
found 'one in a macro' 2 <<'END'
#define TEXT "no answer " \
	"from"
END
found 'a macro at the end of the line' 2 <<'END'
	log_fail("moved to " STALE
		": %s", name);
END
found 'a macro at the beginning of the next' 2 <<'END'
	log_fail("moved to "
		STALE ": %s", name);
END
found 'lines of output may stand on lines' '' <<'END'
	buf_puts(out, "Usage: x\n"
		"\n"
		"More.\n");
END
found 'strings that are not one' '' <<'END'
#include "base/err.h"
static const char *const words[] = {
	"one",
	"two"
};
	if (strcmp(a, "x") == 0 ||
		strcmp(b, "y"))
		return "a";
	return x ? "b" :
		"c";
END

# Numbers that are read without bounds, and times that may be none
for call in 'strtol(s, NULL, 10)' 'atoi(s)' 'sscanf(s, "%d", &n)' \
	'localtime_r(&t, &tm)' 'strftime(s, 9, "%F", &tm)'; do
	echo "	n = $call;" >"$T/tree/src/base/x.c"
	like "$(sh "$T/tree/tests/layers.sh" 2>&1)" \
		'^src/base/x.c:1:.*is for base/number or os/timetext$' "$call"
done
echo '	n = mystrtol(s); vsscanf_like(s); buf_strftime;' >"$T/tree/src/base/x.c"
is "$(sh "$T/tree/tests/layers.sh" 2>&1)" "" "what is only named like these"
done_testing
