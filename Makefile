# dojang: `make run` starts the server, `make test` proves it. Both set up what they need.

BIN := .venv/bin

.PHONY: run test cover check vectors proof bench docs words

run: ## start the server on 127.0.0.1:8000 (HOST, PORT and DOJANG_* change it)
	@scripts/setup run
	@exec $(BIN)/dojang serve

test: check ## every check and every test
	@scripts/setup-system
	@scripts/setup-peers
	$(BIN)/python -m pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder

cover: ## every test, and which lines and branches none of them reaches; twice as long
	@scripts/setup test
	@scripts/setup-system
	@scripts/setup-peers
	$(BIN)/python -m pytest --cov --cov-report=term:skip-covered

check: ## format, lint, types
	@scripts/setup test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pyright --pythonpath $(BIN)/python

vectors: ## the interop vectors alone; DOJANG_VECTORS=DIR for another directory of them
	@scripts/setup test
	@$(BIN)/python -m tests.interop

proof: ## the tests with full counts; writes docs/proof/ and what is made of it; ONLY="wire node" for some of them
	@scripts/setup test
	@scripts/setup-system
	@scripts/setup-peers
	$(BIN)/python -m tests.proof $(ONLY)
	$(BIN)/python -m scripts.docs

bench: ## what a session costs, beside its peers
	@scripts/setup test
	$(BIN)/python -m bench

docs: ## regenerate the generated pages of the documentation
	@scripts/setup test
	$(BIN)/python -m scripts.docs

words: ## find what is said to people and not translated yet, and compile the catalogues
	@scripts/setup test
	$(BIN)/python -m scripts.words
