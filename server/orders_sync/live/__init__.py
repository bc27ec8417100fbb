"""Events: from a committed transaction to every stream, nothing missed and nothing twice."""
