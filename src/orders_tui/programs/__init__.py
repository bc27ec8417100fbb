"""Programs of the operator's own beside the desk: `argv.py` what is run, `process.py` one process, `runner.py` all of them."""
