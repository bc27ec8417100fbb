"""The parts of the screens, one file each, named after what is seen. They show what they are given and post messages."""
