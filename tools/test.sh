#!/usr/bin/env bash
# Runs every test project on the real kernel and prints one closing line. A skipped test is a failure.
set -uo pipefail
cd "$(dirname "$0")/.."

if [ "$(id -u)" != 0 ]; then
	echo "error: the tests load eBPF programs and make network namespaces: run them as root" >&2
	exit 1
fi
# What is shipped is what is tested.
export NETWEIR_CNI="$PWD/artifacts/image/netweir-cni"
[ -x "$NETWEIR_CNI" ] || { echo "error: $NETWEIR_CNI is missing: run 'make aot'" >&2; exit 1; }
results=artifacts/test-results
rm -rf "$results"
mkdir -p "$results"

status=0 passed=0 failed=0 skipped=0
for project in tests/*/*.Tests.csproj; do
	name=$(basename "$project" .csproj)
	echo "== $name"
	dotnet test "$project" -c "${CONFIG:-Release}" --no-build --nologo -v quiet --filter Category!=Bench \
		--results-directory "$results" --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=minimal" || status=1
	if [ ! -e "$results/$name.trx" ]; then
		echo "error: $name wrote no result" >&2
		status=1
		continue
	fi
	counters=$(grep -o '<Counters [^>]*' "$results/$name.trx")
	count() { sed -E "s/.* $1=\"([0-9]+)\".*/\1/" <<<"$counters"; }
	total=$(count total) ok=$(count passed) bad=$(count failed)
	passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + total - ok - bad))
	[ "$total" -gt 0 ] || { echo "error: $name ran no test" >&2; status=1; }
done
[ "$skipped" = 0 ] || { echo "error: $skipped tests were skipped" >&2; status=1; }
echo "$passed passed, $failed failed"
exit "$status"
