"""`init`: from an empty folder to a desk that holds a shop's orders, by questions whose answers are checked as they are given."""
