# The same names as the npm scripts; `npm` is the one that carries the meaning.
# Flags go through ARGS: make start ARGS="hello --list"
.PHONY: start build test check format coverage soak simulate bench acceptance

start build test check format coverage soak simulate bench acceptance:
	@npm run --silent $@ -- $(ARGS)
