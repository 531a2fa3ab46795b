#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What tests/layers.sh finds, in a small tree of its own: strings split over
# source lines, in each form in which that was done, and more.
. "$(dirname "$0")/../lib.sh"

mkdir -p "$T/tree/tests" "$T/tree/src/base"
cp "$TESTS/layers.sh" "$T/tree/tests"

# found WHAT: what layers.sh says of src/base/x.c, which is this text
found() {
	{ echo '/* SPDX */'; echo '/* What it owns. */'; cat; } \
		>"$T/tree/src/base/x.c"
	said=$(sh "$T/tree/tests/layers.sh" 2>&1)
	is "$said" "${2:+src/base/x.c:$(($2 + 2)): a string goes on from the line above}" \
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

# head_and LINE: src/base/x.c is a head and this line
head_and() {
	printf '%s\n' '/* SPDX */' '/* What it owns. */' "$1" \
		>"$T/tree/src/base/x.c"
}

# Numbers that are read without bounds, and times that may be none
for call in 'strtol(s, NULL, 10)' 'atoi(s)' 'sscanf(s, "%d", &n)' \
	'localtime_r(&t, &tm)' 'strftime(s, 9, "%F", &tm)'; do
	head_and "	n = $call;"
	like "$(sh "$T/tree/tests/layers.sh" 2>&1)" \
		'^src/base/x.c:3:.*is for base/number or os/timetext$' "$call"
done
head_and '	n = mystrtol(s); vsscanf_like(s); buf_strftime;'
is "$(sh "$T/tree/tests/layers.sh" 2>&1)" "" "what is only named like these"
rm "$T/tree/src/base/x.c"

# ---- head comments -----------------------------------------------------------

# headed WHAT GOOD: says layers.sh that x.c and x.h of src/base have a head?
headed() {
	said=$(sh "$T/tree/tests/layers.sh" 2>&1)
	want='src/base/x.c: no head comment, here or in its header'
	is "$said" "$(test "$2" = good || echo "$want")" "$1"
}
lines() { printf '%s\n' "$@"; }
x=$T/tree/src/base/x
lines '/* SPDX */' '#include "base/x.h"' '/* Of' ' * a static. */' \
	'static int n;' >"$x.c"
lines '/* SPDX */' '#ifndef X' 'int x_go(void);' >"$x.h"
headed 'a comment in the middle is no head' bad
lines '/* SPDX */' '#ifndef X' '/* What' ' * it does. */' 'int x_go(void);' \
	>"$x.h"
headed 'one of the first function is none' bad
lines '/* SPDX */' '#ifndef X' '/* Bytes. */' '#define X_MAX 9' >"$x.h"
headed 'a line in a header is none' bad
lines '/* SPDX */' '#ifndef X' '/* What' ' * x is. */' 'struct x {' >"$x.h"
headed 'of the struct that the file owns' good
lines '/* SPDX */' '#ifndef X' '/* What' ' * x is. */' '' 'int x_go(void);' \
	>"$x.h"
headed 'of all that follows' good
rm "$x.h"
headed 'no header, no head' bad
lines '/* SPDX */' '/* Pure: no I/O, no clock, no globals. */' 'int n;' >"$x.c"
headed 'the mark of the pure is none' bad
lines '/* SPDX */' '/* Pure: no I/O, no clock, no globals. */' '/* All of x. */' \
	'int n;' >"$x.c"
headed 'one line below the mark is one' good
rm "$x.c"

# ---- a program's parts reach no others by a struct ---------------------------

mkdir -p "$T/tree/src/front/job"
layers() { sh "$T/tree/tests/layers.sh" 2>&1; }

# head: what each file begins with
head() { lines '/* SPDX */' '/*' ' * What this is.' ' */'; }
# header: src/front/job/x.h is this text below a head
header() { { head; cat; } >"$T/tree/src/front/job/x.h"; }

{ head; echo 'struct front { int all; };'; } >"$T/tree/src/front/front.h"
for f in main front job/x; do
	{ head; echo '#include "front/front.h"'; } >"$T/tree/src/front/$f.c"
done
is "$(layers)" "src/front/job/x.c includes front/front.h, which is for its main alone" \
	"the struct of a program is included by its main and its own file alone"
rm "$T/tree/src/front/"*.[ch] "$T/tree/src/front/job/x.c"
mkdir "$T/tree/src/agent"
{ head; echo 'struct agent { int all; };'; } >"$T/tree/src/agent/agent.h"
{ head; echo '#include "agent/agent.h"'; } >"$T/tree/src/agent/serve.c"
is "$(layers)" "src/agent/serve.c includes agent/agent.h, which is for its main alone" \
	"and so is that of the other"
rm -r "$T/tree/src/agent"

big='src/front/job/x.h: struct x has 13 members and is no record'
header <<'END'
/* A record: of which nothing is told. */
struct y;
/* Not A record: it has 13; more are not its own, or stand in { comments; }. */
struct x {
	int a, b, *c, d[2];
	struct w {
		int aa, bb;
	} e, f;
	enum { ONE, TWO, THREE } g;
	void (*h)(int, int,
		int);
	TAILQ_HEAD(all, x) i;
	unsigned j:1, k:2;	/* ; */
	/*
	 * int no;
	 */
	int l;
	struct y *m;
};
END
is "$(layers)" "$big" "a struct of a program with 13 members"
sed -i '/struct y \*m;/d' "$T/tree/src/front/job/x.h"
is "$(layers)" '' "12 are not too many"
for mark in '/* A record: rows. */' '/*
 * A record: rows, of
 * which there are many.
 */'; do
	header <<END
$mark
struct x {
	int a, b, c, d, e, f, g, h, i, j, k, l, m;
};
END
	is "$(layers)" '' "a record may have more"
done
cat >>"$T/tree/src/front/job/x.h" <<'END'

struct z {
	int a, b, c, d, e, f, g, h, i, j, k, l, m, n;
};
END
is "$(layers)" 'src/front/job/x.h: struct z has 14 members and is no record' \
	"and another beside it may not"
{ head; sed -n '/struct z/,$p' "$T/tree/src/front/job/x.h"; } \
	>"$T/tree/src/front/job/y.c"
is "$(layers | grep y.c)" \
	'src/front/job/y.c: struct z has 14 members and is no record' \
	"nor one that is a file's own"
rm "$T/tree/src/front/job/"[xy].[ch]

# ---- circles by calls --------------------------------------------------------

# compiled NAME: src/front/NAME.c, which is this text below a head, is compiled
compiled() {
	mkdir -p "$T/tree/src/front" "$T/tree/obj/src/front"
	{ head; cat; } >"$T/tree/src/front/$1.c"
	"${CC:-cc}" -O2 -fPIE -c -o "$T/tree/obj/src/front/$1.o" \
		"$T/tree/src/front/$1.c" || die "$1.c is not compiled"
}
circles() { sh "$T/tree/tests/layers.sh" obj 2>&1; }

compiled a <<'END'
void b_go(void), a_go(void);
void a_go(void) { b_go(); b_go(); }
END
compiled b <<'END'
void c_go(void), b_go(void);
void b_go(void) { c_go(); }
END
compiled c <<'END'
void c_go(void);
void c_go(void) { }
END
is "$(circles)" '' "who calls down makes no circle"
compiled c <<'END'
extern int a_state;
void c_go(void);
void c_go(void) { a_state++; }
END
compiled a <<'END'
void b_go(void), a_go(void);
int a_state;
void a_go(void) { b_go(); b_go(); }
END
is "$(circles | sort)" "src/front/a.c uses b_go of src/front/b.c, in a circle
src/front/b.c uses c_go of src/front/c.c, in a circle
src/front/c.c uses a_state of src/front/a.c, in a circle" \
	"a circle of three, no header of which includes another"
is "$(sh "$T/tree/tests/layers.sh" 2>&1)" '' "without objects it is not looked for"
compiled c <<'END'
struct ops { void (*done)(void *); };
void c_go(void), c_watch(const struct ops *, void *), a_done(void *);
const struct ops c_rows[] = { { a_done } };
void c_watch(const struct ops *o, void *arg) { o->done(arg); }
void c_go(void) { }
END
compiled a <<'END'
struct ops { void (*done)(void *); };
void b_go(void), a_go(void), c_watch(const struct ops *, void *);
void a_done(void *);
void a_done(void *arg) { (void)arg; }
static const struct ops ops = { a_done };
void a_go(void) { b_go(); c_watch(&ops, 0); }
END
is "$(circles)" '' "who is called back, or stands in a table, is not used"
done_testing
