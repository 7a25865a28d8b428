#!/usr/bin/env bash
# Formatting and generated files: fails when something committed is not what the tools would write.
set -euo pipefail
cd "$(dirname "$0")/.."
clang-format --dry-run --Werror bpf/*.h bpf/*.c bench/load/*.h bench/load/*.c src/Cni/Native/*.c
dotnet format whitespace Netweir.slnx --verify-no-changes --no-restore
generated=$(mktemp -d)
trap 'rm -rf "$generated"' EXIT
dotnet run --project tools/LayoutGen -c "${CONFIG:-Release}" --no-build -- artifacts/bpf/netweir.bpf.o "$generated"
diff -ru src/Maps/Generated "$generated" || { echo "error: the map layouts changed: run 'make layouts'" >&2; exit 1; }
