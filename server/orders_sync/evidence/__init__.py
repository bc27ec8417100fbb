"""Evidence: what is known of each order, in one vocabulary whoever said it, and how any two reports are merged. Pure."""
