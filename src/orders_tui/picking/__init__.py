"""What of some orders can be picked now, and the lists and slips that say so. Pure: no screen, no server, no file."""
