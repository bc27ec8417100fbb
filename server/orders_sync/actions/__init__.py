"""The write actions of contract §3: one transaction each."""
