#!/usr/bin/env bash
# kind.sh up IMAGE.tar | load IMAGE.tar | test | down: Netweir on a kind cluster. KIND_CLUSTER names it (netweir), KIND_IMAGE is its node image.
set -euo pipefail
cd "$(dirname "$0")/.."
cluster=${KIND_CLUSTER:-netweir}
kubectl=(kubectl --context "kind-$cluster")

need() {
	for tool in docker kind kubectl; do
		command -v "$tool" >/dev/null || { echo "error: '$tool' is missing; kind clusters need docker, kind and kubectl" >&2; exit 1; }
	done
}

load() {
	kind load image-archive "$1" --name "$cluster"
	"${kubectl[@]}" apply -f deploy/netweir.yaml
	"${kubectl[@]}" -n kube-system rollout status daemonset/netweir --timeout=120s
}

case "${1:-}" in
up)
	need
	kind create cluster --name "$cluster" --config kind-config.yaml ${KIND_IMAGE:+--image "$KIND_IMAGE"}
	load "$2"
	"${kubectl[@]}" wait --for=condition=Ready node --all --timeout=120s
	;;
load)
	need
	load "$2"
	# The tag is the same: only new containers use what was loaded.
	"${kubectl[@]}" -n kube-system rollout restart daemonset/netweir
	"${kubectl[@]}" -n kube-system rollout status daemonset/netweir --timeout=300s
	;;
test)
	need
	# DNS is a service with pods as backends, and was there before Netweir: what it needs is what every other pod needs.
	"${kubectl[@]}" wait --for=condition=Ready node --all --timeout=60s
	"${kubectl[@]}" -n kube-system rollout status deployment/coredns --timeout=120s
	dns=$("${kubectl[@]}" -n kube-system get service kube-dns -o jsonpath='{.spec.clusterIP}')
	trap '"${kubectl[@]}" -n kube-system delete service kube-dns-node-port --ignore-not-found --wait=false >/dev/null' EXIT
	"${kubectl[@]}" -n kube-system expose service kube-dns --name kube-dns-node-port --type NodePort --port 9153 --target-port 9153 --protocol TCP
	port=$("${kubectl[@]}" -n kube-system get service kube-dns-node-port -o jsonpath='{.spec.ports[0].nodePort}')
	for node in $(kind get nodes --name "$cluster"); do
		docker exec "$node" /opt/netweir/bin/ctl status >/dev/null || { echo "error: $node: ctl status finds problems: docker exec $node /opt/netweir/bin/ctl status" >&2; exit 1; }
		for url in "http://$dns:9153/metrics" "http://127.0.0.1:$port/metrics"; do
			docker exec "$node" curl -sSf -m 5 --retry 5 --retry-all-errors -o /dev/null "$url" || { echo "error: $node does not reach $url" >&2; exit 1; }
			echo "ok: $node reaches $url"
		done
	done
	;;
down)
	need
	kind delete cluster --name "$cluster"
	;;
*)
	sed -n 2p "$0" >&2
	exit 2
	;;
esac
