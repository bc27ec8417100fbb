"""What dialogs and screens share: the session, this operator's terminal and preferences, and what every screen keeps to."""
