"""The terminal below Textual: the bytes that come in, the text that goes out, and the end from outside."""
