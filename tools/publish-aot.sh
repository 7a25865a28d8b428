#!/usr/bin/env bash
# publish-aot.sh FRAMEWORK DIRECTORY: the executables that are shipped, as NativeAOT, and the datapath object beside them.
set -euo pipefail
cd "$(dirname "$0")/.."
framework=$1 out=$2
rid=linux-$(uname -m | sed "s/x86_64/x64/; s/aarch64/arm64/")
mkdir -p "$out"
for project in Cni Ctl Controller; do
	[ -e "src/$project/$project.csproj" ] || { echo "error: src/$project is missing" >&2; exit 1; }
	dotnet publish "src/$project/$project.csproj" -c Release -r "$rid" -v quiet --nologo \
		-p:NetweirFramework="$framework" -p:NetweirAot=true -p:StripSymbols=true -o "$out/.publish/$project"
done
for file in Cni/netweir-cni Ctl/ctl Controller/netweir-agent; do
	install -m 0755 "$out/.publish/$file" "$out/$(basename "$file").new"
	mv -f "$out/$(basename "$file").new" "$out/$(basename "$file")"
done
install -m 0644 artifacts/bpf/netweir.bpf.o "$out/netweir.bpf.o"
