"""A scenario that uses every key, and the smallest one."""

FULL = """\
# yaml-language-server: $schema=../chaosmod/scenario/schema.json
scenario: gone-410
title: The proxy answers 410 Gone
severity: P1
tags: [network, proxy]
needs: [direct, mirror, "direct:2", h2]
go: ">= 1.21"
workspace: corpus:app
upstream: corpus
postures:
  comma: {GOPROXY: "{primary},{mirror}"}
  pipe: {GOPROXY: "{primary}|{mirror}", GOSUMDB: "{sumdb}", GOFLAGS: ""}
cache: {warm-without: ["{direct}"]}
home: {.netrc: "machine {vcs} login ci password secret", .config/x: ""}
faults:
  - id: gone
    http: {status: 410, headers: {Retry-After: 120}, body: gone}
    match: {host: primary, module: "{direct}", file: [mod, zip], method: GET, protocol: h2}
    schedule: {first: 3, skip: 1, every: 2, for: 5s, after: 0, probability: 0.5, per: attempt}
    heals: before-recovery
    fires: any
  - http: 503
provoke: {run: [go build ./...], parallel: ["go vet {direct}"], timeout: 20s}
expect:
  outcome: {"go < 1.24": failed, else: ok}
  verdict: {posture comma: not-restored, else: survived}
recoveries:
  - {do: clean-modcache, verdict: not-restored}
  - {do: {switch-proxy: {to: mirror}}, verdict: restored, changes: go.sum}
  - {name: both, do: [clean-modcache, {retry: {times: 2, backoff: 10ms, factor: 1.5}}], verdict: restored}
  - {do: {run: ./ci/recover.sh}, verdict: {"go < 1.24": not-restored, else: restored}}
  - {do: {proxy-fallback: "|"}, verdict: restored}
within: {time: 20s, requests: 200}
seed: 7
reference: golang/go#53572
"""

SMALL = """\
scenario: small
faults:
  - http: 410
expect: {verdict: not-restored}
"""
