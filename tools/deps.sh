#!/usr/bin/env bash
# deps.sh [kernels|bench]: installs the Debian packages that building and testing need, or also those of `make kernels` or of the benches. Does nothing when all are there.
set -euo pipefail

missing=()
need() { command -v "$1" >/dev/null || missing+=("$2"); }
need_file() { [ -e "$1" ] || missing+=("$2"); }

triplet=$(gcc -print-multiarch 2>/dev/null || echo x86_64-linux-gnu)
need clang clang
need llvm-strip llvm
need clang-format clang-format
need gcc gcc
need objcopy binutils
need ip iproute2
need tc iproute2
need nft nftables
need iptables-nft iptables
need bridge iproute2
need git git
need curl curl
need python3 python3
need_file /bin/kill procps
need_file "/usr/lib/$triplet/libbpf.a" libbpf-dev
need_file "/usr/lib/$triplet/libelf.a" libelf-dev
need_file "/usr/lib/$triplet/libz.a" zlib1g-dev
need_file "/usr/include/$triplet/asm/types.h" linux-libc-dev
need_file "/usr/lib/$triplet/libc.a" libc6-dev
if [ "${1:-}" = bench ]; then
	need iptables-legacy-restore iptables
	need_file /usr/lib/cni/ptp containernetworking-plugins
fi
if [ "${1:-}" = kernels ]; then
	need qemu-system-x86_64 qemu-system-x86
	need_file /usr/share/keyrings/debian-archive-keyring.gpg debian-archive-keyring
fi

if [ "${#missing[@]}" -gt 0 ]; then
	if [ "$(id -u)" != 0 ]; then
		echo "error: these packages are missing: ${missing[*]}; install them, or run this as root" >&2
		exit 1
	fi
	echo "installing: ${missing[*]}"
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
if ! command -v dotnet >/dev/null; then
	echo "error: the .NET 10 SDK is missing ('dotnet' is not in PATH); see https://dot.net" >&2
	exit 1
fi
