#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The pictures of doc/, which tests make: pictures.sh BUILD copies those that the tests
# have left there into doc/, PNG smaller where pngquant and optipng are installed. The
# same test makes the same picture but for numbers, so it is for when it shows something else.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)

# in doc/  the test that makes it  what that leaves below BUILD
table() {
	cat <<'END'
workbench.png  tests/vscode/0400-workbench.t  workbench/1.139.1/job-window.png
pending.png    tests/vscode/0400-workbench.t  workbench/1.139.1/pending.png
container.png  tests/vscode/0350-container.t  workbench/1.139.1/container.png
notebook.png   tests/vscode/0800-apps.t       workbench/1.139.1/notebook.png
list.svg       tests/integ/0998-pictures.t    pictures/list.svg
doctor.svg     tests/integ/0998-pictures.t    pictures/doctor.svg
END
}

if test "${1:--n}" = -n; then
	table
	exit
fi
table | while read -r name _ made; do
	test -e "$1/$made" || {
		echo "$0: $made is not there, so doc/$name stays" >&2
		continue
	}
	cp "$1/$made" "$top/doc/$name"
	case $name in
	*.png)	! command -v pngquant >/dev/null ||
			pngquant --force --skip-if-larger --ext .png 64 "$top/doc/$name" ||
			test $? = 98
		! command -v optipng >/dev/null || optipng -quiet "$top/doc/$name" ;;
	esac
done
