"""The first look at the desk: its first page, on screen before everything that can act on it has been loaded.

To be read by a person, a page needs neither the contract's models nor an HTTP client with streams; loading those takes longer
than Textual's own start. So the page is fetched beside Textual's start, shown as it came, and handed over to the session, which
fetches it again, properly. Nothing here can act, nothing here is kept.
"""
