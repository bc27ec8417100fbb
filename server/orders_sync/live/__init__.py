"""The stream: from a committed transaction to every client, nothing missed and nothing twice."""
