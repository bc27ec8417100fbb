"""What each action asks for, question by question, and what it says of what it would do."""
