# Every target does its own set-up and is one word of ./run, which works where make does not.
.DEFAULT_GOAL := help
.PHONY: help up down reset logs demo test bench lint format types unit property contract rules integration e2e browser pictures chaos approve docs setup compose lock hooks

help:         ## this list
	@./run help
up:           ## start the suite, filled with examples when it is empty, and print whom to log in as
	@./run up
down:         ## stop the suite
	@./run down
reset:        ## stop the suite and delete its data
	@./run reset
logs:         ## follow the logs of the suite
	@./run logs
demo:         ## play a reporting year against the running suite (ARGS=--fresh begins anew)
	@./run demo $(ARGS)
test:         ## lint, types, import rules and all tests
	@./run test $(ARGS)
bench:        ## ours measured beside its peers (BENCH=quick for a few minutes; ARGS="edits desk" for parts)
	@./run bench $(ARGS)
lint:         ## style and import rules
	@./run lint
format:       ## put the source into the common form
	@./run format
types:        ## check the types
	@./run types
unit:         ## each rule and each refusal (ARGS="-k word" passes on to pytest)
	@./run unit $(ARGS)
property:     ## any order of commands
	@./run property $(ARGS)
contract:     ## the published language against what was approved
	@./run contract $(ARGS)
rules:        ## the rules the source itself must keep
	@./run rules $(ARGS)
integration:  ## with real PostgreSQL and NATS
	@./run integration $(ARGS)
e2e:          ## stories against the whole suite
	@./run e2e $(ARGS)
browser:      ## stories told in a browser (ARGS=--headed to watch)
	@./run browser $(ARGS)
pictures:     ## accept how the pages look now
	@./run pictures $(ARGS)
chaos:        ## faults of every kind while people work (MINUTES=5 SEED=1 DATABASE=postgresql)
	@./run chaos $(ARGS)
approve:      ## accept a change of the published language
	@./run approve
docs:         ## write the documents that are made from the code
	@./run docs
setup:        ## only prepare: environment, servers, a browser, what the pages are made of
	@./run setup
compose:      ## the suite in containers, with Docker
	@./run compose
lock:         ## renew requirements.lock (ARGS=--upgrade for newer versions)
	@./run lock $(ARGS)
hooks:        ## check every commit before it is made
	@./run hooks
