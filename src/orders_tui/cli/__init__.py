"""The command line: the desk without a screen, and the way to the screen and to the server.

One table or JSON on stdout, messages on stderr. Exit status: 0 done, 1 refused (also partly), 2 usage, 3 cannot reach the server.
"""
