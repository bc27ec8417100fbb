# What a person would guess. Everything runs in the active environment.
.PHONY: test soak monkey fuzz lint types check snapshots docs

test:
	pytest -n auto

soak:
	python -m tests.soak

monkey:
	python -m tests.monkey

fuzz:
	python -m tests.fuzz
	python -m tests.fuzz --postgresql

lint:
	ruff check . && ruff format --check . && lint-imports && deptry src server

types:
	mypy && mypy tests

check:
	.ci/run

snapshots:
	pytest tests/tui tests/e2e/test_pictures.py --snapshot-update

docs:
	mkdocs build --strict
