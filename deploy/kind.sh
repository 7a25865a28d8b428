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
	"${kubectl[@]}" wait --for=condition=Ready node --all --timeout=60s
	"${kubectl[@]}" -n kube-system rollout status deployment/coredns --timeout=120s
	for node in $(kind get nodes --name "$cluster"); do
		docker exec "$node" /opt/netweir/bin/ctl status >/dev/null || { echo "error: $node: ctl status finds problems: docker exec $node /opt/netweir/bin/ctl status" >&2; exit 1; }
	done
	# With the cluster administrator's kubeconfig, which is there.
	docker exec "$cluster-control-plane" /opt/netweir/bin/ctl connectivity test
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
