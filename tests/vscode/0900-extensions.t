#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# VS Code's own server installs an extension on a compute node that has no way out:
# with --outbound from a gallery that only login nodes reach, without it not.
# shellcheck disable=SC2154 # from rig/lib.sh
. "$(dirname "$0")/lib.sh"
. "$TESTS/vscode/rig.sh"
command -v openssl >/dev/null || skip_all "no openssl"
OUT=$T/outside
mkdir -p "$OUT"
RIG_BIND=$OUT
export RIG_BIND
vscode_rig

# ---- a gallery beyond the login nodes ----------------------------------------

root client ip address add 198.51.100.10/24 dev wan
root login1 ip address add 198.51.100.11/24 dev wan
echo '198.51.100.10 gallery.test' >>"$RIG_STATE/etc/hosts"
openssl req -x509 -newkey rsa:2048 -nodes -days 3 -subj /CN=gallery.test \
	-addext subjectAltName=DNS:gallery.test -keyout "$OUT/key" -out "$OUT/ca" \
	2>"$T/log/openssl" || die "no certificate"
chmod -R go+rX "$OUT"
gallery=https://gallery.test/_apis/public/gallery
bg gallery "$RIG" exec client "$PYTHON" $PREFIX/clients/gallery.py 198.51.100.10 443 \
	$gallery "$OUT/asked" "$OUT/ca" "$OUT/key"
ok "a gallery" wait_for 20 has "$OUT/asked" '^up'
query='{"filters":[{"criteria":[{"filterType":7,"value":"test.outside"}]}]}'
is "$(root login1 curl -sf --cacert "$OUT/ca" -d "$query" $gallery/extensionquery |
	grep -c '"extensionName": "outside"')" 1 "which a login node reaches"
is "$(root c1 curl -s -m 5 https://198.51.100.10/ -o /dev/null; echo $?)" 7 \
	"and a compute node does not"

# That the server asks; this copy's product.json is no link to the cache's.
product=$AHOME/${SERVER#/home/alice/} product=${product%/bin/*}/product.json
"$PYTHON" - "$product" $gallery <<'END' || die "no product.json"
import json, os, sys
with open(sys.argv[1], encoding="utf-8") as f:
    p = json.load(f)
p["extensionsGallery"] = {"serviceUrl": sys.argv[2]}
with open(sys.argv[1] + ".new", "w", encoding="utf-8") as f:
    json.dump(p, f)
os.rename(sys.argv[1] + ".new", sys.argv[1])
END
chmod go+r "$product"

# ---- without, and with a way out ---------------------------------------------

# What its agent logs is as its first connection says.
laptop_host plain login1 -vv -S--nodelist=c1
laptop_host out login1 -S--nodelist=c1 --outbound=login
# installs HOST: in a session by that connection; what the server says, its status,
# and which extensions it has then
installs() {
	echo "NODE_EXTRA_CA_CERTS=$OUT/ca '$SERVER' --install-extension test.outside; echo \"status \$?\"
'$SERVER' --list-extensions --show-versions | sed 's/^/has /'; hostname" |
		timeout 200 "$RIG" ssh -T "$1" >"$T/out" 2>"$T/err"
	cp "$T/out" "$T/log/$1.out"
	cp "$T/err" "$T/log/$1.err"
}
installs plain
is "$(tail -n 1 "$T/out")" c1 "a session on the node"
like "$(cat "$T/out")" '^status [1-9]' "without the option the server installs nothing"
like "$(cat "$T/err")" 'ENETUNREACH 198\.51\.100\.10:443' "for want of a way"
unlike "$(cat "$T/out")" '^has ' "and has nothing"
is "$(grep -c ' /_apis/' "$OUT/asked")" 1 "nor has the gallery heard of it"
installs out
is "$(tail -n 1 "$T/out")" c1 "the same session, by --outbound=login"
like "$(cat "$T/out")" '^status 0' "the server installs the extension"
is "$(grep '^has ' "$T/out")" "has test.outside@1.2.3" "and has it"
like "$(cat "$OUT/asked")" '^GET .*/Microsoft.VisualStudio.Services.VSIXPackage.* 200$' \
	"which came from the gallery"
ok "by the front, as its agent says" grep -qE 'outbound: gallery\.test:443: [0-9]+ bytes' \
	"$STATE"/*/agent.log
front login1 cancel </dev/null
all_gone "nothing is left"
done_testing
