"""Plan, then execute: what a build will do to each file of a pack, and doing it so that nothing is ever half-done."""
