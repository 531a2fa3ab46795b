#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# What an image for sessions has in it: compilers, Python, Jupyter, code-server, and
# what VS Code's own server wants. Run it once, as root, in a fresh Debian 13. The
# files beside it do that: Dockerfile, tools.def; or by hand, as root somewhere:
#
#	debootstrap --variant=minbase trixie tools
#	cp install-tools.sh tools/tmp/ && chroot tools sh /tmp/install-tools.sh
#	mksquashfs tools tools.sqsh
#
# Whatever else you need comes into this list.
set -e

packages='
	bash util-linux procps less nano ca-certificates curl wget
	tar gzip xz-utils zstd unzip git openssh-client openssh-sftp-server
	libstdc++6 gcc g++ gfortran make cmake pkg-config gdb
	python3 python3-dev python3-pip python3-venv python3-ipykernel
	python3-jupyter-server jupyter-notebook'
code_server=4.139.1

export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
apt-get update
# shellcheck disable=SC2086 # a list
apt-get install -y --no-install-recommends $packages

deb=/tmp/code-server.deb
curl -fsSL -o "$deb" "https://github.com/coder/code-server/releases/download/v$code_server/code-server_${code_server}_$(dpkg --print-architecture).deb"
apt-get install -y --no-install-recommends "$deb"
rm -rf "$deb" /var/lib/apt/lists/*

# For runtimes that bind only where there is a place: name your site's here.
mkdir -p /home /data /scratch /work

# What it must be able to do, before anybody waits for it.
gcc --version
python3 --version
code-server --version
