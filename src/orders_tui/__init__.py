"""The terminal client of the order desk, and its command line."""
