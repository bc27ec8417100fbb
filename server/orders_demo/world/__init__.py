"""What a shop is made of: plain mutable records, changed by `verbs` alone. They refer to each other, so two are equal only if
they are the same."""
