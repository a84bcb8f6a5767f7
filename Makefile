# The commands of this project. `make` alone lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# Where the server listens under `make run` and `make watch`.
PORT ?= 3000

BIN := $(or $(CARGO_TARGET_DIR),target)/release/stoa
SITE := target/site
VENDOR := public/vendor/hls.min.js
STEP := setup/step.sh
WITH := setup/with-tools.sh
PLAYWRIGHT := npx --no-install playwright test --config end2end/playwright.config.ts
PLAYED := $(PLAYWRIGHT) --project=corpus --workers=3
CONFORMANCE := npx --no-install playwright test --config conformance/playwright.config.ts

# What a release is made of. Folders count too: removing a file is a change.
CRATES := domain services adapters sandbox app frontend server
SOURCES := $(shell find $(CRATES) style -not -path '*/target*') $(filter-out public/vendor%,$(shell find public)) \
  Cargo.toml Cargo.lock .cargo/config.toml setup/precompress.mjs setup/site.mjs setup/build.sh

export STOA_BIN := $(abspath $(BIN))
export STOA_SITE := $(abspath $(SITE))
# Where tests of conversions leave what they made, for a browser to play.
export STOA_CORPUS := $(abspath target/corpus)

.PHONY: help run test watch check bench matrix static screenshots soak chaos corpus cloud payments purchases fuzz edge-conformance build dependencies rust played e2e conformance \
  setup-build setup-run setup-test

help: ## List the commands
	@echo 'Stoa. Commands:'
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' Makefile
	@echo 'PORT=… chooses the port of run and watch (3000).'

run: target/release.stamp ## Set up, build, and serve with demo data on http://localhost:3000
	@exec $(STOA_BIN) serve --demo --port $(PORT)

test: dependencies rust conformance played e2e ## Set up and run every test: Rust, the edge from outside, browser

watch: $(VENDOR) | setup-run ## Serve a development build that follows your edits
	@LEPTOS_SITE_ROOT=target/watch-site LEPTOS_HASH_FILES=false LEPTOS_SITE_ADDR=127.0.0.1:$(PORT) \
	  $(WITH) cargo-leptos wasm-bindgen -- cargo leptos watch -- serve --demo --port $(PORT)

check: | setup-build ## Fast: formatting, lints, what may be in the browser bundle
	@setup/check.sh

edge-conformance: $(if $(TARGET),node_modules/.stamp,target/release.stamp) ## Hold an edge against CloudFront's rules: TARGET=https://…, or the own
	@$(CONFORMANCE)

cloud: target/release.stamp | setup-test ## Hold the adapters for AWS, and the server with them, against what stands in for it
	@STEP_LIVE=1 $(STEP) 'Cloud tests' setup/cloud.sh

payments: node_modules/.stamp | setup-test ## Hold the adapter for Stripe against what stands in for it
	@STEP_LIVE=1 $(STEP) 'Payment tests' setup/payments.sh

matrix: | setup-run ## Write the matrix of who may do what into docs/security.md
	@STOA_WRITE_MATRIX=1 $(STEP) 'Matrix' $(WITH) nextest -- \
	  cargo nextest run --locked --package stoa --test http documentation --cargo-quiet

fuzz: | setup-build ## Look for inputs that break the edge: FUZZ_SECONDS=… for each target (600)
	@$(WITH) fuzz -- setup/fuzz.sh

bench: target/release.stamp ## Measure: requests, bytes, memory, start-up, the edge against nginx, uploads against cp, permissions
	@$(WITH) oha nginx -- bench/run.sh

static: $(VENDOR) | setup-build ## Build the same app as a static site, into dist/
	@$(STEP) 'Static site' $(WITH) trunk wasm-bindgen -- trunk build --release

# The parts of the above. What is already there is not made again: files by their dates; what belongs to the
# machine, not to the checkout, is looked at each time, which costs milliseconds.

build: target/release.stamp

dependencies: | setup-build
	@$(STEP) 'Dependencies' setup/check-dependencies.sh

rust: node_modules/.stamp target/clips/.stamp | setup-run
	@rm -rf $(STOA_CORPUS)
	@STEP_LIVE=1 $(STEP) 'Rust tests' $(WITH) nextest -- \
	  cargo nextest run --locked --workspace --exclude stoa-frontend --exclude stoa-aws --cargo-quiet

played: rust $(VENDOR) | setup-test
	@STEP_LIVE=1 $(STEP) 'Corpus in a browser' $(PLAYED)

e2e: target/release.stamp | setup-test
	@STEP_LIVE=1 $(STEP) 'Browser tests' $(PLAYWRIGHT) --project=javascript --project=no-javascript

conformance: target/release.stamp
	@STEP_LIVE=1 $(STEP) 'Edge conformance' $(CONFORMANCE)

target/release.stamp: $(VENDOR) $(SOURCES) | setup-run
	@$(STEP) 'Release build' setup/build.sh $(SITE)
	@touch $@

setup-run: | setup-build
	@setup/packages.sh run

setup-test: | setup-build
	@setup/packages.sh test

setup-build:
	@setup/packages.sh build
	@setup/wasm-target.sh

node_modules/.stamp: package.json package-lock.json .npmrc
	@$(STEP) 'npm packages' npm ci
	@touch $@

$(VENDOR): node_modules/.stamp setup/vendor.mjs
	@node setup/vendor.mjs

target/clips/.stamp: setup/clips.sh setup/lib.sh | setup-test
	@$(STEP) 'Real clips' setup/clips.sh $(@D)
	@touch $@

corpus: $(VENDOR) target/clips/.stamp | setup-test ## Convert awkward and real files, and play what comes of them in a browser
	@rm -rf $(STOA_CORPUS)
	@STEP_LIVE=1 $(STEP) 'Corpus' $(WITH) nextest -- \
	  cargo nextest run --locked --package stoa-embedded --test corpus --cargo-quiet
	@STEP_LIVE=1 $(STEP) 'Corpus in a browser' $(PLAYED)

purchases: target/release.stamp | setup-test ## Buy a thousand times while everything fails and the server is killed (PURCHASES=1000 PURCHASE_KILLS=50 PURCHASE_THINKS=6000)
	@PURCHASES=$${PURCHASES:-1000} PURCHASE_KILLS=$${PURCHASE_KILLS:-50} \
	  PURCHASE_THINKS=$${PURCHASE_THINKS:-6000} $(PLAYWRIGHT) --project=javascript purchases

chaos: target/release.stamp | setup-test ## Kill server and ffmpeg a hundred times (KILLS=100) amid uploads and conversions
	@KILLS=$${KILLS:-100} $(PLAYWRIGHT) --project=javascript chaos

soak: target/release.stamp | setup-test ## Watch a video for twenty minutes, over forty lives of its cookies
	@SOAK=1 $(PLAYWRIGHT) --project=javascript soak

screenshots: target/release.stamp | setup-test
	@mkdir -p docs/images
	@SCREENSHOTS=1 $(PLAYWRIGHT) --project=javascript screenshots
