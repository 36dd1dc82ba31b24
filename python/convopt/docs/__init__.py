"""The pages of docs/: which parts of them are generated, and the commands that they show, which a test runs."""
