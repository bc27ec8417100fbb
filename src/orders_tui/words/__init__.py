"""What is typed after `:`, on a screen or at a plain prompt: which command it means, what could be meant, what is wrong with it.

Pure. Both ask `line.read`, so that the same words do the same everywhere, and what is done is what was read.
"""
