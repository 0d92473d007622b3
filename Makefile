# The same names as the npm scripts; `npm` is the one that carries the meaning.
# Flags go through ARGS: make start ARGS="hello --list"
.PHONY: start build test check format coverage soak simulate bench acceptance

start build test check format coverage soak simulate bench acceptance:
	@npm run --silent $@ -- $(ARGS)

# A name with a colon is no target: etcd:start is start-etcd, test:integration is test-integration.
.PHONY: start-etcd stop-etcd clean-etcd clean test-integration

start-etcd stop-etcd clean-etcd:
	@npm run --silent etcd:$(@:-etcd=) -- $(ARGS)

# What `make start-etcd` and the tests against it leave behind.
clean: clean-etcd

test-integration:
	@npm run --silent test:integration -- $(ARGS)
