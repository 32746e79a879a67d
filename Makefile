# `make` prints this help. Files are made from the files they are made from; nothing is done twice.
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
PRESET ?= screen
PYTHON ?= python3
LABFLAGS ?=

# A case id never becomes a path outside BUILD: what remains of it without the allowed characters is nothing.
LEFT := $(CASE)
$(foreach c,a b c d e f g h i j k l m n o p q r s t u v w x y z \
	A B C D E F G H I J K L M N O P Q R S T U V W X Y Z 0 1 2 3 4 5 6 7 8 9 . _ -,$(eval LEFT := $$(subst $(c),,$$(LEFT))))
ifneq ($(words $(CASE))$(LEFT)$(filter .% _% -%,$(CASE)),1)
$(error casetimeline: CASE='$(CASE)' is not a case id: letters, digits, '.', '_' or '-', beginning with a letter or digit)
endif

# Paths and rules go into make rules and the shell: neither takes blanks or quotation marks.
QUOTE := '
DOUBLE := "
define refuse
$(if $(filter-out 0 1,$(words $($(1)))),$(error casetimeline: $(1)='$($(1))' holds a blank))
$(if $(findstring $(QUOTE),$($(1)))$(findstring $(DOUBLE),$($(1)))$(findstring ;,$($(1))),$(error casetimeline: $(1) holds a quotation mark or ;))
endef
$(foreach name,DATA BUILD BASELINE REFERENCE PRESET,$(call refuse,$(name)))

BIN := .venv/bin
RUN := $(BIN)/python -m casetimeline
HOME_OF_CASE := $(BUILD)/$(CASE)
STEMS := $(basename $(notdir $(wildcard notebooks/[0-9]*.ipynb)))
EXECUTED := $(STEMS:%=$(HOME_OF_CASE)/notebooks/%.ipynb)
FIGURES := $(STEMS:%=$(HOME_OF_CASE)/figures/%.svg)
PACKAGE := $(shell find casetimeline -type f ! -name '*.pyc' ! -path '*/.*')
REPORT := $(addprefix $(HOME_OF_CASE)/,report.html manifest.json summary.txt)
INPUTS := $(wildcard $(DATA)/*.csv $(DATA)/$(CASE)/case.yaml $(DATA)/$(CASE)/timeline.csv)

.PHONY: help report figures pictures test accept lab lock mutants dictionary format clean FORCE

help: ## this help
	@echo "casetimeline: from the timeline of a clinical case to figures and a report"
	@echo
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 20
	@echo
	@echo "  CASE=fu-2025      the case, a folder of DATA"
	@echo "  DATA=data         the folder of the cases"
	@echo "  BUILD=build       where results go, one folder a case"
	@echo "  BASELINE=         how the baseline is chosen; blank: as case.yaml says"
	@echo "  REFERENCE=        the reference treatment; blank: as case.yaml says"
	@echo "  PRESET=screen     what figures are written for: frontiers, jrheum, wiley or screen"
	@echo "  LABFLAGS=         options of JupyterLab for make lab"

report: $(EXECUTED) $(FIGURES) $(REPORT) ## run the notebooks of a case; write its figures and report
	@cat '$(HOME_OF_CASE)/summary.txt'

figures: $(HOME_OF_CASE)/figures/$(PRESET)/proof.tsv ## write the figures of a case for a journal, and prove the files

# Under -j, a report of the index case that is asked for as well is not made twice at once.
test accept: | $(if $(filter fu-2025,$(CASE)),report)

test: .venv/.ready ## units, doctests, notebooks compared with a fresh run
	$(BIN)/python -m pytest -n auto --dist loadgroup
	@$(MAKE) --no-print-directory report CASE=fu-2025 DATA=data BASELINE= REFERENCE=
	CASETIMELINE_BUILD="$(abspath $(BUILD))/nbval" JUPYTER_PREFER_ENV_PATH=1 \
		$(BIN)/python -m pytest -n auto --dist loadfile --nbval --nbval-current-env $(STEMS:%=notebooks/%.ipynb)
	@$(RUN) compare '$(BUILD)/fu-2025'

accept: ## make the results of a run the committed notebooks and figures
	@$(MAKE) --no-print-directory report CASE=fu-2025 DATA=data BASELINE= REFERENCE=
	@$(RUN) accept '$(BUILD)/fu-2025'

pictures: .venv/.ready ## make the pictures that the image tests compare with anew: look at each before it is kept
	$(BIN)/python -m pytest -q tests/test_images.py --mpl-generate-path=tests/pictures

lab: .venv-lab/.ready ## open JupyterLab on the notebooks
	.venv-lab/bin/jupyter lab $(LABFLAGS) notebooks

lock: .venv/.ready ## choose the newest versions anew (needs the package index)
	$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-annotate --no-emit-index-url \
		--custom-compile-command "make lock" --python-version 3.11 --extra test pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-annotate --no-emit-index-url \
		--custom-compile-command "make lock" --python-version 3.11 --extra test --extra lab \
		-c requirements.lock pyproject.toml -o requirements-lab.lock

mutants: .venv-mutants/.ready ## change the code in small ways and see that a test fails (about an hour)
	.venv-mutants/bin/mutmut run --max-children 2
	-.venv-mutants/bin/mutmut results | grep -v killed

dictionary: .venv/.ready ## write the data dictionary into data/README.md
	$(RUN) dictionary data/README.md

format: .venv/.ready ## format the code, and bring the notebooks into the normal form
	$(BIN)/ruff check --fix casetimeline tests
	$(BIN)/ruff format casetimeline tests
	-$(RUN) normalise notebooks/*.ipynb

clean: ## remove environments and results
	rm -rf build mutants .venv .venv-lab .venv-mutants .pytest_cache .ruff_cache .hypothesis
	find casetimeline tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The environments. uv, at the version of the lock, installs the lock and compiles byte code; if it cannot,
# for instance behind an index that only pip is set up for, pip installs the same files.
.venv/.ready: requirements.lock pyproject.toml
.venv-lab/.ready: requirements-lab.lock pyproject.toml
.venv/.ready .venv-lab/.ready:
	@'$(PYTHON)' -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "casetimeline needs Python 3.11 or newer; '$(PYTHON)' is older. Try: make PYTHON=python3.12" >&2; exit 1; }
	@echo "Setting up $(@D) from $<: about a minute, once"
	@'$(PYTHON)' -m venv --clear '$(@D)'
	@'$(@D)/bin/python' -m pip install --quiet --disable-pip-version-check \
		"$$(grep -oE '^uv==[0-9.]+' requirements.lock)"
	@export PYTHONDONTWRITEBYTECODE= UV_SYSTEM_CERTS=1 UV_NATIVE_TLS=1; \
	'$(@D)/bin/uv' pip install --quiet --python '$(@D)/bin/python' --compile-bytecode --require-hashes -r $< \
		2>'$(@D)/uv.log' || \
	'$(@D)/bin/python' -m pip install --quiet --disable-pip-version-check --require-hashes -r $< || { \
		cat '$(@D)/uv.log' >&2; exit 1; }
	@'$(@D)/bin/python' -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch '$@'

.venv-mutants/.ready: requirements.lock .venv/.ready
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python '$(@D)'
	@$(BIN)/uv pip install --quiet --python '$(@D)' --require-hashes -r requirements.lock
	@$(BIN)/uv pip install --quiet --python '$(@D)' mutmut==3.8.1
	@touch '$@'

# A parameter that changes makes the run stale; one that stays does not.
PARAMETERS := DATA=$(DATA) BASELINE=$(BASELINE) REFERENCE=$(REFERENCE) NOTEBOOKS=$(STEMS)
ifneq ($(shell cat '$(HOME_OF_CASE)/parameters' 2>/dev/null),$(PARAMETERS))
$(HOME_OF_CASE)/parameters: FORCE
endif
$(HOME_OF_CASE)/parameters:
	@mkdir -p '$(@D)'
	@echo '$(PARAMETERS)' > '$@'

# Bad input ends here, with every fault named, before anything is run. The earlier report goes first, so that it
# cannot pass for new.
$(HOME_OF_CASE)/checked: $(INPUTS) $(PACKAGE) $(HOME_OF_CASE)/parameters .venv/.ready
	@rm -f $(REPORT)
	@$(RUN) check '$(DATA)/$(CASE)' --baseline '$(BASELINE)' --reference '$(REFERENCE)'
	@touch '$@'

# One rule for one notebook, with both of its targets, so that no two rules share a product.
$(HOME_OF_CASE)/notebooks/%.ipynb $(HOME_OF_CASE)/figures/%.svg: notebooks/%.ipynb $(HOME_OF_CASE)/checked
	@$(RUN) execute '$<' --case '$(CASE)' --data '$(DATA)' --build '$(BUILD)' \
		-p baseline_rule '$(BASELINE)' -p reference '$(REFERENCE)'

$(HOME_OF_CASE)/figures/$(PRESET)/proof.tsv: $(HOME_OF_CASE)/checked
	@$(RUN) figures --case '$(CASE)' --data '$(DATA)' --build '$(BUILD)' --preset '$(PRESET)' \
		--baseline '$(BASELINE)' --reference '$(REFERENCE)'

$(BUILD)/%/report.html $(BUILD)/%/manifest.json $(BUILD)/%/summary.txt: $(EXECUTED) $(FIGURES)
	@$(RUN) report --case '$(CASE)' --data '$(DATA)' --build '$(BUILD)' --baseline '$(BASELINE)' --reference '$(REFERENCE)'
