# Everything that the targets need is put into .cache below this folder; nothing is installed elsewhere.
CACHE := $(CURDIR)/.cache
export PATH := $(CACHE)/bin:$(PATH)
export CGO_ENABLED ?= 0

.PHONY: build demo test lint unit e2e generate bench exam clean

build: ## one static binary in bin/
	go build -trimpath -ldflags "-s -w" -o bin/inroad ./cmd/inroad

demo: ## ranked attack paths of the sample organization
	go run ./cmd/inroad demo

test: lint unit e2e ## all that CI runs

lint: $(CACHE)/bin/.tools ## formatting, vet, linters, contracts, generated files up to date
	internal/ci/lint

unit: $(CACHE)/neo4j/.ready $(CACHE)/tck/.ready ## unit, property and conformance tests
	INROAD_NEO4J_HOME=$(CACHE)/neo4j INROAD_TCK=$(CACHE)/tck go test -timeout 25m ./...

e2e: build $(CACHE)/moto/.ready $(CACHE)/neo4j/.ready $(CACHE)/oracle/.ready ## the real binary against a local AWS server; policies against an independent evaluator
	INROAD_E2E=1 INROAD_BINARY=$(CURDIR)/bin/inroad INROAD_MOTO=$(CACHE)/moto/bin/moto_server INROAD_PYTHON=$(CACHE)/moto/bin/python INROAD_NEO4J_HOME=$(CACHE)/neo4j go test -count=1 -timeout 20m ./internal/e2e/...
	INROAD_ORACLE=$(CACHE)/oracle INROAD_ORACLE_CASES=50000 go test -count=1 -timeout 10m ./internal/iam/oracle/

generate: $(CACHE)/bin/.tools ## contracts and docs from their sources
	internal/ci/generate

bench: $(CACHE)/neo4j/.ready ## figures of docs/benchmarks.md
	INROAD_NEO4J_HOME=$(CACHE)/neo4j internal/ci/bench

exam: build ## recall on a folder of labs: make exam INROAD_DATA=/path/to/data
	internal/ci/exam

clean:
	rm -rf bin $(CACHE)

$(CACHE)/bin/.tools: internal/ci/tools
	internal/ci/tools $(CACHE)/bin

$(CACHE)/moto/.ready: internal/ci/moto
	internal/ci/moto $(CACHE)/moto

$(CACHE)/neo4j/.ready: internal/ci/neo4j internal/ci/neo4j.pom.xml
	internal/ci/neo4j $(CACHE)/neo4j

$(CACHE)/tck/.ready: internal/ci/tck
	internal/ci/tck $(CACHE)/tck

$(CACHE)/oracle/.ready: internal/ci/oracle
	internal/ci/oracle $(CACHE)/oracle
