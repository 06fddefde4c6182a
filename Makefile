# Every target but mutation and pictures is a command of ./hocba, which sets itself up on first use.
.DEFAULT_GOAL := help
.PHONY: help setup demo test bench up down status lint format mutation pictures

help: ## show this list
	@grep -E '^[a-z]+: ## ' $(MAKEFILE_LIST) | sed 's/: ## /\t/' | expand -t 12

setup: ## install everything, start nothing
	@./hocba setup

demo: ## a school year in a few minutes, on this machine
	@./hocba demo

test: ## format, style, types, layers and all tests
	@./hocba test

bench: ## measure this machine
	@./hocba bench

up: ## start the platform
	@./hocba up

down: ## stop it; the data stays
	@./hocba down

status: ## what runs and where
	@./hocba status

lint: ## format, style, types and layers
	@./hocba lint

format: ## put the code into shape
	@./hocba format

mutation: ## change the law in every small way: does a test fail each time?
	@./hocba setup && .venv/bin/python -m tests.mutation.rules

pictures: ## draw the forms for the READMEs anew
	@./hocba setup && .venv/bin/python -m tests.pictures
