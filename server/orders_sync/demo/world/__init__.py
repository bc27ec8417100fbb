"""What a shop is made of: plain mutable records, changed by `verbs` alone."""
